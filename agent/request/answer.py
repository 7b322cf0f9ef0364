"""What is answered: the outcome and its steps, as claims and for the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from wire.operation import Operation
from wire.outcomes import OUTCOMES, Code

FollowingStep = Literal[Operation.UNLOCK, Operation.MUST_CHANGE]
Result = Literal["done", "refused", "off", "skipped"]


@dataclass(frozen=True)
class Step:
    """One part of the work.

    Attributes:
        step: password, unlock or must_change.
        result: how it ended.
        code: why it was refused.
        detail: why it was refused or skipped, for the administrator.

    """

    step: Literal["password"] | FollowingStep
    result: Result
    code: Code | None = None
    detail: str = ""

    def as_dict(self) -> dict[str, str]:
        """Give it as the wire does."""
        said: dict[str, str] = {"step": str(self.step), "result": self.result}
        if self.code is not None:
            said["code"] = self.code.value
        return said | ({"detail": self.detail} if self.detail else {})


@dataclass(frozen=True)
class Answer:
    """What became of a request.

    Attributes:
        detail: what exactly, for the administrator.
        remedy: a better one than the outcome's own.
        message: for the user, where the outcome's own would not be true.
        earliest: from when on it would work (RFC 3339).
        policy: what holds for the user, where known.
        verdict: with op check.

    """

    code: Code
    detail: str = ""
    remedy: str = ""
    message: str = ""
    steps: tuple[Step, ...] = ()
    controller: str | None = None
    earliest: str | None = None
    policy: Mapping[str, object] | None = None
    verdict: Mapping[str, object] | None = None

    def at(self, controller: str) -> "Answer":
        """Say which controller it comes from."""
        return replace(self, controller=self.controller or controller)

    def as_dict(self, reference: str) -> dict[str, Any]:
        """Give the claims that are the same when the answer is repeated."""
        outcome = OUTCOMES[self.code]
        said: dict[str, Any] = {
            "code": self.code.value,
            "message": self.message or outcome.user,
            "admin": outcome.admin,
            "remedy": self.remedy or outcome.remedy,
            "detail": self.detail,
            "id": reference,
            "steps": [step.as_dict() for step in self.steps],
        }
        perhaps = {
            "controller": self.controller,
            "earliest": self.earliest,
            "policy": self.policy,
            "verdict": self.verdict,
        }
        return said | {name: value for name, value in perhaps.items() if value}


class Ended(Exception):  # noqa: N818 - an answer, not a fault
    """A request that ends here, with more to say than a code."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code.value)
        self.answer = answer


def iso(moment: datetime | None) -> str | None:
    """Spell a moment as the wire does (RFC 3339)."""
    return None if moment is None else moment.isoformat(timespec="seconds")
