"""The unattended journey: Customize from nothing to a reset that came home."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.chroot.errors import LabError
from lab.controller import Lab
from lab.demo.driver import Driver, JourneyFailed
from lab.demo.permissions import look_at_permissions
from lab.demo.portal_walk import Walked, walk
from lab.demo.proof import PortalSide, signs_in
from lab.portal.lab_portal import LabPortal
from lab.portal.people import make_groups, self_service
from lab.relay import LabRelay
from wire.outcomes import Code
from wire.secret import Secret
from wizard.controller.controller import Controller
from wizard.flow.offers_file import read_offers
from wizard.host.sandbox.host import SandboxHost
from wizard.plan.change import allow_all
from wizard.results import PortalDetails
from wizard.ui.application import application
from wizard.ui.window import WizardWindow

FIRST, SECOND = "Came-Home-7f3a-Passw0rd!", "Once-More-7f3a-Passw0rd!"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Ground:
    """Where the journey goes: a running lab, and what the wizard is offered.

    Attributes:
        lab: the domain controller.
        relay: the relay, with the portal that it knows.
        portal: the portal's folder; it is made anew.
        offered: the offers file, as `./dev` gives it to the wizard.
        machine: the folder that is installed below.
        pictures: where pictures of the pages go.
        say: told each step.

    """

    lab: Lab
    relay: LabRelay
    portal: Path
    offered: Path
    machine: Path
    pictures: Path
    say: Say


@dataclass
class Result:
    """What was seen to work; "not reached" where the journey ended before.

    `portal_ms` is from pressing the button to the page that says it is done.
    """

    install: str = "not reached"
    permissions: str = "not reached"
    reset: str = "not reached"
    bind: str = "not reached"
    reconfigure: str = "not reached"
    portal: str = "not reached"
    end_to_end_ms: float = 0.0
    portal_ms: float = 0.0
    screenshots: list[str] = field(default_factory=list)
    failure: str = ""

    @property
    def ok(self) -> bool:
        """Every part worked."""
        parts = (self.install, self.permissions, self.reset, self.bind)
        return all(part == "ok" for part in (*parts, self.reconfigure, self.portal))

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON takes it; `failure` only where there is one."""
        plain = dict(vars(self))
        if not self.failure:
            plain.pop("failure")
        return plain


def travel(ground: Ground) -> Result:
    """Go the whole way; what fails ends it and is told in the result."""
    result = Result()
    application()
    controller = Controller(SandboxHost(ground.machine), allow_all)
    try:
        _install(controller, ground, result)
        _permissions(controller, ground, result)
        details = controller.installation.portal_details()
        with PortalSide(ground.relay.portal, details) as portal:
            _reset(portal, ground, result)
            _reconfigure(controller, portal, ground, result)
        _turn_self_service_on(controller, ground, result)
        _walk_portal(details, ground, result)
    except JourneyFailed as error:
        result.failure = str(error)
        ground.say(f"Failed: {error}")
    return result


def _install(controller: Controller, ground: Ground, result: Result) -> None:
    window = WizardWindow(controller, read_offers(ground.offered))
    window.show()
    driver = Driver(window, ground.pictures / "install", ground.say)
    result.install = "failed"
    try:
        _answer_pages(driver, ground.lab)
        _wait_complete(driver)
        upn = ground.lab.people["comma_ou"]["upn"]
        driver.window.set_answers({"test.value": upn, "test.check_only": True})
        _test(driver)
        result.install = "ok"
    finally:
        result.screenshots += [str(path) for path in driver.pictures]
        window.done(0)


def _answer_pages(driver: Driver, lab: Lab) -> None:
    people = f"OU=People,{lab.base_dn}"
    driver.go_on(to="mode")
    driver.go_on({"mode": "custom"}, to="relay")
    driver.window.set_answers({"agent": "trial"})
    driver.check_now()
    driver.go_on(to="directory")
    driver.check_now()
    driver.go_on(to="account")
    wrong = {"input.admin_password": Secret("Not-The-Administrators-1")}
    right = {"input.admin_password": Secret(lab.admin_password)}
    driver.refused(wrong, "account-wrong-password")
    driver.window.set_answers(right)
    driver.check_now()
    driver.go_on(to="scope")
    tree = driver.window.page("scope").tree
    driver.wait(lambda: not tree.containers.worker.busy, "the tree is loaded")
    driver.go_on({"scope.containers": (people,)}, to="identify")
    driver.go_on(to="pilot")
    driver.go_on({"pilot": "all"}, to="features")
    driver.go_on(to="self_service")
    driver.go_on(to="permissions")
    page = driver.window.page("permissions")
    driver.wait(lambda: page.whole is not None, "everybody is judged")
    if not page.whole.coverage.foreseen:
        raise JourneyFailed("The account to be made is not foreseen")
    driver.go_on(to="review")
    driver.go_on(to="apply")
    driver.wait(lambda: not driver.window.shown.busy, "the changes are made")
    if driver.window.page_id() == "apply":
        driver.picture("apply")
    driver.wait(lambda: driver.window.page_id() == "complete", "Complete is shown")


