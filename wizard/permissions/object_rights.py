"""What the agent's account may do to what is no person: counted, with an example.

Who may change the permissions of a container can give themselves every right below it,
who chooses a group's members has what the group has, and a computer's account is as
good as a person's. Pure. Memory does not grow with the directory, and equal
descriptors are decided once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from agent.acl.rights import Right
from agent.acl.sid import Sid
from wizard.permissions.findings import Finding, Level, NameOf, not_known
from wizard.permissions.held_rights import (
    CONTROL,
    FULL,
    LET_READ,
    LOOK,
    Held,
    ask,
    has_full,
    read,
)

KINDS = ("containers", "groups", "computers")
_MEMBERS = {Right.WRITE_MEMBERS: "write_members", Right.ADD_SELF: "add_self"}
_VERBS = {
    FULL: "do everything with",
    "write_dacl": "change the permissions of",
    "write_owner": "take ownership of",
    "write_everything": "write all properties of",
    "write_members": "choose the members of",
    "add_self": "become a member of",
}
_ONE = {"containers": "container", "groups": "group", "computers": "computer"}
_TAKE_AWAY = "Take the entry away: the agent needs no right over anything but people."
_Answer = tuple[Held, ...] | str


@dataclass(frozen=True, slots=True)
class OwnedObject:
    """A container, a group or a computer that a search has found.

    Attributes:
        kind: one of `KINDS`.
        descriptor: owner, group and DACL as read; None when hidden.
        classes: the GUID of its most specific class.

    """

    dn: str
    kind: str
    descriptor: bytes | None
    classes: frozenset[UUID]


@dataclass(slots=True)
class _Count:
    objects: int = 0
    example: str = ""
    because: Held | None = None


@dataclass(slots=True)
class ObjectRights:
    """What the account may do to containers, groups and computers.

    Attributes:
        sids: the account's token.
        stopped: whether not all were looked at.

    """

    sids: frozenset[Sid]
    stopped: bool = False
    _counts: dict[tuple[str, str], _Count] = field(default_factory=dict)
    _decided: Callable[[bytes, frozenset[UUID], str], _Answer] = field(init=False)

    def __post_init__(self) -> None:
        # most of a kind share one descriptor
        self._decided = lru_cache(maxsize=1024)(self._decide)

    def add(self, one: OwnedObject) -> None:
        """Look at one object."""
        held: _Answer = "hidden"
        if one.descriptor is not None:
            held = self._decided(one.descriptor, one.classes, one.kind)
        if isinstance(held, str):
            self._count("hidden", one)
            return
        if unsure := [each for each in held if not each.decision.allowed]:
            self._count("undecided", one, unsure[0])
        for what, each in _told(tuple(h for h in held if h.decision.allowed)):
            self._count(what, one, each)

    def _decide(self, raw: bytes, classes: frozenset[UUID], kind: str) -> _Answer:
        descriptor = read(raw)
        if isinstance(descriptor, str):
            return descriptor
        rights = (*CONTROL, *_MEMBERS) if kind == "groups" else tuple(CONTROL)
        return ask(descriptor, self.sids, rights, classes)

    def _count(self, what: str, one: OwnedObject, because: Held | None = None) -> None:
        key = one.kind, what
        counted = self._counts.setdefault(key, _Count(0, one.dn, because))
        counted.objects += 1

    def findings(self, name_of: NameOf) -> Iterator[Finding]:
        """Tell what was counted, a kind after the other."""
        if self.stopped:
            about = "what it may do to containers, groups and computers"
            remedy = "Let it run to its end."
            yield not_known("belongings/stopped", about, "stopped", remedy)
        for kind in KINDS:
            counts = {w: count for (k, w), count in self._counts.items() if k == kind}
            for what, counted in sorted(counts.items()):
                yield _finding(kind, what, counted, name_of)
            if not counts and not self.stopped:
                said = f"It has no control over any other {_ONE[kind]}"
                yield Finding(f"excess/{kind}", Level.OK, said)


def _told(held: tuple[Held, ...]) -> Iterator[tuple[str, Held]]:
    """Name what is held; what a wider right brings along is not told again."""
    if whole := has_full(held):
        yield FULL, whole
        return
    rights = {each.right for each in held}
    for each in held:
        if each.right in CONTROL:
            yield CONTROL[each.right], each
        elif Right.WRITE_EVERYTHING not in rights:
            yield _MEMBERS[each.right], each


def _finding(kind: str, what: str, counted: _Count, name_of: NameOf) -> Finding:
    objects = _ONE[kind] if counted.objects == 1 else kind
    these = f"{counted.objects} {objects}"
    entry = counted.because.shown_by(name_of) if counted.because else ""
    shown_by = f"{counted.example}: {entry}"
    if what == "hidden":
        shown_by = f"nTSecurityDescriptor can't be read, as of {counted.example}"
        about = f"what it may do to {these}"
        return not_known(f"{kind}/hidden", about, shown_by, LET_READ)
    if what == "undecided":
        return not_known(f"{kind}/undecided", f"a right over {these}", shown_by, LOOK)
    said = f"It may {_VERBS[what]} {these}"
    return Finding(f"excess/{what}/{kind}", Level.PROBLEM, said, shown_by, _TAKE_AWAY)
