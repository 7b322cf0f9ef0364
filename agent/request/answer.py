"""What is answered: the outcome and its steps, as claims and for the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from wire.operation import Operation
from wire.outcomes import OUTCOMES, Code, Refused

FollowingStep = Literal[Operation.UNLOCK, Operation.MUST_CHANGE]
# nothing was done and another time may do better
_PASSING = frozenset(
    {
        Code.PAUSED,
        Code.TOO_MANY,
        Code.BREAKER_OPEN,
        Code.EXPIRED_REQUEST,
        Code.REPLAYED_REQUEST,
        Code.DIRECTORY_UNAVAILABLE,
        Code.DIRECTORY_REFUSED_AGENT,
        Code.UNKNOWN_RESULT,
        Code.CANNOT_RECORD,
        Code.INTERNAL,
    }
)
# an entry of a write stays open until it is known what became of it
_OPEN = frozenset({Code.UNKNOWN_RESULT, Code.INTERNAL})
Result = Literal["done", "refused", "off", "skipped"]


@dataclass(frozen=True)
class Step:
    """One part of the work; `code` and `detail` say why it was refused or skipped."""

    step: Literal["password"] | FollowingStep
    result: Result
    code: Code | None = None
    detail: str = ""

    def as_dict(self) -> dict[str, str]:
        """Give it as the wire does."""
        plain: dict[str, str] = {"step": str(self.step), "result": self.result}
        if self.code is not None:
            plain["code"] = self.code.value
        return plain | ({"detail": self.detail} if self.detail else {})


@dataclass(frozen=True)
class Answer:
    """What became of a request.

    `detail` and `remedy` are for the administrator, the remedy a better one than the
    outcome's own; `message` is for the user, where the outcome's own would not be true.
    It would work from `earliest` on (RFC 3339). `verdict` comes with op check;
    `person`, `self_service` and `state` with op lookup; `sign_in` and `receipt` are
    what was signed with op authenticate and register, `roster` a page of it. `entered`:
    the ledger has an entry of a write for it; one that is not `kept` is read anew.
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
    person: Mapping[str, object] | None = None
    self_service: Mapping[str, object] | None = None
    state: Mapping[str, object] | None = None
    sign_in: str | None = field(default=None, repr=False)
    receipt: str | None = field(default=None, repr=False)
    roster: Mapping[str, object] | None = field(default=None, repr=False)
    entered: bool = False
    kept: bool = True

    @classmethod
    def of(cls, refused: Refused) -> "Answer":
        """Answer with a code that a stage ended with."""
        return cls(refused.code, refused.detail)

    @property
    def final(self) -> bool:
        """Whether the same request gets this answer again, or is done again."""
        return self.kept and self.code not in (_OPEN if self.entered else _PASSING)

    @property
    def step_dicts(self) -> tuple[Mapping[str, str], ...]:
        """The steps as the wire has them."""
        return tuple(step.as_dict() for step in self.steps)

    def at(self, controller: str) -> "Answer":
        """Say which controller it comes from."""
        return replace(self, controller=self.controller or controller)

    def as_dict(self, reference: str) -> dict[str, Any]:
        """Give the claims that are the same when the answer is repeated."""
        outcome = OUTCOMES[self.code]
        claims: dict[str, Any] = {
            "code": self.code.value,
            "message": self.message or outcome.user,
            "admin": outcome.admin,
            "remedy": self.remedy or outcome.remedy,
            "detail": self.detail,
            "id": reference,
            "steps": list(self.step_dicts),
        }
        perhaps = {
            "controller": self.controller,
            "earliest": self.earliest,
            "policy": self.policy,
            "verdict": self.verdict,
            "person": self.person,
            "self_service": self.self_service,
            "state": self.state,
            "sign_in": self.sign_in,
            "receipt": self.receipt,
            "roster": self.roster,
        }
        return claims | {name: value for name, value in perhaps.items() if value}


@dataclass(frozen=True)
class Repeat:
    """The first answer to a request, given again as it was: its id, and all claims."""

    id: str
    code: Code
    detail: str
    controller: str | None
    step_dicts: tuple[Mapping[str, str], ...]
    claims: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> "Repeat":
        """Read the claims of an answer; KeyError, ValueError for what is no answer."""
        return cls(
            str(claims["id"]),
            Code(claims["code"]),
            str(claims["detail"]),
            claims.get("controller"),
            tuple(claims["steps"]),
            claims,
        )


def spelled(reply: Answer | Repeat, answer_id: str) -> Mapping[str, Any]:
    """Give the claims of an answer; `answer_id` is its id, where it is a first one."""
    return reply.claims if isinstance(reply, Repeat) else reply.as_dict(answer_id)


class Ended(Exception):
    """A request that ends here, with more to say than a code."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code.value)
        self.answer = answer


def iso(moment: datetime | None) -> str | None:
    """Spell a moment as the wire does (RFC 3339)."""
    return None if moment is None else moment.isoformat(timespec="seconds")
