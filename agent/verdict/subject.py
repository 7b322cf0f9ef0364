"""The subject of a verdict: everything that was read about one user."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agent.acl.sid import Sid
from agent.verdict.account import Account
from agent.verdict.membership import NO_MEMBERSHIP, Membership
from agent.verdict.password_policy import PasswordPolicy
from wire.operation import Operation
from wire.text import EMPTY, Text

# a check has no answer of its own: it says what would come of a reset
JUDGED = (Operation.RESET, Operation.CHANGE, Operation.UNLOCK, Operation.MUST_CHANGE)


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything that was read about one user.

    `classes` are the GUIDs of the most specific class and dynamic auxiliary ones;
    `agent_sids` the whole token of the agent's account (rootDSE tokenGroups).
    `object_sid`, `descriptor` (owner, group and DACL), `account` and `policy` are None
    when hidden: `unreadable` says what was hidden or malformed. `hints`: policy hints
    are sent with a reset. `denied_by` is the entry of the deny list that means the
    user, `service_account` what makes it one that the settings exclude. `unseen` are
    attributes that are absent, perhaps only because whoever read the user may not read
    them. `membership` is what the lists of self-service say of the user.
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
    denied_by: Text = EMPTY
    service_account: Text = EMPTY
    inheritance_off_at: str = ""
    unreadable: Text = EMPTY
    unseen: frozenset[str] = frozenset()
    membership: Membership = NO_MEMBERSHIP
