"""The scope that Express takes: the domain's containers with people in them.

Not the head of the domain: the agent's own account would be in it, and be reached by
its own grants. Its container is left out unless others than it are there.
"""

from collections.abc import Iterator

from agent.config.settings import DirectorySettings
from agent.ldap.connection import Connection
from agent.ldap.dn import same
from agent.ldap.filters import people_filter
from wizard.directory.accounts import find

PEOPLE_CONTAINERS = "input.people_containers"  # the answer that it is found for
_CONTAINERS = (
    "(&(|(objectClass=organizationalUnit)(objectClass=container))"
    "(!(showInAdvancedViewOnly=TRUE)))"
)
# Administrator, Guest and krbtgt are of the domain itself (MS-ADA1 2.346)
_PEOPLE = people_filter("(!(isCriticalSystemObject=TRUE))")


def express_scope(opened: Connection, directory: DirectorySettings) -> tuple[str, ...]:
    """Give the containers below the head that hold people beside the account."""
    entry = find(opened, directory)
    account = entry.dn if entry else ""
    head = directory.base_dn
    below = opened.search(head, _CONTAINERS, (), scope="one")
    return tuple(
        container.dn
        for container in list(below)
        if any(_others(opened, container.dn, account))
    )


def _others(opened: Connection, container: str, account: str) -> Iterator[str]:
    found = opened.search(container, _PEOPLE, (), paged=False, limit=2)
    return (entry.dn for entry in found if not account or not same(entry.dn, account))
