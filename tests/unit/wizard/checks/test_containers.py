"""Containers are read by one bounded search each, and named by their kind."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from agent.config.settings import Scope
from agent.ldap.connection import Connection
from agent.ldap.dn import is_below
from agent.ldap.entry import Entry
from agent.ldap.errors import NoSuchObject
from wire.text import Text
from wizard.checks import containers
from wizard.checks.containers import MOST_BELOW, MOST_FOUND, MOST_PEOPLE

HEAD = "DC=corp,DC=test"
PEOPLE = f"OU=People,{HEAD}"


def never() -> bool:
    return False


def entry(dn: str, *classes: str, name: str = "", critical: bool = False) -> Entry:
    values = {
        "name": name,
        "isCriticalSystemObject": "TRUE" if critical else "",
    }
    held = {key: (value.encode(),) for key, value in values.items() if value}
    return Entry(dn, {**held, "objectClass": tuple(c.encode() for c in classes)})


class Fake:
    """A directory that gives entries one by one, and counts what was taken."""

    def __init__(self, *entries: Entry, count: int = 0) -> None:
        self.entries, self.count = entries, count
        self.searches: list[tuple[str, str, dict[str, Any]]] = []
        self.taken = 0

    def search(
        self, base: str, query: str, _attributes: Any, **how: Any
    ) -> Iterator[Entry]:
        self.searches.append((base, query, how))
        if how.get("scope") == "base":
            found = [each for each in self.entries if each.dn == base]
            if not found:
                raise NoSuchObject("dc1", Text("no"), Text("look"), 32)
            yield from found
            return
        yield from self.entries
        for at in range(self.count):
            self.taken += 1
            yield entry(f"OU=Site {at:06},{base}", "organizationalUnit")

    @property
    def opened(self) -> Connection:
        return cast("Connection", self)


def test_what_is_below_is_one_search_of_one_level_and_sorted() -> None:
    fake = Fake(
        entry(f"OU=b,{HEAD}", "top", "organizationalUnit", name="b"),
        entry(f"CN=A,{HEAD}", "top", "container", name="A"),
    )
    found = containers.below(fake.opened, HEAD, never)
    assert [each.name for each in found.found] == ["A", "b"]
    ((base, query, how),) = fake.searches
    assert (base, how["scope"]) == (HEAD, "one")
    assert "(!(showInAdvancedViewOnly=TRUE))" in query


@pytest.mark.parametrize(
    ("classes", "critical", "kind"),
    [
        (("top", "domain", "domainDNS"), True, "domain"),
        (("top", "organizationalUnit"), False, "organizational unit"),
        (("top", "organizationalUnit"), True, "built-in"),
        (("top", "container"), False, "container"),
        (("top", "container"), True, "built-in"),
    ],
)
def test_a_container_is_of_its_kind(
    classes: tuple[str, ...], *, critical: bool, kind: str
) -> None:
    fake = Fake(entry(PEOPLE, *classes, critical=critical))
    (found,) = containers.below(fake.opened, HEAD, never).found
    assert (found.kind, found.name) == (kind, "corp.test/People")


def test_no_more_than_the_bound_is_read_and_the_rest_is_said() -> None:
    fake = Fake(count=50_000)
    found = containers.below(fake.opened, HEAD, never)
    assert (len(found.found), found.more) == (MOST_BELOW, True)
    assert fake.searches[0][2]["limit"] == MOST_BELOW + 1
    exact = Fake(count=MOST_BELOW)
    found = containers.below(exact.opened, HEAD, never)
    assert (len(found.found), found.more) == (MOST_BELOW, False)


def test_it_stops_when_asked() -> None:
    fake = Fake(count=50_000)
    containers.below(fake.opened, HEAD, lambda: fake.taken > 100)
    assert fake.taken < 200


def test_a_part_of_a_name_is_found_anywhere_and_escaped() -> None:
    fake = Fake(count=MOST_FOUND + 5)
    found = containers.find(fake.opened, HEAD, " a*(b ", never)
    assert (len(found.found), found.more) == (MOST_FOUND, True)
    ((base, query, how),) = fake.searches
    assert base == HEAD
    assert how["limit"] == MOST_FOUND + 1
    assert query.startswith("(&(name=*a\\2a\\28b*)(|(objectClass=")


def test_nothing_is_asked_for_a_blank() -> None:
    fake = Fake()
    assert not containers.find(fake.opened, HEAD, "  ", never).found
    assert not fake.searches


def test_a_distinguished_name_is_looked_up_itself() -> None:
    fake = Fake(entry(PEOPLE, "organizationalUnit", name="People"))
    (found,) = containers.find(fake.opened, HEAD, PEOPLE, never).found
    assert found.dn == PEOPLE
    assert not containers.find(fake.opened, HEAD, f"OU=No,{PEOPLE}", never).found
    assert {how["scope"] for _, _, how in fake.searches} == {"base"}


def test_those_that_are_gone_are_given() -> None:
    fake = Fake(entry(PEOPLE, "organizationalUnit"))
    gone = f"OU=Gone,{HEAD}"
    assert containers.missing(fake.opened, (PEOPLE, gone), never) == (gone,)
    assert containers.missing(fake.opened, (PEOPLE, gone), lambda: True) == ()


def test_people_are_counted_as_far_as_they_are_in_scope() -> None:
    basel = f"OU=Basel,{PEOPLE}"
    fake = Fake(*(Entry(f"CN={n},{at}", {}) for n in "ab" for at in (PEOPLE, basel)))
    scope = Scope(containers=(PEOPLE,), exclude_containers=(basel,))
    found = containers.people_below(fake.opened, scope, PEOPLE, never)
    assert (found.people, found.more) == (2, False)
    assert all(is_below(base, PEOPLE) for base, *_ in fake.searches)


def test_no_more_people_than_the_bound_are_counted() -> None:
    fake = Fake(count=MOST_PEOPLE * 2)
    scope = Scope(containers=(PEOPLE,))
    found = containers.people_below(fake.opened, scope, PEOPLE, never)
    assert (found.people, found.more) == (MOST_PEOPLE, True)
