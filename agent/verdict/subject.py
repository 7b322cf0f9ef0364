"""What is read about one user, and what is answered: the values of a verdict."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from agent.ace import Sid
from agent.causes import Cause
from agent.errors import Code
from agent.policy import Account, PasswordPolicy


class Operation(StrEnum):
    """What may be asked of an agent for one user."""

    RESET = "reset"
    CHANGE = "change"
    UNLOCK = "unlock"
    MUST_CHANGE = "must_change"


ALL_OPERATIONS = frozenset(Operation)


class State(StrEnum):
    """Whether it would work."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything that was read about one user.

    Attributes:
        dn: the user's.
        guid: objectGUID.
        object_sid: objectSid; None when hidden.
        classes: the GUIDs of the most specific class and dynamic auxiliary ones.
        descriptor: owner, group and DACL as read; None when hidden.
        account: None when a needed attribute is hidden.
        policy: the resultant one; None when it can not be read.
        agent_sids: the whole token of the agent's account (rootDSE tokenGroups).
        hints: whether policy hints are sent with a reset.
        in_scope: within the containers and the pilot group.
        why_not_in_scope: which of them it is not in.
        protected_group: the protected group it is a member of, when known.
        cut: the container above whose inheritance is off, when known.
        unreadable: what was hidden or malformed, for `account` and `policy`.
        unseen: attributes that are absent, perhaps only because whoever read the user
            may not read them.

    """

    dn: str
    guid: UUID
    object_sid: Sid | None
    classes: frozenset[UUID]
    descriptor: bytes | None
    account: Account | None
    policy: PasswordPolicy | None
    agent_sids: frozenset[Sid]
    hints: bool
    in_scope: bool = True
    why_not_in_scope: str = ""
    protected_group: str = ""
    cut: str = ""
    unreadable: str = ""
    unseen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether one thing would work, and the one cause when it would not.

    Attributes:
        state: yes, no, or unknown.
        code: what an agent would answer; `Code.OK` with yes.
        cause: the cause, finer than the code.
        shown_by: the entry or the attribute that shows it.
        remedy: the administrator's next step.
        until: from when on it would work, if time alone mends it.

    """

    state: State
    code: Code
    cause: Cause
    shown_by: str = ""
    remedy: str = ""
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
    """The answers about one user.

    Attributes:
        notes: what an administrator should know, though it stops nothing.

    """

    dn: str
    guid: UUID
    reset: Answer
    change: Answer
    unlock: Answer
    must_change: Answer
    notes: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, object]:
        """Give it as JSON takes it."""
        answers = {op.value: getattr(self, op.value).as_dict() for op in Operation}
        head: dict[str, object] = {"dn": self.dn, "guid": str(self.guid)}
        return head | answers | {"notes": list(self.notes)}
