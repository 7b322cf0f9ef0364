"""The scope that Express takes: the domain's containers with people in them.

Not the head of the domain: the agent's own account would be in it, and be reached by
its own grants. Nor what holds a protected account that nothing keeps grants from: in
Active Directory SDProp does, Samba has none. Of a container that one of these lies in,
those below that it does not lie in are taken; people right beside it are left out, and
that is said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.acl.descriptor_reader import Unreadable, read
from agent.config.settings import DirectorySettings
from agent.ldap.connection import Connection, Scope, read_entry
from agent.ldap.controls import DACL
from agent.ldap.dn import is_below, rdn, same
from agent.ldap.entry import DESCRIPTOR
from agent.ldap.filters import people_filter
from wire.text import Text, listed
from wizard.directory.accounts import find
from wizard.permissions.protected_people import protected_people
from wizard.results import Check

# the answers that it is found for
PEOPLE_CONTAINERS = "input.people_containers"
LEFT_OUT, UNGUARDED = "input.left_out", "input.unguarded"
_CONTAINERS = (
    "(&(|(objectClass=organizationalUnit)(objectClass=container))"
    "(!(showInAdvancedViewOnly=TRUE)))"
)
# Administrator, Guest and krbtgt are of the domain itself (MS-ADA1 2.346)
_PEOPLE = people_filter("(!(isCriticalSystemObject=TRUE))")
_MARKED = people_filter("(adminCount=1)")
_APART = "CN=Managed Service Accounts"  # of each domain since Windows Server 2008 R2


@dataclass(frozen=True)
class ExpressScope:
    """The containers to take, and those whose people right in them are left out.

    In `left_out` the agent's account lies among them, in `unguarded` a protected
    account. `apart` is a container that the account could lie in instead; or empty.
    """

    containers: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    unguarded: tuple[str, ...] = ()
    apart: str = ""

    @property
    def notes(self) -> tuple[Check, ...]:
        """Say who is left out, and what would have them in."""
        title = Text("Scope of Express")
        notes = []
        if self.left_out:
            detail = listed(map(left_out_text, self.left_out), " ")
            field = "directory.account.container"
            notes.append(
                Check(
                    "express", title, "warning", detail, self._have_them_in, field=field
                )
            )
        if self.unguarded:
            detail = listed(map(unguarded_text, self.unguarded), " ")
            remedy = Text(
                "Move the administrators to a container of their own, or choose "
                "Customize."
            )
            notes.append(Check("express/protected", title, "warning", detail, remedy))
        return tuple(notes)

    @property
    def _have_them_in(self) -> Text:
        if self.apart:
            return Text(
                "Have the account in a container apart from people, such as {apart}, "
                "or choose Customize.",
                apart=self.apart,
            )
        return Text("Take an account that lies apart from people, or choose Customize.")


def left_out_text(container: str) -> Text:
    """Say that people are left out as the account lies among them."""
    return Text(
        "People right in {container} are not in the scope: the service account lies "
        "among them.",
        container=container,
    )


def unguarded_text(container: str) -> Text:
    """Say that people are left out as an administrator would be reached with them."""
    return Text(
        "People right in {container} are not in the scope: administrators lie among "
        "them, whom a permission there would reach, as no SDProp runs in this domain.",
        container=container,
    )


def express_scope(opened: Connection, directory: DirectorySettings) -> ExpressScope:
    """Find the containers below the head that hold people, and nobody to be kept out.

    One that holds both is taken apart, as deep as who is kept out lies.
    """
    own = _account(opened, directory)
    unguarded = tuple(_unguarded(opened, directory.base_dn))
    kept_out = (*own, *unguarded)
    taken, beside_account, beside_protected = list[str](), list[str](), list[str]()
    open_ = _containers(opened, directory.base_dn)
    while open_:
        container = open_.pop(0)
        if not _any_below(kept_out, container):
            taken += [container] if any(_others(opened, container, ())) else []
            continue
        if any(_others(opened, container, kept_out, scope="one")):
            protected = _any_below(unguarded, container)
            (beside_protected if protected else beside_account).append(container)
        open_ = [*_containers(opened, container), *open_]
    apart = _apart(opened, directory.base_dn) if beside_account else ""
    return ExpressScope(
        tuple(taken), tuple(beside_account), tuple(beside_protected), apart
    )


def _account(opened: Connection, directory: DirectorySettings) -> tuple[str, ...]:
    """Give the account's DN: where it lies, or will be made; none is not known."""
    entry, account = find(opened, directory), directory.account
    if entry is not None:
        return (entry.dn,)
    if account.kind == "existing" or not account.container:
        return ()
    return (f"{rdn('CN', account.name)},{account.container}",)


def _unguarded(opened: Connection, head: str) -> Iterator[str]:
    """Find protected people whom an entry on their container would reach for good."""
    shield = protected_people(opened, head)
    if shield.stamped:
        return
    names = shield.names
    if names is None:
        names = frozenset(entry.dn for entry in opened.search(head, _MARKED, ()))
    for name in sorted(names):
        entry = read_entry(opened, name, (DESCRIPTOR,), (DACL,))
        descriptor = read(entry.descriptor if entry else None)
        if isinstance(descriptor, Unreadable) or not descriptor.protected:
            yield name


def _any_below(names: Sequence[str], container: str) -> bool:
    return any(is_below(name, container) for name in names)


def _apart(opened: Connection, head: str) -> str:
    """Name a container for accounts of services that nobody lies in; empty for none."""
    name = f"{_APART},{head}"
    there = opened.search(head, f"({_APART})", (), scope="one")
    here = any(same(entry.dn, name) for entry in there)
    return name if here and not any(_others(opened, name, ())) else ""


def _containers(opened: Connection, head: str) -> list[str]:
    return [entry.dn for entry in opened.search(head, _CONTAINERS, (), scope="one")]


def _others(
    opened: Connection,
    container: str,
    kept_out: Sequence[str],
    scope: Scope = "subtree",
) -> Iterator[str]:
    limit = len(kept_out) + 1
    found = opened.search(container, _PEOPLE, (), scope=scope, paged=False, limit=limit)
    return (entry.dn for entry in found if not _is_one(entry.dn, kept_out))


def _is_one(name: str, names: Sequence[str]) -> bool:
    return any(same(name, each) for each in names)
