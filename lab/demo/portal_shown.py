"""The portal for a person at a display: served, opened in a browser, told in words."""

from lab import places
from lab.controller import Lab
from lab.portal import browser
from lab.portal.lab_portal import LabPortal
from lab.portal.people import words
from lab.relay import LabRelay
from wizard.controller.controller import Controller
from wizard.host.sandbox.host import SandboxHost
from wizard.plan.change import allow_all


def show_portal(lab: Lab, relay: LabRelay) -> None:
    """Serve the portal for the agent that is set up, and show it until it is closed."""
    controller = Controller(SandboxHost(places.MACHINE), allow_all)
    portal = served(lab, relay, controller)
    print(words(lab, portal.url, portal.inbox_url))
    installed = controller.installation.installed()
    if installed is None or not installed.settings.self_service.on:
        print("Self-service reset is off: start ./dev try again and turn it on there.")
    print("Close the browser to go on.", flush=True)
    pages = (portal.url, portal.inbox_url)
    browser.show(portal.site, places.PORTAL, pages).wait()


def served(lab: Lab, relay: LabRelay, controller: Controller) -> LabPortal:
    """Serve it for the agent of today; people who registered before stay."""
    details = controller.installation.portal_details()
    portal = LabPortal.attach(places.PORTAL)
    if portal is None:
        portal = LabPortal.make(places.PORTAL, relay, lab.authority)
    portal.stop()
    portal.know(relay, details.agent, details.fingerprint)
    portal.start(dies_with_us=False)
    return portal
