"""Signing in to a portal from a terminal: a code is shown, and a code comes back.

It works without a screen: the address and the code can be read to somebody else, who
approves on any browser, or on the portal's own server.
"""

from pydantic import ValidationError

from agent.config.settings import Relay, Settings
from wire.enrolment_link import same_relay
from wire.text import Text
from wizard.cli.errors import BadUsage
from wizard.cli.output import lines, tell
from wizard.cli.secrets import CommandSecrets
from wizard.cli.signals import STOPPING, stopped_by_signal
from wizard.cli.terminal import NOTHING_CHANGED
from wizard.controller.controller import Controller
from wizard.plan.change import StepFailed
from wizard.results import PortalAsked, SignedIn


def sign_in(
    controller: Controller, address: str, settings: Settings, secrets: CommandSecrets
) -> CommandSecrets:
    """Have a portal give the enrolment code, and add it to what was given.

    BadUsage: the address is none, or it was stopped. SignInFailed, StepFailed: no code
    was given, or one for another relay than the settings'.
    """
    portal = _portal(address, settings.relay)
    with stopped_by_signal(STOPPING) as stop:
        given = controller.sign_in.run(
            portal, settings.agent, secrets.inputs(), stop, _show
        )
    if given is None:
        raise BadUsage(
            Text("Stopped while the portal was waited for."), NOTHING_CHANGED
        )
    if not same_relay(given.relay, settings.relay.url):
        raise StepFailed(
            Text(
                "The portal's code is for the relay {other}, and the settings name "
                "{relay}.",
                other=given.relay,
                relay=settings.relay.url,
            ),
            Text("Put that relay into the settings, and start again."),
        )
    _tell(given)
    return secrets.signed_in(given.code, given.keys)


def _portal(address: str, relay: Relay) -> Relay:
    """Give the way to a portal: by the relay's proxy, and trusting its CA too."""
    bare = address if "://" in address else f"https://{address}"
    try:
        return Relay(url=bare, ca=relay.ca, proxy=relay.proxy)
    except ValidationError:
        raise BadUsage(
            Text("--sign-in takes the address of a portal."),
            Text("Give it as https://portal.contoso.com."),
        ) from None


def _show(asked: PortalAsked) -> None:
    """Say what people do now; where the portal is not reached meanwhile, that alone."""
    if asked.trouble:
        tell(Text("{trouble} It is tried again.", trouble=asked.trouble))
        return
    minutes = str(round(asked.seconds / 60))
    tell(
        lines(
            "",
            Text("To let this agent in, an administrator of the portal opens"),
            f"    {asked.address}",
            Text("and types the code"),
            f"    {asked.user_code}",
            Text(
                "or runs writeback-portal approve {code} on the portal's server.",
                code=asked.user_code,
            ),
            "",
            Text("They compare what is shown there with this agent:"),
            f"    {asked.agent}",
            f"    {asked.fingerprint}",
            "",
            Text(
                "It goes on by itself once that is approved. The code is good for "
                "{minutes} min; Ctrl-C stops.",
                minutes=minutes,
            ),
        )
    )


def _tell(given: SignedIn) -> None:
    tell(
        Text(
            "Approved. {organization} calls the portal {issuer}; compare its "
            "fingerprint: {fingerprint}",
            organization=given.organization,
            issuer=given.issuer,
            fingerprint=given.fingerprint,
        )
    )
