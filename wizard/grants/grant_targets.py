"""Which containers of a scope get entries, and where what they hand down ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.config.scope_containers import ScopeContainers
from agent.config.settings import Scope
from agent.ldap.connection import Connection
from agent.ldap.dn import is_below, same
from wizard.grants.acl import descriptor_of
from wizard.permissions.inheritance import find_blocked


@dataclass(frozen=True)
class GrantTargets:
    """A scope's containers that get entries, and those whose inheritance is off."""

    containers: tuple[str, ...]
    blocked: tuple[str, ...]
    named: ScopeContainers

    def reaches(self, container: str, name: str) -> bool:
        """Say whether an entry on a container is handed down to an object below it."""
        return _reaches(container, name, self.blocked)

    def is_judged_at(self, container: str, name: str) -> bool:
        """Say whether a name is in the scope, and judged by entries on this container.

        Those of a container further down are judged by the entries there.
        """
        return self.named.include(name) and not any(
            is_below(name, inner)
            for inner in self.containers
            if is_below(inner, container) and not same(inner, container)
        )


def grant_targets(opened: Connection, wanted: Scope) -> GrantTargets:
    """Find where entries are to stand so that they reach the whole scope.

    A container inside another one of the scope gets what stands on that: entries of its
    own would say the same twice. It needs them only where inheritance is off between.
    One that is not there, or is hidden, is `StepFailed` or `DirectoryError`.
    """
    scope = tuple(_each_once(wanted.containers))
    inner = [name for name in scope if any(_outer(name, scope))]
    # one of the scope blocks nothing by itself: an entry may stand on it
    closed = [name for name in inner if descriptor_of(opened, name).protected]
    blocked = (*find_blocked(opened, scope), *closed)
    own = (
        name
        for name in scope
        if not any(_reaches(outer, name, blocked) for outer in _outer(name, scope))
    )
    return GrantTargets(tuple(own), blocked, ScopeContainers.of(wanted))


def _each_once(containers: Sequence[str]) -> Iterator[str]:
    for at, name in enumerate(containers):
        if not any(same(name, earlier) for earlier in containers[:at]):
            yield name


def _outer(name: str, scope: Sequence[str]) -> Iterator[str]:
    return (outer for outer in scope if is_below(name, outer) and not same(name, outer))


def _reaches(container: str, name: str, blocked: Sequence[str]) -> bool:
    between = (
        each for each in blocked if is_below(name, each) and is_below(each, container)
    )
    return all(same(each, container) for each in between)
