"""The containers of a domain as they are looked at: below one, by name, gone, counted.

Each search is bounded, and one search whatever is found: a tree of 50,000 is read as it
is opened. Whether a container has others in it is known once it is opened: asking it of
each would be as many searches.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from agent.config.scope_containers import ScopeContainers
from agent.config.settings import Scope
from agent.ldap.connection import Connection, read_entry
from agent.ldap.dn import BadName, canonical, is_below, parse
from agent.ldap.entry import Entry
from agent.ldap.errors import NoSuchObject
from agent.ldap.filters import escape, people_filter
from wizard.results import Container, ContainerKind, FoundContainers, PeopleBelow

MOST_BELOW = 10_000  # containers right below one
MOST_FOUND = 200  # hits of a search by name
MOST_PEOPLE = 5_000  # counted in one container

_CONTAINERS = (
    "(|(objectClass=organizationalUnit)(objectClass=container))"
    "(!(showInAdvancedViewOnly=TRUE))"
)
_READ = ("name", "objectClass", "isCriticalSystemObject")

Stop = Callable[[], bool]


def below(opened: Connection, parent_dn: str, stop: Stop) -> FoundContainers:
    """Give the containers right below one; the domain's head itself for none."""
    if not parent_dn:
        head = opened.root().naming_context
        return FoundContainers((Container(head, canonical(head), "domain"),))
    entries = opened.search(
        parent_dn, f"(&{_CONTAINERS})", _READ, scope="one", limit=MOST_BELOW + 1
    )
    return _bounded(entries, MOST_BELOW, stop)


def find(opened: Connection, base_dn: str, text: str, stop: Stop) -> FoundContainers:
    """Find containers by a part of their name, anywhere in a domain; or by the DN."""
    wanted = text.strip()
    if not wanted:
        return FoundContainers(())
    if _is_name_in(wanted, base_dn):
        return _at(opened, wanted)
    query = f"(&(name=*{escape(wanted)}*){_CONTAINERS})"
    entries = opened.search(base_dn, query, _READ, limit=MOST_FOUND + 1)
    return _bounded(entries, MOST_FOUND, stop)


def missing(opened: Connection, names: Sequence[str], stop: Stop) -> tuple[str, ...]:
    """Give those that are not there, or hidden; until it is stopped."""
    gone = []
    for name in names:
        if stop():
            break
        if _entry(opened, name) is None:
            gone.append(name)
    return tuple(gone)


def people_below(
    opened: Connection, scope: Scope, container: str, stop: Stop
) -> PeopleBelow:
    """Count who is in the containers of a scope, as far as in this one."""
    named, people = ScopeContainers.of(scope), 0
    entries = opened.search(container, people_filter(), (), limit=MOST_PEOPLE + 1)
    for at, entry in enumerate(entries):
        if at == MOST_PEOPLE or stop():
            return PeopleBelow(people, more=True)
        people += named.include(entry.dn)
    return PeopleBelow(people)


def _bounded(entries: Iterable[Entry], most: int, stop: Stop) -> FoundContainers:
    read = []
    for entry in entries:
        if stop():
            break
        read.append(entry)
    nodes = map(_container, islice(read, most))
    by_name = sorted(nodes, key=lambda node: (node.name.casefold(), node.dn))
    return FoundContainers(tuple(by_name), more=len(read) > most)


def _container(entry: Entry) -> Container:
    name = entry.text("name") or canonical(entry.dn)
    return Container(entry.dn, name, _kind(entry))


def _kind(entry: Entry) -> ContainerKind:
    classes = {each.casefold() for each in entry.texts("objectClass")}
    if "domaindns" in classes:
        return "domain"
    if (entry.text("isCriticalSystemObject") or "").casefold() == "true":
        return "built-in"
    if "organizationalunit" in classes:
        return "organizational unit"
    return "container"


def _is_name_in(text: str, base_dn: str) -> bool:
    try:
        return is_below(text, base_dn) and bool(parse(text))
    except BadName:
        return False


def _at(opened: Connection, name: str) -> FoundContainers:
    entry = _entry(opened, name)
    return FoundContainers((_container(entry),) if entry else ())


def _entry(opened: Connection, name: str) -> Entry | None:
    try:
        return read_entry(opened, name, _READ)
    except NoSuchObject:
        return None
