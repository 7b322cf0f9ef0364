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
from wizard.permissions import held_rights
from wizard.permissions.findings import Finding, Level, NameOf, not_known

RUN_TO_END = "Let it run to its end."


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


Key = tuple[Kind, Right | held_rights.Whole | Gap]
_DEEDS: dict[Right | held_rights.Whole | Gap, str] = {
    held_rights.Whole.FULL_CONTROL: "do everything with",
    Right.WRITE_DACL: "change the permissions of",
    Right.WRITE_OWNER: "take ownership of",
    Right.WRITE_EVERYTHING: "write all properties of",
    Right.RESET_PASSWORD: "reset the passwords of",
    Right.WRITE_LOCKOUT_TIME: "unlock",
    Right.WRITE_PWD_LAST_SET: "require a new password of",
    Right.WRITE_MEMBERS: "choose the members of",
    Right.ADD_SELF: "become a member of",
}
_PERSON = ("person", "people")
_NOUNS = {
    Kind.PEOPLE: _PERSON,
    Kind.OUTSIDE: _PERSON,
    Kind.PROTECTED: _PERSON,
    Kind.CONTAINERS: ("container", "containers"),
    Kind.GROUPS: ("group", "groups"),
    Kind.COMPUTERS: ("computer", "computers"),
}
_WHERE = {Kind.OUTSIDE: " outside the scope", Kind.PROTECTED: " marked protected"}
_REMEDIES = {
    Kind.PEOPLE: held_rights.TAKE_AWAY,
    Kind.OUTSIDE: "Take the entry away and grant the right on the containers of the "
    "scope, or add theirs to the scope.",
    Kind.PROTECTED: "Take the entry away: an administrator's password is not reset by "
    "an agent.",
}
_OF_OBJECTS = "Take the entry away: the agent needs no right over anything but people."


@dataclass(frozen=True, slots=True)
class SecuredObject:
    """An object that a search has found.

    Attributes:
        descriptor: owner, group and DACL as read; None when hidden.
        classes: the GUID of its most specific class.

    """

    dn: str
    descriptor: bytes | None
    classes: frozenset[UUID]


@dataclass(slots=True)
class Count:
    """How many objects there are, with the first of them and what shows it there."""

    example: str
    because: held_rights.Held | None
    objects: int = 0

    def shown_by(self, name_of: NameOf) -> str:
        """Say what shows it, on the example."""
        entry = self.because.shown_by(name_of) if self.because else ""
        return f"{self.example}: {entry}"


@dataclass(slots=True)
class RightsTally:
    """What an account may do to many objects.

    Attributes:
        sids: the account's token.
        stopped: whether not all were looked at.
        counts: by what is counted together, and the right or why it is not known.

    """

    sids: frozenset[Sid]
    stopped: bool = False
    counts: dict[Key, Count] = field(default_factory=dict)
    _decided: Callable[
        [bytes | None, tuple[Right, ...], frozenset[UUID]],
        tuple[held_rights.Held, ...] | Unreadable,
    ] = field(init=False)

    def __post_init__(self) -> None:
        self._decided = decide_once(self._ask)

    def _ask(
        self,
        descriptor: SecurityDescriptor,
        rights: tuple[Right, ...],
        classes: frozenset[UUID],
    ) -> tuple[held_rights.Held, ...]:
        return held_rights.ask(descriptor, self.sids, rights, classes)

    def surely_held(
        self, kind: Kind, secured: SecuredObject, rights: tuple[Right, ...]
    ) -> tuple[held_rights.Held, ...]:
        """Give what is surely held on an object; what is not known is counted."""
        held = self._decided(secured.descriptor, rights, secured.classes)
        if isinstance(held, Unreadable):
            self.count((kind, Gap.HIDDEN), secured)
            return ()
        if unsure := [each for each in held if not each.decision.allowed]:
            self.count((kind, Gap.UNDECIDED), secured, unsure[0])
        return tuple(each for each in held if each.decision.allowed)

    def count(
        self, key: Key, secured: SecuredObject, because: held_rights.Held | None = None
    ) -> None:
        """Count an object."""
        count = self.counts.setdefault(key, Count(secured.dn, because))
        count.objects += 1

    def keys_of(self, kind: Kind) -> list[Key]:
        """Give what was counted of a kind, by the names of the rights."""
        keys = (key for key in self.counts if key[0] is kind)
        return sorted(keys, key=lambda key: held_rights.spelled(key[1]))

    def findings_of(self, kind: Kind, name_of: NameOf) -> Iterator[Finding]:
        """Tell what was counted of a kind."""
        for key in self.keys_of(kind):
            if key[1] is Gap.HIDDEN or key[1] is Gap.UNDECIDED:
                yield self._not_known(key, name_of)
            elif key[1] is not Gap.UNMARKED:
                yield self._excess(key, name_of)

    def _not_known(self, key: Key, name_of: NameOf) -> Finding:
        count, (kind, gap) = self.counts[key], key
        objects, what = (
            number(kind, count.objects),
            f"{kind}/{held_rights.spelled(gap)}",
        )
        if gap is Gap.UNDECIDED:
            shown_by = count.shown_by(name_of)
            return not_known(
                what, f"a right over {objects}", shown_by, held_rights.LOOK
            )
        shown_by = f"nTSecurityDescriptor can't be read, as of {count.example}"
        return not_known(
            what, f"what it may do to {objects}", shown_by, held_rights.LET_READ
        )

    def _excess(self, key: Key, name_of: NameOf) -> Finding:
        count, (kind, right) = self.counts[key], key
        objects = number(kind, count.objects)
        outside = kind in (Kind.OUTSIDE, Kind.PROTECTED)
        name = held_rights.spelled(right)
        return Finding(
            f"{kind}/{name}" if outside else f"excess/{name}/{kind}",
            Level.WARNING if kind is Kind.OUTSIDE else Level.PROBLEM,
            f"It may {_DEEDS[right]} {objects}{_WHERE.get(kind, '')}",
            count.shown_by(name_of),
            _REMEDIES.get(kind, _OF_OBJECTS),
        )


def number(kind: Kind, count: int) -> str:
    """Say how many: 1 person, 2 people."""
    one, many = _NOUNS[kind]
    return f"{count} {one if count == 1 else many}"
