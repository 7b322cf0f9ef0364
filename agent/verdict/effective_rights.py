"""What an account may do with one user: the rights of a verdict, decided once.

Pure. Most users of a container share one descriptor, and all share the agent's token;
the last answers are kept.
"""

from uuid import UUID

from agent.acl.access_check import Decision, Reason, decide, token_on
from agent.acl.ace import Ace
from agent.acl.descriptor import SecurityDescriptor
from agent.acl.descriptor_reader import Unreadable, decide_once
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.acl.well_known_sids import EVERYONE, SELF
from agent.verdict.subject import Subject

# the attributes that a user may go without
READING = {
    "memberOf": Right.READ_MEMBER_OF,
    "adminCount": Right.READ_ADMIN_COUNT,
    "accountExpires": Right.READ_ACCOUNT_EXPIRES,
    "servicePrincipalName": Right.READ_SERVICE_NAMES,
    "lockoutTime": Right.READ_LOCKOUT_TIME,
    "msDS-ResultantPSO": Right.READ_RESULTANT_PSO,
}
_USER = frozenset({SELF, EVERYONE})


def held(subject: Subject, right: Right) -> Decision | Unreadable:
    """Say whether the agent's account holds a right on a user."""
    sids, who = subject.agent_sids, subject.object_sid
    return held_on(subject.descriptor, sids, who, right, subject.classes)


def held_on(
    raw: bytes | None,
    sids: frozenset[Sid],
    object_sid: Sid | None,
    right: Right,
    classes: frozenset[UUID],
) -> Decision | Unreadable:
    """Say whether a token holds a right on a user, by the user's descriptor as read."""
    # SELF is added here, so that users who are not the agent share the answer
    return _decide(raw, token_on(sids, object_sid), right, classes)


def cannot_change(subject: Subject) -> Ace | None:
    """Give the entry that makes it "user cannot change password", if one does.

    That option is no flag in the directory: it is an entry that denies Change
    Password to SELF or Everyone. One with a condition is none: it may not hold.
    """
    decision = _change_by_user(subject)
    if isinstance(decision, Unreadable) or decision.reason is not Reason.DENIED:
        return None
    return decision.because if isinstance(decision.because, Ace) else None


def undecided_change(subject: Subject) -> Decision | None:
    """Give what leaves open whether it is "user cannot change password", if anything.

    That is an entry with a condition, or of a kind that is not known.
    """
    decision = _change_by_user(subject)
    if isinstance(decision, Unreadable) or decision.certain:
        return None
    return decision


def _change_by_user(subject: Subject) -> Decision | Unreadable:
    right = Right.CHANGE_PASSWORD
    return _decide(subject.descriptor, _USER, right, subject.classes)


def unreadable_attributes(
    raw: bytes | None, sids: frozenset[Sid], classes: frozenset[UUID]
) -> frozenset[str]:
    """Give the attributes of a user that a token is not known to be let read.

    All of them where the descriptor is hidden or can not be understood.
    """
    names = _not_readable(raw, sids, classes)
    return frozenset(READING) if isinstance(names, Unreadable) else names


@decide_once
def _not_readable(
    descriptor: SecurityDescriptor, sids: frozenset[Sid], classes: frozenset[UUID]
) -> frozenset[str]:
    return frozenset(
        name
        for name, right in READING.items()
        if not decide(descriptor, sids, right, classes=classes).allowed
    )


@decide_once
def _decide(
    descriptor: SecurityDescriptor,
    sids: frozenset[Sid],
    right: Right,
    classes: frozenset[UUID],
) -> Decision:
    return decide(descriptor, sids, right, classes=classes)
