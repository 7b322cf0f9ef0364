"""What an account may do with one user: descriptors read once, rights decided once.

Pure. Most users of a container share one descriptor, and all share the agent's token;
the last answers are kept.
"""

from functools import lru_cache
from uuid import UUID

from agent.acl.access_check import Decision, Reason, decide, token_on
from agent.acl.ace import Ace
from agent.acl.descriptor import SecurityDescriptor, parse
from agent.acl.errors import DescriptorError
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.acl.well_known_sids import EVERYONE, SELF
from agent.verdict.subject import Subject

Descriptor = SecurityDescriptor | DescriptorError | None

# the attributes that a user may go without
READING = {
    "memberOf": Right.READ_MEMBER_OF,
    "adminCount": Right.READ_ADMIN_COUNT,
    "accountExpires": Right.READ_ACCOUNT_EXPIRES,
    "lockoutTime": Right.READ_LOCKOUT_TIME,
    "msDS-ResultantPSO": Right.READ_RESULTANT_PSO,
}


@lru_cache(maxsize=256)
def read(raw: bytes | None) -> Descriptor:
    """Read a descriptor; None for one that is hidden, the error for a bad one."""
    try:
        return None if raw is None else parse(raw)
    except DescriptorError as error:
        return error


def held(subject: Subject, right: Right, raw: bytes) -> Decision:
    """Say whether the agent's account holds a right on a user.

    Args:
        subject: the user, with the agent's token.
        right: what is asked.
        raw: the user's descriptor, of which `read` gave no error.

    """
    # SELF is added here, so that users who are not the agent share the answer
    sids = token_on(subject.agent_sids, subject.object_sid)
    return _decide(raw, sids, right, subject.classes)


def cannot_change(subject: Subject) -> Ace | None:
    """Give the entry that makes it "user cannot change password", if one does.

    That option is no flag in the directory: it is an entry that denies Change
    Password to SELF or Everyone. One with a condition is none: it may not hold.
    """
    raw = subject.descriptor
    if raw is None or isinstance(read(raw), DescriptorError):
        return None
    found = _of_user(raw, subject.classes)
    because = found.because if found.reason is Reason.DENIED else None
    return because if isinstance(because, Ace) else None


def undecided_change(subject: Subject) -> Decision | None:
    """Give what leaves open whether it is "user cannot change password", if anything.

    That is an entry with a condition, or of a kind that is not known.
    """
    raw = subject.descriptor
    if raw is None or isinstance(read(raw), DescriptorError):
        return None
    found = _of_user(raw, subject.classes)
    return None if found.certain else found


def _of_user(raw: bytes, classes: frozenset[UUID]) -> Decision:
    return _decide(raw, frozenset({SELF, EVERYONE}), Right.CHANGE_PASSWORD, classes)


@lru_cache(maxsize=1024)
def unreadable(
    raw: bytes | None, sids: frozenset[Sid], classes: frozenset[UUID]
) -> frozenset[str]:
    """Give the attributes of a user that a token is not known to be let read.

    All of them where the descriptor is hidden or can not be understood.
    """
    descriptor = read(raw)
    if not isinstance(descriptor, SecurityDescriptor):
        return frozenset(READING)
    return frozenset(
        name
        for name, right in READING.items()
        if not decide(descriptor, sids, right, classes=classes).allowed
    )


@lru_cache(maxsize=1024)
def _decide(
    raw: bytes, sids: frozenset[Sid], right: Right, classes: frozenset[UUID]
) -> Decision:
    descriptor = read(raw)
    assert isinstance(descriptor, SecurityDescriptor)
    return decide(descriptor, sids, right, classes=classes)
