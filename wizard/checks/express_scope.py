"""The scope that Express takes: the domain's containers with people in them.

Not the head of the domain: the agent's own account would be in it, and be reached by
its own grants. Of a container that it lies in, those below that it does not lie in are
taken; people right beside it are left out, and that is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.config.settings import DirectorySettings
from agent.ldap.connection import Connection, Scope
from agent.ldap.dn import is_below, same
from agent.ldap.filters import people_filter
from wire.text import Text, listed
from wizard.directory.accounts import find
from wizard.results import Check

LEFT_OUT = "input.left_out"
PEOPLE_CONTAINERS = "input.people_containers"  # the answer that it is found for
_CONTAINERS = (
    "(&(|(objectClass=organizationalUnit)(objectClass=container))"
    "(!(showInAdvancedViewOnly=TRUE)))"
)
# Administrator, Guest and krbtgt are of the domain itself (MS-ADA1 2.346)
_PEOPLE = people_filter("(!(isCriticalSystemObject=TRUE))")


@dataclass(frozen=True)
class ExpressScope:
    """The containers to take; `left_out` has people beside the account, and is not."""

    containers: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[Check, ...]:
        """Say who is left out, and what would have them in."""
        if not self.left_out:
            return ()
        title = Text("Scope of Express")
        remedy = Text(
            "Take an account that lies apart from people, or choose Customize."
        )
        detail = listed(map(left_out_text, self.left_out), " ")
        return (Check("express", title, "warning", detail, remedy),)


def left_out_text(container: str) -> Text:
    """Say that people are left out, and why."""
    return Text(
        "People right in {container} are not in the scope: the agent's account lies "
        "among them.",
        container=container,
    )


def express_scope(opened: Connection, directory: DirectorySettings) -> ExpressScope:
    """Find the containers below the head that hold people, and not the account.

    One that holds both is taken apart, as deep as the account lies.
    """
    entry = find(opened, directory)
    account = entry.dn if entry else ""
    taken, left_out = list[str](), list[str]()
    open_ = _containers(opened, directory.base_dn)
    while open_:
        container = open_.pop(0)
        if not (account and is_below(account, container)):
            taken += [container] if any(_others(opened, container, "")) else []
            continue
        if any(_others(opened, container, account, scope="one")):
            left_out.append(container)
        open_ = [*_containers(opened, container), *open_]
    return ExpressScope(tuple(taken), tuple(left_out))


def _containers(opened: Connection, head: str) -> list[str]:
    return [entry.dn for entry in opened.search(head, _CONTAINERS, (), scope="one")]


def _others(
    opened: Connection, container: str, account: str, scope: Scope = "subtree"
) -> Iterator[str]:
    found = opened.search(container, _PEOPLE, (), scope=scope, paged=False, limit=2)
    return (entry.dn for entry in found if not account or not same(entry.dn, account))
