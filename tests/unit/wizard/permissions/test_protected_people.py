"""Who is protected: by the groups where they are seen, else by the mark."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from agent.active_directory.protected_groups import ProtectedGroups
from agent.ldap.connection import Connection
from agent.ldap.entry import Entry
from agent.ldap.errors import DirectoryError
from tests.fixtures.sddl_text import DOMAIN, sid
from wire.text import Text
from wizard.permissions.protected_people import protected_people

ADMINS, HEAD = "CN=Domain Admins,CN=Users,DC=corp", "DC=corp"
WHERE = "wizard.permissions.protected_people.protected_groups"


class Listing:
    """A controller of a vendor, with one administrator."""

    def __init__(self, vendor: str) -> None:
        self.vendor = vendor
        self.asked: list[str] = []

    def search(self, base: str, query: str, *_: Any, **_how: Any) -> Iterator[Entry]:
        self.asked.append(query)
        if not base:
            yield Entry("", {"vendorName": (self.vendor.encode(),)})
        elif base == HEAD and "memberOf" not in query:
            yield Entry(HEAD, {"objectSid": (sid(DOMAIN).raw,)})
        else:
            yield Entry("CN=Boss,OU=People,DC=corp", {})


def found(
    monkeypatch: pytest.MonkeyPatch, vendor: str = "", *, others: bool = False
) -> Any:
    groups = ProtectedGroups({ADMINS.casefold(): ADMINS}, others=others)
    monkeypatch.setattr(WHERE, lambda *_: groups)
    return protected_people(cast("Connection", Listing(vendor)), HEAD)


def test_members_are_protected_whether_they_are_marked_or_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shield = found(monkeypatch)

    assert shield.holds("cn=boss,ou=people,dc=corp", marked=False)
    assert not shield.holds("CN=Ada,OU=People,DC=corp", marked=True)


def test_administrator_and_krbtgt_are_asked_for_by_their_sids(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listing = Listing("")
    groups = ProtectedGroups({ADMINS.casefold(): ADMINS})
    monkeypatch.setattr(WHERE, lambda *_: groups)

    protected_people(cast("Connection", listing), HEAD)

    asked = listing.asked[-1]
    assert asked.count("(objectSid=") == 2
    assert "(memberOf=" in asked


def test_the_mark_counts_where_the_groups_are_not_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hidden(*_: object) -> None:
        raise DirectoryError("dc1", Text("hidden"), Text("let it be read"))

    forest = found(monkeypatch, others=True)
    monkeypatch.setattr(WHERE, hidden)
    unseen = protected_people(cast("Connection", Listing("")), HEAD)

    for shield in (forest, unseen):
        assert shield.holds("CN=Anybody", marked=True)
        assert not shield.holds("CN=Boss,OU=People,DC=corp", marked=False)


def test_samba_has_no_sdprop(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not found(monkeypatch, "Samba Team (https://www.samba.org)").stamped
    assert found(monkeypatch).stamped
