"""The containers of the scope: of those that are named, the innermost one decides.

A container is in with everything below it, also what is made there later; one that is
excluded is out in the same way. A container inside an excluded one may be in again.
Where one is named both ways, it is out. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.config.settings import Scope
from agent.ldap import dn


@dataclass(frozen=True, slots=True)
class Deciding:
    """The container that decides over a name, and whether what is in it is in scope."""

    container: str
    included: bool


class ScopeContainers:
    """Decides over names by their parents; the work grows with the depth alone."""

    def __init__(self, containers: Sequence[str], excluded: Sequence[str] = ()) -> None:
        self._by_name = {dn.parse(each): Deciding(each, True) for each in containers}
        self._by_name |= {dn.parse(each): Deciding(each, False) for each in excluded}

    @classmethod
    def of(cls, scope: Scope) -> "ScopeContainers":
        """Take those of the settings."""
        return cls(scope.containers, scope.exclude_containers)

    def deciding(self, name: str) -> Deciding | None:
        """Give what decides over an object; None where nothing above it is named."""
        parts = dn.parse(name)
        above = (self._by_name.get(parts[at:]) for at in range(len(parts)))
        return next(filter(None, above), None)

    def include(self, name: str) -> bool:
        """Say whether an object is in the scope, as far as containers decide."""
        found = self.deciding(name)
        return found is not None and found.included