def _wait_complete(driver: Driver) -> None:
    failed = [row for row in driver.verified() if row.state == "failed"]
    driver.picture("complete")
    if failed:
        raise JourneyFailed("; ".join(f"{c.title}: {c.detail}" for c in failed))


def _test(driver: Driver) -> None:
    panel = driver.window.page("complete").test
    for _ in range(5):  # a controller may only be slow
        panel.run.click()
        driver.wait(lambda: not panel.busy, "the test is answered")
        rows = panel.check_rows.checks
        if not any(Code.DIRECTORY_UNAVAILABLE in row.title for row in rows):
            break
    driver.picture("complete-tested")
    if not rows or rows[0].state == "failed":
        raise JourneyFailed("; ".join(f"{c.title}: {c.detail}" for c in rows))


def _permissions(controller: Controller, ground: Ground, result: Result) -> None:
    result.permissions = "failed"
    pictures = ground.pictures / "permissions"
    driver = look_at_permissions(controller, ground.lab, pictures, ground.say)
    result.screenshots += [str(path) for path in driver.pictures]
    result.permissions = "ok"


def _reset(portal: PortalSide, ground: Ground, result: Result) -> None:
    person = ground.lab.people["anna"]
    result.reset = "failed"
    answered = portal.reset(person, FIRST)
    plain = f"{answered.code}, {answered.ms:.0f} ms"
    ground.say(f"A portal's reset for {person['upn']}: {plain}")
    if answered.code != "ok":
        raise JourneyFailed(f"The reset was answered {answered.code}")
    result.reset, result.end_to_end_ms = "ok", round(answered.ms, 1)
    result.bind = "ok" if signs_in(ground.lab, person, FIRST) else "failed"
    ground.say(f"Sign-in to the domain with the new password: {result.bind}")


def _reconfigure(
    controller: Controller, portal: PortalSide, ground: Ground, result: Result
) -> None:
    person = ground.lab.people["comma_ou"]
    result.reconfigure = "failed"
    for turn, wanted in (("off", "paused"), ("on", "ok")):
        pictures = ground.pictures / f"turn-{turn}"
        driver = _switch(controller, pictures, ground.say)
        result.screenshots += [str(path) for path in driver.pictures]
        code = portal.reset(person, SECOND).code
        ground.say(f"Writeback {turn}: a reset is answered {code}")
        if code != wanted:
            raise JourneyFailed(f"With writeback {turn}, a reset was answered {code}")
    result.reconfigure = "ok"


def _switch(controller: Controller, pictures: Path, say: Say) -> Driver:
    with _reopened(controller, pictures, say) as driver:
        driver.go_on({"task": "writeback"}, to="review")
        _apply(driver)
        return driver


def _turn_self_service_on(
    controller: Controller, ground: Ground, result: Result
) -> None:
    """Let people reset at the portal, by the wizard's own task for it."""
    make_groups(ground.lab)
    pictures = ground.pictures / "self-service"
    with _reopened(controller, pictures, ground.say) as driver:
        driver.go_on({"task": "self_service"}, to="self_service")
        driver.window.set_answers(self_service(ground.lab))
        driver.check_now()
        driver.go_on(to="review")
        _apply(driver)
        result.screenshots += [str(path) for path in driver.pictures]


@contextlib.contextmanager
def _reopened(controller: Controller, pictures: Path, say: Say) -> Iterator[Driver]:
    """Open the wizard on what is installed."""
    window = WizardWindow(controller)
    window.show()
    driver = Driver(window, pictures, say)
    try:
        if window.page_id() != "health":
            raise JourneyFailed(f"{window.page_id()} came first, not Health")
        yield driver
    finally:
        window.done(0)


def _apply(driver: Driver) -> None:
    driver.go_on(to="apply")
    driver.wait(lambda: driver.window.page_id() == "complete", "Complete is shown")
    _wait_complete(driver)


def _walk_portal(details: PortalDetails, ground: Ground, result: Result) -> None:
    result.portal, walked = "failed", Walked()
    portal = LabPortal.make(ground.portal, ground.relay, ground.lab.authority)
    portal.know(ground.relay, details.agent, details.fingerprint)
    ground.say(f"The portal, at {portal.url}")
    try:
        portal.start(dies_with_us=True)
        walk(ground.lab, portal, ground.pictures / "portal", ground.say, walked)
        result.portal = "ok"
    except LabError as error:
        raise JourneyFailed(str(error)) from None
    finally:
        portal.stop()
        result.portal_ms = walked.ms
        result.screenshots += [str(path) for path in walked.pictures]
