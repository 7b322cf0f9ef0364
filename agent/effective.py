"""What an account may do with one user: descriptors read once, rights decided once.

Pure. Most users of a container share one descriptor, and all share the agent's token;
the last answers are kept.
"""

from functools import lru_cache
from uuid import UUID

from agent.access import EVERYONE, SELF, Decision, Right, decide
from agent.ace import DENYING, Ace, Sid
from agent.descriptor import DescriptorError, SecurityDescriptor, parse
from agent.subject import Subject

Descriptor = SecurityDescriptor | DescriptorError | None


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
    sids = subject.agent_sids
    # SELF is added here, so that users who are not the agent share the answer
    sids = sids | {SELF} if subject.object_sid in sids else sids
    return _decide(raw, sids, right, subject.classes)


def cannot_change(subject: Subject) -> Ace | None:
    """Give the entry that makes it "user cannot change password", if one does.

    That option is no flag in the directory: it is an entry that denies Change
    Password to SELF or Everyone.
    """
    raw = subject.descriptor
    if raw is None or isinstance(read(raw), DescriptorError):
        return None
    user = frozenset({SELF, EVERYONE})
    because = _decide(raw, user, Right.CHANGE_PASSWORD, subject.classes).because
    return because if isinstance(because, Ace) and because.type in DENYING else None


@lru_cache(maxsize=1024)
def _decide(
    raw: bytes, sids: frozenset[Sid], right: Right, classes: frozenset[UUID]
) -> Decision:
    descriptor = read(raw)
    assert isinstance(descriptor, SecurityDescriptor)
    return decide(descriptor, sids, right, classes=classes, self_sid=None)
