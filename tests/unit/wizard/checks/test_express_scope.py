"""Express takes the containers that hold people, and not the agent's own account."""

from collections.abc import Iterator
from typing import Any, cast

from agent.ldap.connection import Connection
from agent.ldap.entry import Entry
from tests.unit.wizard.answered import SETTINGS
from wizard.checks.express_scope import express_scope

HEAD = SETTINGS.directory.base_dn
USERS, PEOPLE, EMPTY = (f"{name},{HEAD}" for name in ("CN=Users", "OU=People", "OU=E"))
ACCOUNT = f"CN=svc-writeback,{USERS}"


class Fake:
    """A directory of containers with people in them; the account may be there."""

    def __init__(self, *account: str, **people: tuple[str, ...]) -> None:
        self.account, self.people = account, people

    def search(self, base: str, query: str, *_: Any, **how: Any) -> Iterator[Entry]:
        if "svc-writeback" in query:
            return iter([Entry(dn, {}) for dn in self.account])
        if how.get("scope") == "one":
            assert base == HEAD
            return iter([Entry(dn, {}) for dn in (USERS, PEOPLE, EMPTY)])
        assert "(!(isCriticalSystemObject=TRUE))" in query
        key = base.partition(",")[0].partition("=")[2].lower()
        return iter([Entry(dn, {}) for dn in self.people.get(key, ())])

    @property
    def opened(self) -> Connection:
        return cast("Connection", self)


ANNA = f"CN=Anna,{PEOPLE}"


def test_what_holds_nobody_is_left_out() -> None:
    directory = SETTINGS.directory

    assert express_scope(Fake(people=(ANNA,)).opened, directory) == (PEOPLE,)
    assert express_scope(Fake().opened, directory) == ()


def test_the_container_of_the_account_alone_is_left_out() -> None:
    alone = Fake(ACCOUNT, people=(ANNA,), users=(ACCOUNT.upper(),))
    among = Fake(ACCOUNT, people=(ANNA,), users=(ACCOUNT, f"CN=Bo,{USERS}"))

    assert express_scope(alone.opened, SETTINGS.directory) == (PEOPLE,)
    assert express_scope(among.opened, SETTINGS.directory) == (USERS, PEOPLE)
