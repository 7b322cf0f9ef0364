"""The command `registration-code`: a code for one person, who registers with it.

For the first people of the help desk, and where there is none: the agents take its word
where their settings say so (`self_service.registration.portal_codes`).
"""

import argparse
import asyncio
import secrets
from datetime import UTC, datetime

from portal.agents.answer import Answer
from portal.agents.pool import NoAgent
from portal.cli.places import add_places, secrets_of
from portal.errors import PortalUnusable
from portal.journeys.policy import Person
from portal.journeys.role import roles_of
from portal.journeys.sign_in_name import BadName
from portal.parts import beside
from portal.services import BrowserOrigin, Services
from portal.settings import read_settings
from portal.visits.registration_codes import (
    LEAST_MINUTES,
    MOST_MINUTES,
    USUAL_MINUTES,
    RegistrationCodes,
)
from wire.printable import printable

_ORIGIN = BrowserOrigin(address="", agent="writeback-portal registration-code")


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `registration-code`."""
    parser = commands.add_parser(
        "registration-code",
        help="make a code with which one person signs in once, to register",
    )
    parser.add_argument("name", metavar="NAME", help="the person's sign-in name")
    parser.add_argument(
        "--minutes",
        type=int,
        default=USUAL_MINUTES,
        help=f"how long it is good: {LEAST_MINUTES} to {MOST_MINUTES} (default: "
        f"{USUAL_MINUTES})",
    )
    parser.add_argument(
        "--withdraw", action="store_true", help="make the person's code worthless"
    )
    add_places(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make a code, which is shown once; or withdraw it. PortalUnusable where not."""
    if not LEAST_MINUTES <= arguments.minutes <= MOST_MINUTES:
        what = f"--minutes must be from {LEAST_MINUTES} to {MOST_MINUTES}"
        raise PortalUnusable(what, "choose another time")
    asyncio.run(_run(arguments))
    return 0


async def _run(arguments: argparse.Namespace) -> None:
    settings = read_settings(arguments.settings)
    async with beside(settings, secrets_of(arguments)) as services:
        await services.agents.look()
        codes, reference = RegistrationCodes(services), secrets.token_urlsafe(16)
        domain, answer, person = await _found(codes, arguments.name, reference)
        if arguments.withdraw:
            await _withdraw(codes, person, reference)
            return
        _check_counts(domain, answer)
        made = await codes.make(
            person.guid,
            domain,
            minutes=arguments.minutes,
            helper=None,
            origin=_ORIGIN,
            reference=reference,
        )
        until = f"{datetime.fromtimestamp(made.ends, UTC):%Y-%m-%d %H:%M} UTC"
        print(made.text)
        print(printable(f"for {person.upn or person.name}, once, until {until}"))
        print(f"to be typed at {_address(services)}")


async def _found(
    codes: RegistrationCodes, name: str, reference: str
) -> tuple[str, Answer, Person]:
    """Find who is meant; PortalUnusable where that is nobody who may register."""
    try:
        domain, answer = await codes.find(name, reference, _ORIGIN)
    except BadName:
        raise PortalUnusable(f"{name!r} is no name", "give a sign-in name") from None
    except NoAgent:
        what = "no agent answers"
        raise PortalUnusable(what, "run `writeback-portal check`") from None
    asked = answer.self_service
    may = asked is not None and (asked.eligible or roles_of(asked.roles))
    if answer.person is None or not may:
        raise PortalUnusable(
            f"{name}: {answer.code}",
            "`writeback self-service check` on the agent's server says why",
        )
    return domain, answer, answer.person


async def _withdraw(codes: RegistrationCodes, person: Person, reference: str) -> None:
    was = await codes.withdraw(person.guid, _ORIGIN, reference, actor=None)
    print("the code is worthless now" if was else "there is no code")


def _check_counts(domain: str, answer: Answer) -> None:
    asked = answer.self_service
    if asked is None or not asked.registration.portal_codes:
        raise PortalUnusable(
            f"the agents of {domain} take no code that is made here",
            "switch self_service.registration.portal_codes on there, or have the help "
            "desk give one",
        )


def _address(services: Services) -> str:
    return f"{services.settings.base_url}/account/sign-in/code"
