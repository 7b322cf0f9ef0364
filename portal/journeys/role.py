"""What somebody may see and do at the portal, as the agents say by the directory. Pure.

The names are those of docs/wire.md; one of a later version gives nothing here.
"""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """One role; the values are those on the wire."""

    HELP_DESK = "help_desk"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


EVERY_ROLE = frozenset(Role)


def roles_of(names: Iterable[str]) -> frozenset[Role]:
    """Read what an agent says; what is not known here is left out."""
    said = set(names)
    return frozenset(role for role in Role if str(role) in said)
