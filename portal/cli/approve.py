"""The command `approve`: let an agent in whose wizard shows a code.

It is how the first agent comes: until there is one, no agent can say who administrates.
The portal may serve meanwhile, and the wizard goes on by itself.
"""

import argparse
import asyncio
from collections.abc import Callable

from portal.agents.code_orders import NotOrdered
from portal.cli.places import add_places, secrets_of
from portal.database.device_grants import DeviceGrant
from portal.errors import PortalUnusable
from portal.keys.secret_files import SecretFiles
from portal.parts import beside
from portal.services import BrowserOrigin
from portal.settings import Settings, read_settings
from portal.visits.device import DeviceGrants
from wire.enrolment_code import BadCode, RelayHalf, parse_half

Ask = Callable[[str], bool]
_HERE = BrowserOrigin(address="", agent="writeback-portal approve")
_REMEDIES = {
    "not_allowed": "ask the relay's owner for `writeback-relay portal allow-codes "
    "NAME`, or for a half by `writeback-relay code` and give it by --half",
    "unknown_portal": "have the relay's owner register this portal's statement",
    "name_taken": "choose another name in the wizard, or have the relay's owner forget "
    "that agent",
    "too_many": "wait until some were used or are over",
    "no_relay": "name a relay under `relays` in the settings, and choose it by --relay",
    "no_answer": "see that the relay can be reached from here: writeback-portal check",
}
_GONE = (
    "no wizard waits with this code",
    "type it as the wizard shows it now; a code is over after 15 minutes",
)


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `approve`."""
    parser = commands.add_parser(
        "approve", help="let an agent in whose wizard shows a code"
    )
    parser.add_argument("code", metavar="CODE", help="as the wizard shows it")
    parser.add_argument("--refuse", action="store_true", help="refuse it instead")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--relay", default="", metavar="ID", help="default: the first")
    parser.add_argument(
        "--half", metavar="HALF", help="the relay's half of a code, made by its owner"
    )
    add_places(parser)
    parser.set_defaults(run=run_approve)


def run_approve(arguments: argparse.Namespace) -> int:
    """Approve or refuse a wizard: 0 done, 1 not done."""
    settings, secrets = read_settings(arguments.settings), secrets_of(arguments)
    return asyncio.run(decide(arguments, settings, secrets, _asked))


async def decide(
    arguments: argparse.Namespace, settings: Settings, secrets: SecretFiles, ask: Ask
) -> int:
    """Do it; `ask` puts a question to who sits there."""
    half = _half(arguments.half)
    async with beside(settings, secrets) as services:
        grants = DeviceGrants(services)
        grant = await grants.find(arguments.code, _HERE)
        if grant is None:
            raise PortalUnusable(*_GONE)
        print(_described(grant))
        if arguments.refuse:
            done = await grants.refuse(grant, None, _HERE)
        elif arguments.yes or ask("Does the wizard show the same? Approve? [y/N] "):
            done = await _approve(grants, grant, half, arguments.relay)
        else:
            print("Nothing was decided.")
            return 1
    if not done:
        raise PortalUnusable(*_GONE)
    print("Refused." if arguments.refuse else _next_steps(grant, settings, arguments))
    return 0


async def _approve(
    grants: DeviceGrants, grant: DeviceGrant, half: RelayHalf | None, relay: str
) -> bool:
    try:
        return await grants.approve(grant, None, _HERE, half=half, relay=relay)
    except NotOrdered as error:
        remedy = _REMEDIES.get(error.reason, "see the relay's log")
        raise PortalUnusable(f"the relay made no code: {error}", remedy) from None


def _half(text: str | None) -> RelayHalf | None:
    if text is None:
        return None
    try:
        return parse_half(text)
    except BadCode as error:
        raise PortalUnusable(str(error), "copy the relay's half again") from None


def _described(grant: DeviceGrant) -> str:
    return (
        f"Agent        {grant.agent}\n"
        f"Fingerprint  {grant.agent_keys.fingerprint}\n"
        f"Asked from   {grant.address}\n"
        "Approve it only where the wizard in front of you, or of who called you, shows "
        "this\nname and this fingerprint."
    )


def _next_steps(
    grant: DeviceGrant, settings: Settings, arguments: argparse.Namespace
) -> str:
    """Say what the portal's settings need, so that it asks the new agent."""
    relay = arguments.relay or next((each.id for each in settings.relays), "RELAY")
    domain = settings.domains[0] if len(settings.domains) == 1 else "DOMAIN"
    digits = "".join(grant.agent_keys.fingerprint.split()).lower()
    if digits in {each.fingerprint for each in settings.agents}:
        return "Approved. The wizard goes on by itself."
    return (
        "Approved. The wizard goes on by itself.\n"
        "So that the portal asks this agent, add to `agents` in the settings and "
        "restart it:\n\n"
        f"  - name: {grant.agent}\n"
        f"    relay: {relay}\n"
        f"    fingerprint: {digits}\n"
        f"    domain: {domain}"
    )


def _asked(question: str) -> bool:
    try:
        return input(question).strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        return False
