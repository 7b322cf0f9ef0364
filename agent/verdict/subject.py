"""The subject of a verdict: everything that was read about one user."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agent.acl.sid import Sid
from agent.verdict.account import Account
from agent.verdict.password_policy import PasswordPolicy
from wire.operation import Operation
from wire.text import EMPTY, Text

# a check has no answer of its own: it says what would come of a reset
JUDGED = (Operation.RESET, Operation.CHANGE, Operation.UNLOCK, Operation.MUST_CHANGE)


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
        read_at: when, in UTC.
        in_scope: within the containers and the pilot group.
        why_not_in_scope: which of them it is not in.
        protected_group: the protected group it is a member of, when known.
        inheritance_off_at: the container above where it is off, when known.
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
    read_at: datetime
    in_scope: bool = True
    why_not_in_scope: Text = EMPTY
    protected_group: Text = EMPTY
    inheritance_off_at: str = ""
    unreadable: Text = EMPTY
    unseen: frozenset[str] = frozenset()
