"""Which containers of a scope get entries, and where what they hand down ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.ldap.connection import Connection
from agent.ldap.dn import is_below, same
from wizard.grants.acl import descriptor_of
from wizard.permissions.inheritance import find_blocked


@dataclass(frozen=True)
class GrantTargets:
    """Where the entries for a scope stand.

    Attributes:
        containers: those of the scope that no other one of it hands entries down to.
        cuts: containers in the scope whose inheritance is off.

    """

    containers: tuple[str, ...]
    cuts: tuple[str, ...]

    def reaches(self, container: str, name: str) -> bool:
        """Say whether an entry on a container is handed down to an object below it."""
        return _reaches(container, name, self.cuts)

    def is_judged_at(self, container: str, name: str) -> bool:
        """Say whether no container further down has entries of its own for a name."""
        return not any(
            is_below(name, inner)
            for inner in self.containers
            if is_below(inner, container) and not same(inner, container)
        )


def grant_targets(opened: Connection, containers: Sequence[str]) -> GrantTargets:
    """Find where entries are to stand so that they reach the whole scope.

    A container inside another one of the scope gets what stands on that: entries of its
    own would say the same twice. It needs them only where inheritance is off between.

    Raises:
        StepFailed, DirectoryError: a container is not there, or is hidden.

    """
    given = tuple(_each_once(containers))
    inner = [name for name in given if any(_outer(name, given))]
    # one that is given is no cut by itself: an entry may stand on it
    closed = [name for name in inner if descriptor_of(opened, name).protected]
    cuts = (*find_blocked(opened, given), *closed)
    own = (
        name
        for name in given
        if not any(_reaches(outer, name, cuts) for outer in _outer(name, given))
    )
    return GrantTargets(tuple(own), cuts)


def _each_once(containers: Sequence[str]) -> Iterator[str]:
    for at, name in enumerate(containers):
        if not any(same(name, earlier) for earlier in containers[:at]):
            yield name


def _outer(name: str, given: Sequence[str]) -> Iterator[str]:
    return (outer for outer in given if is_below(name, outer) and not same(name, outer))


def _reaches(container: str, name: str, cuts: Sequence[str]) -> bool:
    between = (cut for cut in cuts if is_below(name, cut) and is_below(cut, container))
    return all(same(cut, container) for cut in between)
