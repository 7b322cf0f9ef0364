"""A verdict: for one user, whether each operation would work, and the one cause."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from agent.verdict.causes import Cause
from agent.verdict.subject import JUDGED
from wire.operation import Operation
from wire.outcomes import Code
from wire.text import EMPTY, Text


class State(StrEnum):
    """Whether it would work."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OperationVerdict:
    """Whether one thing would work, and the one cause when it would not.

    `code` is what an agent would answer, `Code.OK` with yes; `cause` is finer.
    `shown_by` is the entry or the attribute that shows it; `until` when time alone
    mends it.
    """

    state: State
    code: Code
    cause: Cause
    shown_by: Text = EMPTY
    remedy: Text = EMPTY
    until: datetime | None = None

    def as_dict(self) -> dict[str, str | None]:
        """Give it as JSON takes it."""
        return {
            "state": self.state.value,
            "code": self.code.value,
            "cause": self.cause.value,
            "shown_by": self.shown_by,
            "remedy": self.remedy,
            "until": self.until.isoformat() if self.until else None,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answers about one user; `notes` stop nothing, and yet should be known."""

    dn: str
    guid: UUID
    reset: OperationVerdict
    change: OperationVerdict
    unlock: OperationVerdict
    must_change: OperationVerdict
    notes: tuple[Text, ...] = ()

    def of(self, operation: Operation) -> OperationVerdict:
        """Give the answer for one operation of those that are judged."""
        return {
            Operation.RESET: self.reset,
            Operation.CHANGE: self.change,
            Operation.UNLOCK: self.unlock,
            Operation.MUST_CHANGE: self.must_change,
        }[operation]

    def as_dict(self) -> dict[str, object]:
        """Give it as JSON takes it."""
        answers = {op.value: self.of(op).as_dict() for op in JUDGED}
        head: dict[str, object] = {"dn": self.dn, "guid": str(self.guid)}
        return head | answers | {"notes": list(self.notes)}
