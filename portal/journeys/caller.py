"""Somebody who calls the help desk: nothing of them is shown before they proved it.

What counts are rows: methods of theirs that were used in the call, and what a helper
says that they did. `verified` alone makes a `VerifiedCaller`. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.journeys.visit import TakenMethod

LIFETIME_S = 1800.0  # of a call
MOST_REASON = 200  # docs/wire.md


class CheckKind(StrEnum):
    """What a helper says that they did; the values are stored."""

    # on the number that the organization's records have, never one that was told
    CALL_BACK = "call_back"
    # seen with an ID; a second helper saw it too
    IN_PERSON = "in_person"
    # what one helper may not do alone
    SECOND = "second"


@dataclass(frozen=True)
class Call:
    """One call: `helper` helps `guid`, the person whom the agent found.

    `typed` is the name as it was asked for; `name` and `upn` are the directory's.
    """

    id: str
    reference: str
    helper: str
    guid: str
    domain: str
    typed: str
    name: str
    upn: str
    reason: str
    ends: float

    @property
    def shown(self) -> str:
        """Give the name to call them by, once they proved who they are."""
        return self.name or self.upn or self.typed


@dataclass(frozen=True)
class CallerCheck:
    """One thing that a helper says; `second` is who confirmed it, if anybody did."""

    kind: CheckKind
    second: str | None

    @property
    def counts(self) -> bool:
        """Whether it says who the caller is."""
        if self.kind is CheckKind.IN_PERSON:
            return self.second is not None
        return self.kind is CheckKind.CALL_BACK


@dataclass(frozen=True)
class VerifiedCaller:
    """A caller who proved who they are; made by `verified` alone.

    `how` are the kinds of what proved it; `two_helpers`: a second one confirmed.
    """

    call: Call
    how: tuple[str, ...]
    two_helpers: bool


def verified(
    call: Call,
    taken: Iterable[TakenMethod],
    checks: Iterable[CallerCheck],
    now: float,
) -> VerifiedCaller | None:
    """Say whether a caller is verified now; None where not."""
    checks = tuple(checks)
    own = tuple(str(each.kind) for each in taken)
    said = tuple(str(each.kind) for each in checks if each.counts)
    if now >= call.ends or not own + said:
        return None
    seconds = {each.second for each in checks if each.second is not None}
    return VerifiedCaller(call, own + said, bool(seconds - {call.helper, call.guid}))
