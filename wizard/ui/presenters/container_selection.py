"""Which containers are ticked: named ones, of which the innermost decides. No widgets.

A tick is stored as a container of the scope, an empty box below it as an exclusion, so
that what is made later below is in scope, and a click costs as much with five siblings
as with five thousand: it looks at the names above, and at those that are named below.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.ldap.dn import Rdn, parse

State = Literal["checked", "partly", "clear"]
_Parts = tuple[Rdn, ...]


@dataclass(frozen=True, slots=True)
class NamedContainer:
    """A container that is named, and whether what is in it is in the scope."""

    dn: str
    included: bool


class ContainerSelection:
    """What is named, with how much of it lies below each container."""

    def __init__(
        self, containers: Sequence[str] = (), excluded: Sequence[str] = ()
    ) -> None:
        self._named: dict[_Parts, NamedContainer] = {}
        self._below = Counter[_Parts]()  # how many are named below
        self._turns = Counter[_Parts]()  # how many of them differ from what is above
        for dn in containers:
            self._named[parse(dn)] = NamedContainer(dn, included=True)
        for dn in excluded:
            self._named[parse(dn)] = NamedContainer(dn, included=False)
        for parts in self._named:
            self._count(parts, 1)

    @property
    def containers(self) -> tuple[str, ...]:
        """The containers of the scope, in the order in which they were ticked."""
        return tuple(each.dn for each in self.named if each.included)

    @property
    def excluded(self) -> tuple[str, ...]:
        """The containers that are left out, likewise."""
        return tuple(each.dn for each in self.named if not each.included)

    @property
    def named(self) -> tuple[NamedContainer, ...]:
        """All that are named."""
        return tuple(self._named.values())

    def state(self, dn: str) -> State:
        """Say how the check box of a container stands."""
        if self._turns[parse(dn)]:
            return "partly"
        return "checked" if self.includes(dn) else "clear"

    def includes(self, dn: str) -> bool:
        """Say whether what is right in a container is in the scope."""
        found = self.deciding(dn)
        return found is not None and found.included

    def deciding(self, dn: str) -> NamedContainer | None:
        """Give the container that decides over one: itself, or the next above it."""
        return self._deciding(parse(dn))

    def turning(self, dn: str) -> int:
        """Count the containers below one that are named and differ from it."""
        return self._turns[parse(dn)]

    def below(self, dn: str) -> tuple[NamedContainer, ...]:
        """Give what is named below a container."""
        return tuple(self._named[parts] for parts in self._names_below(parse(dn)))

    def check(self, dn: str) -> None:
        """Have a container in the scope, with everything below it."""
        self._name(dn, included=True)

    def clear(self, dn: str) -> None:
        """Leave a container out, with everything below it."""
        self._name(dn, included=False)

    def without(self, dn: str) -> "ContainerSelection":
        """Give what is left where one is named no more, and what hangs on it."""
        gone = parse(dn)
        containers = [each for each in self.containers if parse(each) != gone]
        named = set(map(parse, containers))
        excluded = [
            each
            for each in self.excluded
            if (parts := parse(each)) != gone
            and any(above in named for above in _above(parts))
        ]
        return ContainerSelection(containers, excluded)

    def having(self, dn: str) -> "ContainerSelection":
        """Give what it would be with a container in the scope."""
        other = ContainerSelection(self.containers, self.excluded)
        other.check(dn)
        return other

    def _name(self, dn: str, *, included: bool) -> None:
        parts = parse(dn)
        for each in (*self._names_below(parts), parts):
            self._forget(each)
        above = self._deciding(parts)
        if (above is not None and above.included) != included:
            self._named[parts] = NamedContainer(dn, included)
            self._count(parts, 1)

    def _forget(self, parts: _Parts) -> None:
        if parts in self._named:
            self._count(parts, -1)
            del self._named[parts]

    def _names_below(self, parts: _Parts) -> tuple[_Parts, ...]:
        """Give what is named below, the innermost first."""
        if not self._below[parts]:
            return ()
        depth = len(parts)
        found = (n for n in self._named if len(n) > depth and n[-depth:] == parts)
        return tuple(sorted(found, key=len, reverse=True))

    def _deciding(self, parts: _Parts) -> NamedContainer | None:
        names = (parts, *_above(parts))
        return next((self._named[name] for name in names if name in self._named), None)

    def _count(self, parts: _Parts, by: int) -> None:
        """Count a named container at each one above it."""
        above = next(filter(None, map(self._named.get, _above(parts))), None)
        turns = self._named[parts].included != (above is not None and above.included)
        for name in _above(parts):
            self._below[name] += by
            self._turns[name] += by * turns


def _above(parts: _Parts) -> Iterator[_Parts]:
    return (parts[at:] for at in range(1, len(parts)))
