"""Objects counted by the rights that an account holds on them, with one example each.

Pure. Memory does not grow with the directory, and equal descriptors are decided once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from uuid import UUID

from agent.acl.descriptor import SecurityDescriptor
from agent.acl.descriptor_reader import Unreadable, decide_once
from agent.acl.rights import Right
from agent.acl.sid import Sid
from wire.text import Text, plural
from wizard.permissions import held_rights
from wizard.permissions.findings import Finding, Level, NameOf, not_known
from wizard.permissions.held_rights import AllRights, HeldRight, ask, spelled

RUN_TO_END = Text("Let it run to its end.")


class Kind(StrEnum):
    """What is counted together; the values are in the ids of findings."""

    PEOPLE = "people"
    OUTSIDE = "outside"
    PROTECTED = "protected"
    CONTAINERS = "containers"
    GROUPS = "groups"
    COMPUTERS = "computers"


class Gap(Enum):
    """What keeps a right from being known."""

    HIDDEN = "its descriptor is hidden or not understood"
    UNDECIDED = "an entry of it can't be evaluated"
    UNMARKED = "its adminCount may be hidden"
    WAITING = "SDProp has not come to it yet"


Key = tuple[Kind, Right | AllRights | Gap]
_REMEDIES = {
    Kind.PEOPLE: held_rights.TAKE_AWAY,
    Kind.OUTSIDE: Text(
        "Take the entry away and grant the right on the containers of the "
        "scope, or add theirs to the scope."
    ),
    Kind.PROTECTED: Text(
        "Take the entry away: an administrator's password is not reset by an agent."
    ),
}
_OF_OBJECTS = Text(
    "Take the entry away: the agent needs no right over anything but people."
)


@dataclass(frozen=True, slots=True)
class SecuredObject:
    """An object that a search has found; descriptor and classes as of a `Place`."""

    dn: str
    descriptor: bytes | None
    classes: frozenset[UUID]


@dataclass(slots=True)
class Count:
    """How many objects there are, with the first of them and what shows it there."""

    example: str
    because: HeldRight | None
    objects: int = 0

    def shown_by(self, name_of: NameOf) -> Text:
        """Say what shows it, on the example."""
        entry = self.because.shown_by(name_of) if self.because else ""
        return Text("{example}: {entry}", example=self.example, entry=entry)


@dataclass(slots=True)
class RightsTally:
    """What an account, by its token, may do to many objects, or some if `stopped`."""

    sids: frozenset[Sid]
    stopped: bool = False
    counts: dict[Key, Count] = field(default_factory=dict)
    _decided: Callable[
        [bytes | None, tuple[Right, ...], frozenset[UUID]],
        tuple[HeldRight, ...] | Unreadable,
    ] = field(init=False)

    def __post_init__(self) -> None:
        self._decided = decide_once(self._ask)

    def _ask(
        self,
        descriptor: SecurityDescriptor,
        rights: tuple[Right, ...],
        classes: frozenset[UUID],
    ) -> tuple[HeldRight, ...]:
        return ask(descriptor, self.sids, rights, classes)

    def surely_held(
        self, kind: Kind, secured: SecuredObject, rights: tuple[Right, ...]
    ) -> tuple[HeldRight, ...]:
        """Give what is surely held on an object; what is not known is counted."""
        held = self._decided(secured.descriptor, rights, secured.classes)
        if isinstance(held, Unreadable):
            self.count((kind, Gap.HIDDEN), secured)
            return ()
        if unsure := [each for each in held if not each.decision.allowed]:
            self.count((kind, Gap.UNDECIDED), secured, unsure[0])
        return tuple(each for each in held if each.decision.allowed)

    def count(
        self, key: Key, secured: SecuredObject, because: HeldRight | None = None
    ) -> None:
        """Count an object."""
        count = self.counts.setdefault(key, Count(secured.dn, because))
        count.objects += 1

    def keys_of(self, kind: Kind) -> list[Key]:
        """Give what was counted of a kind, by the names of the rights."""
        keys = (key for key in self.counts if key[0] is kind)
        return sorted(keys, key=lambda key: spelled(key[1]))

    def findings_of(self, kind: Kind, name_of: NameOf) -> Iterator[Finding]:
        """Tell what was counted of a kind."""
        for key in self.keys_of(kind):
            if key[1] is Gap.HIDDEN or key[1] is Gap.UNDECIDED:
                yield self._not_known(key, name_of)
            elif not isinstance(key[1], Gap):
                yield self._excess(key, name_of)

    def _not_known(self, key: Key, name_of: NameOf) -> Finding:
        count, (kind, gap) = self.counts[key], key
        objects, what = number(kind, count.objects), f"{kind}/{spelled(gap)}"
        if gap is Gap.UNDECIDED:
            about = Text("a right over {objects}", objects=objects)
            return not_known(what, about, count.shown_by(name_of), held_rights.LOOK)
        example = count.example
        shown_by = Text(
            "nTSecurityDescriptor can't be read, as of {example}", example=example
        )
        about = Text("what it may do to {objects}", objects=objects)
        return not_known(what, about, shown_by, held_rights.LET_READ)

    def _excess(self, key: Key, name_of: NameOf) -> Finding:
        count, (kind, right) = self.counts[key], key
        assert not isinstance(right, Gap)
        title = held_rights.may(right, number(kind, count.objects))
        outside = kind in (Kind.OUTSIDE, Kind.PROTECTED)
        name = spelled(right)
        return Finding(
            f"{kind}/{name}" if outside else f"excess/{name}/{kind}",
            Level.WARNING if kind is Kind.OUTSIDE else Level.PROBLEM,
            title,
            count.shown_by(name_of),
            _REMEDIES.get(kind, _OF_OBJECTS),
        )


def number(kind: Kind, count: int) -> Text:
    """Say how many: 1 person, 2 people."""
    return _NUMBERS.get(kind, _people)(count)


def _people(count: int) -> Text:
    return plural("{count} person", "{count} people", count)


_NUMBERS: dict[Kind, Callable[[int], Text]] = {
    Kind.OUTSIDE: lambda count: plural(
        "{count} person outside the scope", "{count} people outside the scope", count
    ),
    Kind.PROTECTED: lambda count: plural(
        "{count} protected person", "{count} protected people", count
    ),
    Kind.CONTAINERS: lambda count: plural(
        "{count} container", "{count} containers", count
    ),
    Kind.GROUPS: lambda count: plural("{count} group", "{count} groups", count),
    Kind.COMPUTERS: lambda count: plural(
        "{count} computer", "{count} computers", count
    ),
}
