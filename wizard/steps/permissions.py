"""A container's permission list: read, judged by the people below, and edited."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent import descriptor
from agent.access import Decision, Reason, Right, decide
from agent.ace import Ace, Sid
from agent.descriptor import DescriptorError, SecurityDescriptor
from agent.directory import Directory, Entry, sd_flags
from agent.dn import same
from agent.entries import Modification
from agent.grant import KINDS, Grant
from agent.settings import Features
from wizard.plan import StepFailed

Edit = Callable[[SecurityDescriptor, Ace], SecurityDescriptor]
RIGHTS = (
    Right.RESET_PASSWORD,
    Right.WRITE_LOCKOUT_TIME,
    Right.WRITE_PWD_LAST_SET,
)
_PEOPLE = "(objectCategory=person)(objectClass=user)(!(adminCount=1))"
# inetOrgPerson is a subclass of user
_OF_KIND = {
    "user": f"(&{_PEOPLE}(!(objectClass=inetOrgPerson)))",
    "inetOrgPerson": f"(&{_PEOPLE}(objectClass=inetOrgPerson))",
}
_LACKING = frozenset({Reason.NOT_GRANTED, Reason.EMPTY})
_SAMPLE = 50  # of each kind
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
        missing: what is to be granted on the container.
        people: how many were looked at.
        beyond: those of them whom a grant that stands does not reach.

    """

    missing: tuple[Grant, ...]
    people: int = 0
    beyond: tuple[Beyond, ...] = ()


@dataclass(frozen=True)
class _Person:
    """Somebody there, and what is decided for each right."""

    dn: str
    kind: str
    told: Mapping[Right, Decision]


def rights_of(features: Features) -> tuple[Right, ...]:
    """Give the least rights that what is switched on needs.

    Changing with the old password needs Change Password, which everybody has as users
    are made; it is granted only where that entry was taken away.
    """
    wanted = (True, features.unlock, features.must_change)
    always = tuple(right for right, on in zip(RIGHTS, wanted, strict=True) if on)
    return (*always, Right.CHANGE_PASSWORD) if features.change else always


def judge(
    opened: Directory,
    container: str,
    rights: Sequence[Right],
    token: frozenset[Sid],
    own: Sid | None,
) -> Judged:
    """Judge by the people there, whatever entry gives them the right.

    Those whose inheritance is off do not count: no grant on a container reaches them.

    Args:
        opened: signed in as somebody who may read permission lists.
        container: where a grant would stand.
        rights: what is wanted.
        token: the SIDs of the account.
        own: its own SID; None for an account that is to be made.

    """
    here = read(opened, container)
    people = [
        _Person(
            dn, kind, {right: _decide(found, token, right, kind) for right in rights}
        )
        for kind in KINDS
        for dn, found in _descriptors(opened, container, kind)
        if not found.protected
    ]
    missing = tuple(
        grant
        for grant in _possible(people, rights)
        if not (own and descriptor.has_ace(here, grant.ace(own)))
        and _is_lacked(grant, people)
    )
    beyond = (Beyond(each.dn, _refused(each, missing)) for each in people)
    return Judged(missing, len(people), tuple(each for each in beyond if each.rights))


def _possible(people: Sequence[_Person], rights: Sequence[Right]) -> Iterator[Grant]:
    """Give what could be granted; for another class than users where one is there."""
    there = {"user"} | {each.kind for each in people}
    for kind in KINDS:
        if kind in there:
            yield from (Grant(right, kind) for right in rights)


def _is_lacked(grant: Grant, people: Sequence[_Person]) -> bool:
    told = [each.told[grant.right] for each in people if each.kind == grant.kind]
    if grant.right is Right.CHANGE_PASSWORD:
        # a deny is how "user cannot change password" is set: no grant would end it
        return any(decision.reason in _LACKING for decision in told)
    return not (told and all(decision.allowed for decision in told))


def _refused(person: _Person, missing: Sequence[Grant]) -> tuple[Right, ...]:
    return tuple(
        right
        for right, decision in person.told.items()
        if right is not Right.CHANGE_PASSWORD  # that may be meant for the person
        and Grant(right, person.kind) not in missing
        and not decision.allowed
        and decision.certain
    )


def _descriptors(
    opened: Directory, container: str, kind: str
) -> Iterator[tuple[str, SecurityDescriptor]]:
    controls = (sd_flags(_OWNER_GROUP_DACL),)
    found = opened.search(
        container, _OF_KIND[kind], (_DESCRIPTOR,), controls=controls, limit=_SAMPLE
    )
    for entry in found:
        raw = entry.raw(_DESCRIPTOR)
        if raw is not None:
            yield entry.dn, descriptor.parse(raw)


def _decide(
    found: SecurityDescriptor, token: frozenset[Sid], right: Right, kind: str
) -> Decision:
    classes = frozenset({KINDS[kind]})
    return decide(found, token, right, classes=classes, self_sid=None)


def refuse_protected(opened: Directory, container: str, base_dn: str) -> None:
    """Refuse to grant on a protected account or group, or on their template.

    The directory would take back the first, and would copy an entry on AdminSDHolder
    to every protected account within the hour (MS-ADTS 3.1.1.6.1).

    Raises:
        StepFailed: it is one of them.

    """
    wanted = ("adminCount",)
    found = opened.search(container, "", wanted, scope="base", paged=False)
    marked = any(entry.raw("adminCount") == b"1" for entry in found)
    if marked or same(container, f"CN=AdminSDHolder,CN=System,{base_dn}"):
        raise StepFailed(
            f"{container} is protected by AdminSDHolder; nothing is granted there.",
            "Name the containers of the people who reset their passwords.",
        )


def rewrite(
    opened: Directory, container: str, aces: Sequence[Ace], edit: Edit
) -> tuple[Ace, ...]:
    """Read the container's list, edit it, write it, and read it back.

    Returns:
        the entries of `aces` that were not as wanted before; the others were there, or
        gone, by somebody else's doing.

    Raises:
        StepFailed: it can't be read, or is not as written.
        DirectoryError: it was refused.

    """
    before = read(opened, container)
    after = before
    for ace in aces:
        after = edit(after, ace)
    wanted = [descriptor.has_ace(after, ace) for ace in aces]
    had = [descriptor.has_ace(before, ace) for ace in aces]
    if after == before:
        return ()
    change = Modification("replace", _DESCRIPTOR, (after.to_bytes(),))
    opened.modify(container, (change,), (sd_flags(_DACL),))
    now = read(opened, container)
    if [descriptor.has_ace(now, ace) for ace in aces] != wanted:
        raise StepFailed(
            f"{opened.host} took the permissions of {container} but shows others.",
            "Look whether something else writes them, such as a script.",
        )
    pairs = zip(aces, had, wanted, strict=True)
    return tuple(ace for ace, was, now_is in pairs if was != now_is)


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
