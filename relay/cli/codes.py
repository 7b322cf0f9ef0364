"""The command `code`: what an agent enrols with."""

import argparse
import contextlib
import time
from typing import Any

from relay.cli.words import command, hours
from relay.errors import RelayUnusable
from relay.store import Store
from wire.enrolment_code import EnrolmentCode
from wire.keys import fingerprint_digest

_HOUR_S = 3600


def add_commands(commands: Any) -> None:
    code = command(commands, "code", "make a one-use enrolment code", _make_code)
    code.add_argument("--portal", required=True, metavar="NAME")
    code.add_argument("--valid-hours", type=hours, default=168, metavar="N")


def _make_code(arguments: argparse.Namespace) -> int:
    with contextlib.closing(Store(arguments.data)) as store:
        portal = store.portal(arguments.portal)
        if portal is None:
            raise RelayUnusable(
                f"there is no portal {arguments.portal!r}",
                "register it with `writeback-relay portal add`",
            )
        code = EnrolmentCode.new(fingerprint_digest(portal.keys))
        expires = int(time.time() + arguments.valid_hours * _HOUR_S)
        store.add_code(code.lookup, portal.name, expires)
    print(code.text)
    return 0
