"""What an account may do in a container, judged by everybody below it.

People are read page by page and counted by what is decided for them: memory stays
flat, and equal descriptors are decided once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from agent.acl.access_check import Decision, Reason, decide
from agent.acl.ace import DENYING, UnknownAce
from agent.acl.descriptor import SecurityDescriptor, add_ace, has_ace, with_dacl
from agent.acl.descriptor_reader import Unreadable, decide_once
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.ldap.connection import Connection
from agent.ldap.controls import OWNER_GROUP_DACL
from agent.ldap.entry import DESCRIPTOR
from agent.ldap.filters import people_filter
from wizard.grants.acl import descriptor_of
from wizard.grants.grant_targets import GrantTargets
from wizard.permissions.grant import KINDS, Grant

_NOT_MARKED = "(!(adminCount=1))"
# inetOrgPerson is a subclass of user
_OF_KIND = {
    "user": people_filter(_NOT_MARKED, "(!(objectClass=inetOrgPerson))"),
    "inetOrgPerson": people_filter(_NOT_MARKED, "(objectClass=inetOrgPerson)"),
}
_LACKING = frozenset({Reason.NOT_GRANTED, Reason.EMPTY})
# nobody, for whom no entry stands: tries what a grant would do (MS-DTYP 2.4.2.4)
_NOBODY = Sid.of("S-1-0-0")


class Standing(Enum):
    """How somebody stands to one right."""

    HAS = "the account has it"
    LACKS = "a grant would give it"
    STOPPED = "an entry allows it, and another one comes first"
    BARRED = "no entry allows it, and one would come before a grant"


@dataclass(frozen=True)
class Unreached:
    """People whom rights do not reach (one by DN): a deny, or inheritance off."""

    dn: str
    rights: tuple[Right, ...]
    people: int = 1


@dataclass(frozen=True)
class ContainerRights:
    """What an account may do in a container, and what is to be granted there.

    Of the `people` who could be judged, a grant that stands does not reach those of
    `unreached`; `unknown` have a list that is hidden or not understood, such as
    `example`. What the account's own entries on the container grant already is
    `standing`.
    """

    missing: tuple[Grant, ...]
    people: int = 0
    unreached: tuple[Unreached, ...] = ()
    unknown: int = 0
    example: str = ""
    standing: tuple[Grant, ...] = ()


@dataclass(frozen=True)
class _Decided:
    """What is decided about one right: how somebody stands, refused for certain."""

    standing: Standing
    lacking: bool
    refused: bool


@dataclass(frozen=True)
class _Group:
    """People of a class for whom the same is decided, right by right.

    They are `reached` where an entry on the container is handed down to them.
    """

    kind: str
    reached: bool
    decided: tuple[_Decided, ...]


@dataclass
class _Count:
    people: int = 0
    example: str = ""

    def add(self, dn: str) -> None:
        self.people += 1
        self.example = self.example or dn


@dataclass
class _People:
    """Everybody in a container, counted."""

    groups: dict[_Group, _Count] = field(default_factory=dict)
    unknown: _Count = field(default_factory=_Count)


def judge(
    opened: Connection,
    container: str,
    rights: Sequence[Right],
    where: GrantTargets,
    *,
    token: frozenset[Sid],
    own: Sid | None,
) -> ContainerRights:
    """Judge by the people there, whatever entry gives them the right.

    Those whose inheritance is off do not count: no grant on a container reaches them.
    Signed in is somebody who may read permission lists; `own`, the SID of the account,
    is None where it is to be made.
    """
    here = descriptor_of(opened, container)
    people = _people_of(opened, container, rights, token, where)
    possible = tuple(_possible(people.groups, rights))
    standing = tuple(g for g in possible if own and has_ace(here, g.ace(own)))
    missing = tuple(
        grant
        for grant in possible
        if grant not in standing
        and _is_lacked(grant, rights.index(grant.right), people.groups)
    )
    return ContainerRights(
        missing,
        sum(count.people for count in people.groups.values()),
        tuple(_unreached(people.groups, rights, missing)),
        people.unknown.people,
        people.unknown.example,
        standing,
    )


def _people_of(
    opened: Connection,
    container: str,
    rights: Sequence[Right],
    token: frozenset[Sid],
    where: GrantTargets,
) -> _People:
    @decide_once
    def decided(descriptor: SecurityDescriptor, kind: str) -> tuple[_Decided, ...]:
        if descriptor.protected:
            return ()
        return tuple(_decide(descriptor, token, Grant(each, kind)) for each in rights)

    people = _People()
    for kind in KINDS:
        for dn, raw in descriptors(opened, container, kind):
            if not where.is_judged_at(container, dn):
                continue
            each = decided(raw, kind)
            if isinstance(each, Unreadable):
                people.unknown.add(dn)
            elif each:
                group = _Group(kind, where.reaches(container, dn), each)
                people.groups.setdefault(group, _Count()).add(dn)
    return people


def _decide(
    descriptor: SecurityDescriptor, token: frozenset[Sid], grant: Grant
) -> _Decided:
    decision = decided_for(descriptor, token, grant)
    lacking = decision.reason in _LACKING
    refused = not decision.allowed and decision.certain
    return _Decided(_standing(descriptor, token, grant, decision), lacking, refused)


def _standing(
    descriptor: SecurityDescriptor, token: frozenset[Sid], grant: Grant, now: Decision
) -> Standing:
    """Say how somebody stands, by trying the grant.

    Of what can't be decided, a condition on an entry that allows leaves the right open
    and a grant settles it; a condition on a deny, or an entry of an unknown kind, comes
    first whatever is granted.
    """
    if now.allowed:
        return Standing.HAS
    granted = add_ace(descriptor, grant.inherited_ace(_NOBODY))
    if decided_for(granted, token | {_NOBODY}, grant).allowed:
        return Standing.LACKS
    assert descriptor.dacl  # without a list everybody has every right
    known = (ace for ace in descriptor.dacl.aces if not isinstance(ace, UnknownAce))
    freed = with_dacl(descriptor, tuple(a for a in known if a.type not in DENYING))
    allowed = decided_for(freed, token, grant).allowed
    return Standing.STOPPED if allowed else Standing.BARRED


def decided_for(
    descriptor: SecurityDescriptor, token: frozenset[Sid], grant: Grant
) -> Decision:
    """Decide the right of a grant for somebody of its class."""
    classes = frozenset({KINDS[grant.kind]})
    return decide(descriptor, token, grant.right, classes=classes)


def _possible(
    groups: Mapping[_Group, _Count], rights: Sequence[Right]
) -> Iterator[Grant]:
    """Give what could be granted; for another class than users where one is there."""
    there = {"user"} | {each.kind for each in groups}
    for kind in KINDS:
        if kind in there:
            yield from (Grant(right, kind) for right in rights)


def _is_lacked(grant: Grant, at: int, groups: Mapping[_Group, _Count]) -> bool:
    """Say whether a grant would give somebody what they lack, or nobody is there.

    One who is denied lacks nothing that a grant gives. Where all are, and no entry
    allows it to any of them, it is what remains to be granted once the deny is gone.
    """
    decided = [
        each.decided[at] for each in groups if each.kind == grant.kind and each.reached
    ]
    if grant.right is Right.CHANGE_PASSWORD:
        # a deny is how "user cannot change password" is set: no grant would end it
        return any(each.lacking for each in decided)
    return any(each.standing is Standing.LACKS for each in decided) or all(
        each.standing is Standing.BARRED for each in decided
    )


def _unreached(
    groups: Mapping[_Group, _Count], rights: Sequence[Right], missing: Sequence[Grant]
) -> Iterator[Unreached]:
    for group, count in groups.items():
        refused = tuple(
            right
            for right, decided in zip(rights, group.decided, strict=True)
            if right is not Right.CHANGE_PASSWORD  # that may be meant for the person
            and Grant(right, group.kind) not in missing
            and decided.refused
        )
        if refused:
            yield Unreached(count.example, refused, count.people)


def descriptors(
    opened: Connection, container: str, kind: str
) -> Iterator[tuple[str, bytes | None]]:
    """Read everybody's list of one class; None where it is hidden.

    Those that AdminSDHolder protects are left out: no grant is for them.
    """
    wanted, controls = (DESCRIPTOR,), (OWNER_GROUP_DACL,)
    for entry in opened.search(container, _OF_KIND[kind], wanted, controls=controls):
        yield entry.dn, entry.descriptor
