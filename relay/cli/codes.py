"""The commands `code`, `codes` and `revoke-code`: what agents enrol with.

A code begins with the relay's half; the portal's owner joins the other half, which no
relay can make.
"""

import argparse
import json
import sys
import time
from typing import Any

from relay.cli.words import command, hours, opened, portal_named
from relay.database.records import Code
from relay.database.store import utc
from relay.errors import RelayUnusable
from wire.enrolment_code import RelayHalf

_HOUR_S = 3600
_NEXT = "This is the relay's half: the portal's owner joins the other to it."
_ID_CHARS = 12  # of the hash that names a code


def add_commands(commands: Any) -> None:
    code = command(commands, "code", "make the relay's half of a code", _make_code)
    code.add_argument("--portal", required=True, metavar="NAME")
    code.add_argument("--valid-hours", type=hours, default=168, metavar="N")
    codes = command(commands, "codes", "list codes and what became of them", _list)
    codes.add_argument("--json", action="store_true")
    revoke = command(commands, "revoke-code", "revoke an open code", _revoke)
    revoke.add_argument("id", metavar="ID", help="as `codes` shows it")


def _make_code(arguments: argparse.Namespace) -> int:
    with opened(arguments) as store:
        portal = portal_named(store, arguments.portal)
        if portal.statement is None:
            raise RelayUnusable(
                f"the portal {portal.name!r} has no signed statement here",
                "have its owner make one and register it: writeback-relay portal "
                "succeed",
            )
        half = RelayHalf.new()
        expires = int(time.time() + arguments.valid_hours * _HOUR_S)
        store.add_code(half.lookup, portal.name, expires)
    print(half.text)
    print(_NEXT, file=sys.stderr)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    now = time.time()
    with opened(arguments) as store:
        codes = [_shown(code, now) for code in store.codes()]
    if arguments.json:
        print(json.dumps(codes, indent=2))
        return 0
    if not codes:
        print("There are no codes.")
    for code in codes:
        times = f"until {code['expires_at']}"
        if code["used_by"]:
            times = f"by {code['used_by']} at {code['used_at']}"
        meant = f" for {code['for_agent']}" if code["for_agent"] else ""
        print(f"{code['id']}  portal {code['portal']}  {code['state']}{meant} {times}")
    return 0


def _shown(code: Code, now: float) -> dict[str, str | None]:
    return {
        "id": code.lookup[:_ID_CHARS],
        "portal": code.portal,
        "state": code.state(now),
        "expires_at": utc(code.expires_at),
        "for_agent": code.agent,
        "used_by": code.used_by,
        "used_at": None if code.used_at is None else utc(code.used_at),
    }


def _revoke(arguments: argparse.Namespace) -> int:
    with opened(arguments) as store:
        matching = [c for c in store.codes() if c.lookup[:_ID_CHARS] == arguments.id]
        if len(matching) != 1:
            raise RelayUnusable(
                f"there is no code {arguments.id!r}", "see `writeback-relay codes`"
            )
        if not store.remove_code(matching[0]):
            raise RelayUnusable(
                f"the code {arguments.id!r} was used by {matching[0].used_by!r}",
                "an agent is forgotten by `writeback-relay forget`",
            )
    print(f"The code {arguments.id} is revoked.")
    return 0
