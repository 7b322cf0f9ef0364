"""Express takes the containers that hold people, and not the service account."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from agent.ldap.connection import Connection
from agent.ldap.dn import is_below, parse, same
from agent.ldap.entry import DESCRIPTOR, Entry
from tests.fixtures.sddl_text import descriptor
from tests.unit.wizard.answered import SETTINGS
from wizard.checks.express_scope import ExpressScope, express_scope
from wizard.permissions.protected_people import ProtectedPeople

HEAD = SETTINGS.directory.base_dn
USERS, PEOPLE, EMPTY = (f"{name},{HEAD}" for name in ("CN=Users", "OU=People", "OU=E"))
APART = f"CN=Managed Service Accounts,{HEAD}"
INHERITS = descriptor("(A;ID;RP;;;AU)").to_bytes()
CONTAINERS = (
    *(USERS, PEOPLE, EMPTY),
    *(f"OU={name},{PEOPLE}" for name in ("Berlin", "Paris")),
)


class Fake:
    """A directory of entries by DN: containers, and who is in them."""

    def __init__(
        self,
        *people: str,
        account: str = "",
        protected: tuple[str, ...] = (),
        stamped: bool = True,
    ) -> None:
        self.account = account
        self.people = (*people, account) if account else people
        names = frozenset(map(str.casefold, protected))
        self.shield = ProtectedPeople(names, stamped)

    def search(self, base: str, query: str, *_: Any, **how: Any) -> Iterator[Entry]:
        if "svc-writeback" in query:
            return iter([Entry(self.account, {})] if self.account else [])
        if how.get("scope") == "base":
            return iter([Entry(base, {DESCRIPTOR: (INHERITS,)})])
        one = how.get("scope") == "one"
        names: tuple[str, ...] = CONTAINERS
        if "Managed Service" in query:
            names = (APART,)
        elif "container" not in query:
            assert "(!(isCriticalSystemObject=TRUE))" in query
            names = self.people
        there = (dn for dn in names if is_below(dn, base) and not same(dn, base))
        depth = len(parse(base)) + 1
        return iter(Entry(dn, {}) for dn in there if not one or len(parse(dn)) == depth)

    @property
    def scope(self) -> ExpressScope:
        return express_scope(cast("Connection", self), SETTINGS.directory)


@pytest.fixture(autouse=True)
def _protected(monkeypatch: pytest.MonkeyPatch) -> None:
    where = "wizard.checks.express_scope.protected_people"
    monkeypatch.setattr(where, lambda opened, _head: opened.shield)


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
    assert found == ExpressScope((PEOPLE,), (USERS,), apart=APART)
    (note,) = found.notes
    assert (note.state, USERS in note.detail) == ("warning", True)
    assert APART in note.remedy


def test_an_account_to_be_made_among_people_keeps_them_out_of_the_scope() -> None:
    """Its own grants would reach it there, as those of one that is there."""
    assert SETTINGS.directory.account.container == USERS
    found = Fake(ANNA, BO).scope
    assert found == ExpressScope((PEOPLE,), (USERS,), apart=APART)


ROOT = f"CN=Administrator,{USERS}"


def test_a_container_whose_administrator_nothing_guards_is_not_taken() -> None:
    found = Fake(ANNA, BO, ROOT, protected=(ROOT,), stamped=False).scope
    assert found == ExpressScope((PEOPLE,), unguarded=(USERS,))
    (note,) = found.notes
    assert note.state == "warning"
    assert "no SDProp runs in this domain" in note.detail


def test_where_sdprop_runs_it_is_left_to_that() -> None:
    boss = f"CN=Boss,{PEOPLE}"
    found = Fake(ANNA, boss, protected=(boss,)).scope
    assert found == ExpressScope((PEOPLE,))


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
