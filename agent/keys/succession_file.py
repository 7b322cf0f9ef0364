"""The file of successions: each order by which the portal took new keys, as it came.

The enrolment is root's, and the agent may not write it; this file is the agent's own.
Each order is signed with the keys before it, the first with those of the enrolment:
whoever reads the file checks that again, so that it can't name a portal of its own.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.system.atomic_files import write_atomically
from wire.messages import Portal
from wire.outcomes import Refused
from wire.succession import TRANSITION_S, Succession

MOST = 200
_MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Taken:
    """A succession that was taken at a time; `used`: a request by the new key came."""

    token: str
    at: int
    used: bool = False

    def is_over(self, now: float) -> bool:
        """Say whether the keys before it are good no more."""
        return self.used or not 0 <= now - self.at < TRANSITION_S


@dataclass(frozen=True)
class PortalKeys:
    """A portal as it is now, and as it was before the succession that is under way."""

    portal: Portal
    former: Portal | None = None
    last: Succession | None = None
    taken: Taken | None = None


def follow(portal: Portal, taken: Sequence[Taken], now: float) -> PortalKeys:
    """Follow the successions from the portal of the enrolment.

    Those that its keys did not sign are of an enrolment before, and passed over.
    """
    reached = PortalKeys(portal)
    for each in taken:
        try:
            order = Succession.read(each.token.encode("ascii"), reached.portal.keys)
        except (Refused, UnicodeEncodeError):
            continue
        if order.statement.issuer != portal.issuer:
            continue
        now_known = Portal(portal.issuer, order.statement.keys)
        former = None if each.is_over(now) else reached.portal
        reached = PortalKeys(now_known, former, order, each)
    return reached


def read(path: Path) -> tuple[Taken, ...]:
    """Read the file; nothing where it is missing or damaged."""
    try:
        with path.open("rb") as file:
            rows = json.loads(file.read(_MOST_BYTES))["successions"]
        found = [
            Taken(str(row["token"]), int(row["at"]), used=row["used"] is True)
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()
    return tuple(found[:MOST])


def write(path: Path, taken: Sequence[Taken]) -> None:
    """Replace the file; OSError where that can't be done."""
    rows = [{"token": each.token, "at": each.at, "used": each.used} for each in taken]
    text = json.dumps({"successions": rows}, indent=2) + "\n"
    write_atomically(path, text, mode=0o600)
