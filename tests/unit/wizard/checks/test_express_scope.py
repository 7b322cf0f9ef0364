"""Express takes the containers that hold people, and not the agent's own account."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from agent.ldap.connection import Connection
from agent.ldap.dn import is_below, parse, same
from agent.ldap.entry import Entry
from tests.unit.wizard.answered import SETTINGS
from wizard.checks.express_scope import ExpressScope, express_scope

HEAD = SETTINGS.directory.base_dn
USERS, PEOPLE, EMPTY = (f"{name},{HEAD}" for name in ("CN=Users", "OU=People", "OU=E"))
CONTAINERS = (
    *(USERS, PEOPLE, EMPTY),
    *(f"OU={name},{PEOPLE}" for name in ("Berlin", "Paris")),
)


class Fake:
    """A directory of entries by DN: containers, and who is in them."""

    def __init__(self, *people: str, account: str = "") -> None:
        self.account = account
        self.people = (*people, account) if account else people

    def search(self, base: str, query: str, *_: Any, **how: Any) -> Iterator[Entry]:
        if "svc-writeback" in query:
            return iter([Entry(self.account, {})] if self.account else [])
        one = how.get("scope") == "one"
        names: tuple[str, ...] = CONTAINERS
        if "container" not in query:
            assert "(!(isCriticalSystemObject=TRUE))" in query
            names = self.people
        there = (dn for dn in names if is_below(dn, base) and not same(dn, base))
        depth = len(parse(base)) + 1
        return iter(Entry(dn, {}) for dn in there if not one or len(parse(dn)) == depth)

    @property
    def scope(self) -> ExpressScope:
        return express_scope(cast("Connection", self), SETTINGS.directory)


ANNA, BO, CY = f"CN=Anna,{PEOPLE}", f"CN=Bo,{USERS}", f"CN=Cy,OU=Paris,{PEOPLE}"


def test_what_holds_nobody_is_left_out() -> None:
    assert Fake(ANNA, CY).scope == ExpressScope((PEOPLE,))
    assert Fake().scope == ExpressScope()


def test_the_container_of_the_account_alone_is_left_out() -> None:
    assert Fake(ANNA, account=f"CN=svc-writeback,{USERS}").scope == ExpressScope(
        (PEOPLE,)
    )


def test_people_beside_the_account_are_left_out_and_that_is_said() -> None:
    found = Fake(ANNA, BO, account=f"CN=svc-writeback,{USERS}").scope
    assert found == ExpressScope((PEOPLE,), (USERS,))
    (note,) = found.notes
    assert (note.state, USERS in note.detail) == ("warning", True)


@pytest.mark.parametrize("account", [PEOPLE, f"OU=Berlin,{PEOPLE}"])
def test_containers_beside_the_account_are_taken_one_by_one(account: str) -> None:
    found = Fake(CY, account=f"CN=svc-writeback,{account}").scope
    assert found == ExpressScope((f"OU=Paris,{PEOPLE}",))
    assert found.notes == ()


def test_the_scope_never_holds_the_account() -> None:
    for place in CONTAINERS:
        account = f"CN=svc-writeback,{place}"
        found = Fake(ANNA, BO, CY, account=account).scope
        assert not any(is_below(account, each) for each in found.containers)
        for person in (ANNA, BO, CY):
            beside = person.partition(",")[2] in found.left_out
            assert beside or any(is_below(person, each) for each in found.containers)
