"""A container's permission list: read, judged by the people below, and edited."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent import descriptor
from agent.access import USER, Decision, Right, decide, grant_ace
from agent.ace import Ace, Sid
from agent.descriptor import DescriptorError, SecurityDescriptor
from agent.directory import Directory, Entry, sd_flags
from agent.entries import Modification
from agent.settings import Features
from wizard.plan import StepFailed

Edit = Callable[[SecurityDescriptor, Ace], SecurityDescriptor]
RIGHTS = (
    Right.RESET_PASSWORD,
    Right.WRITE_LOCKOUT_TIME,
    Right.WRITE_PWD_LAST_SET,
)
_PEOPLE = "(&(objectCategory=person)(objectClass=user)(!(adminCount=1)))"
_SAMPLE = 50
_DESCRIPTOR = "nTSecurityDescriptor"
_OWNER_GROUP_DACL, _DACL = 7, 4


@dataclass(frozen=True)
class Beyond:
    """Somebody whom rights do not reach: a deny, or inheritance off on the way."""

    dn: str
    rights: tuple[Right, ...]


@dataclass(frozen=True)
class Judged:
    """What an account may do in a container, judged by some of the people there.

    Attributes:
        missing: rights that a grant on the container would give.
        people: how many were looked at.
        beyond: those of them whom a grant that stands does not reach.

    """

    missing: tuple[Right, ...]
    people: int = 0
    beyond: tuple[Beyond, ...] = ()


def rights_of(features: Features) -> tuple[Right, ...]:
    """Give the least rights that what is switched on needs.

    Changing with the old password needs none: everybody has Change Password, unless
    an entry denies it, and a grant would not end that.
    """
    wanted = (True, features.unlock, features.must_change)
    return tuple(right for right, on in zip(RIGHTS, wanted, strict=True) if on)


def judge(
    opened: Directory,
    container: str,
    rights: Sequence[Right],
    token: frozenset[Sid],
    own: Sid,
) -> Judged:
    """Judge by the people there, whatever entry gives them the right.

    Those whose inheritance is off do not count: no grant on a container reaches them.
    """
    here = read(opened, container)
    people = [
        (dn, {right: _decide(found, token, right) for right in rights})
        for dn, found in _descriptors(opened, container)
        if not found.protected
    ]
    missing = tuple(
        right
        for right in without_entry(here, own, rights)
        if not (people and all(told[right].allowed for _, told in people))
    )
    beyond = (Beyond(dn, _refused(told, missing)) for dn, told in people)
    return Judged(missing, len(people), tuple(each for each in beyond if each.rights))


def _refused(
    told: Mapping[Right, Decision], missing: Sequence[Right]
) -> tuple[Right, ...]:
    return tuple(
        right
        for right, decision in told.items()
        if right not in missing and not decision.allowed and decision.certain
    )


def _descriptors(
    opened: Directory, container: str
) -> Iterator[tuple[str, SecurityDescriptor]]:
    controls = (sd_flags(_OWNER_GROUP_DACL),)
    found = opened.search(
        container, _PEOPLE, (_DESCRIPTOR,), controls=controls, limit=_SAMPLE
    )
    for entry in found:
        raw = entry.raw(_DESCRIPTOR)
        if raw is not None:
            yield entry.dn, descriptor.parse(raw)


def _decide(found: SecurityDescriptor, token: frozenset[Sid], right: Right) -> Decision:
    return decide(found, token, right, classes=frozenset({USER}), self_sid=None)


def without_entry(
    here: SecurityDescriptor, sid: Sid, rights: Sequence[Right]
) -> tuple[Right, ...]:
    """Give the rights that no entry of this list itself grants."""
    return tuple(
        right for right in rights if not descriptor.has_ace(here, grant_ace(right, sid))
    )


def rewrite(opened: Directory, container: str, aces: Sequence[Ace], edit: Edit) -> None:
    """Read the container's list, edit it, write it, and read it back.

    Raises:
        StepFailed: it can't be read, or is not as written.
        DirectoryError: it was refused.

    """
    before = read(opened, container)
    after = before
    for ace in aces:
        after = edit(after, ace)
    if after == before:
        return
    change = Modification("replace", _DESCRIPTOR, (after.to_bytes(),))
    opened.modify(container, (change,), (sd_flags(_DACL),))
    now = read(opened, container)
    wanted = [descriptor.has_ace(after, ace) for ace in aces]
    if [descriptor.has_ace(now, ace) for ace in aces] != wanted:
        raise StepFailed(
            f"{opened.host} took the permissions of {container} but shows others.",
            "Look whether something else writes them, such as a script.",
        )


def read(opened: Directory, container: str) -> SecurityDescriptor:
    """Read a container's list.

    Raises:
        StepFailed: it is hidden, or not understood.

    """
    controls = (sd_flags(_DACL),)
    found: Entry | None = next(
        opened.search(
            container, "", (_DESCRIPTOR,), scope="base", controls=controls, paged=False
        ),
        None,
    )
    raw = found.raw(_DESCRIPTOR) if found else None
    if raw is None:
        raise StepFailed(
            f"The permissions of {container} can't be read.",
            "Sign in with an account that may read and write them.",
        )
    try:
        return descriptor.parse(raw)
    except DescriptorError as error:
        told = f"The permissions of {container} can't be understood: {error}."
        raise StepFailed(told, "Look at them with dsacls.") from error
