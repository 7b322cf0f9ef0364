"""The deny list: people and groups, by name or SID, through any number of groups."""

from collections.abc import Iterator
from typing import Any

import pytest

from agent.acl.sid import Sid
from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.named_principals import (
    NamedPrincipals,
    read_named_principals,
)
from agent.active_directory.subject_reader import SubjectReader
from agent.config.errors import SettingsError
from agent.ldap.entry import Entry
from agent.ldap.errors import NoSuchObject, Unreachable
from agent.ldap.filters import escape
from agent.ldap.whole_list import whole_list
from tests.fixtures.sddl_text import DOMAIN, sid
from tests.unit.agent.active_directory.test_domain_cache import (
    BASE,
    EVERYTHING,
    Fake,
    person,
    settings,
)
from wire.text import EMPTY, Text

BOARD, INNER = f"CN=Board,OU=Groups,{BASE}", f"CN=Inner,OU=Groups,{BASE}"
ADA = f"CN=Ada,OU=People,{BASE}"
NOBODY: frozenset[Sid] = frozenset()


def group(dn: str, rid: int) -> Entry:
    raw = Sid.of(f"{DOMAIN}-{rid}").raw
    return Entry(dn, {"objectSid": (raw,), "objectClass": (b"top", b"group")})


class Groups(Fake):
    """A directory of a group with another one inside it, and of one person."""

    def search(self, base: str, query: str, *what: Any, **how: Any) -> Iterator[Entry]:
        board, inner = group(BOARD, 1300), group(INNER, 1301)
        ada = Entry(
            ADA, {"objectSid": (sid("USER").raw,), "objectClass": (b"top", b"user")}
        )
        known = {BOARD: board, INNER: inner, ADA: ada}
        if query.startswith("(&(objectClass=group)(memberOf"):
            return iter([inner] if BOARD in query else [])
        for each in known.values():
            if query == f"(objectSid={escape(each.values('objectSid')[0])})":
                return iter([each])
        if query.startswith("(objectSid=") and base == BASE:
            return iter(())
        if how.get("scope") == "base" and base in known:
            return iter([known[base]])
        if base.startswith("CN=Gone"):
            raise NoSuchObject("dc1", Text("there is no such object"), EMPTY)
        return super().search(base, query, *what, **how)


def read(*entries: str) -> NamedPrincipals:
    return read_named_principals(Groups().directory, BASE, entries)


@pytest.mark.parametrize("entry", [BOARD, f"{DOMAIN}-1300"])
@pytest.mark.parametrize(
    "membership",
    [
        {"memberOf": BOARD.encode()},
        {"memberOf": INNER.upper().encode()},
        {"primaryGroupID": b"1300"},
        {"primaryGroupID": b"1301"},
    ],
)
def test_a_group_means_who_is_in_it_however_deep(
    entry: str, membership: dict[str, bytes]
) -> None:
    denied = read(entry)

    assert (
        denied.why_denied(person(EVERYTHING, **membership), NOBODY)
        == f"{entry} is on it"
    )
    assert not denied.why_denied(person(EVERYTHING), NOBODY)


@pytest.mark.parametrize(
    "entry", [ADA, ADA.upper(), f"OU=People,{BASE}", str(sid("USER"))]
)
def test_a_person_is_meant_by_name_and_by_sid(entry: str) -> None:
    denied = NamedPrincipals(names=(entry,)) if "=" in entry else read(entry)

    assert denied.why_denied(person(EVERYTHING), NOBODY)


def test_a_group_of_another_domain_is_seen_in_the_whole_token() -> None:
    other = "S-1-5-21-7-8-9-1111"
    denied = read(other)

    assert denied.why_denied(person(EVERYTHING), frozenset({Sid.of(other)}))
    assert not denied.why_denied(person(EVERYTHING), NOBODY)


def test_an_entry_that_is_not_found_means_everybody() -> None:
    gone = f"CN=Gone,{BASE}"
    denied = read(str(sid("GROUP")), gone).why_denied(person(EVERYTHING), NOBODY)

    assert denied == f"{gone} is not found, so it is not known whom it means"


def test_the_subject_says_what_denies_it() -> None:
    subjects = SubjectReader(DomainCache(settings(deny_list=[BOARD])))
    member = person(EVERYTHING, memberOf=INNER.encode())

    for subject in (
        subjects.read(Groups().warm, member, detail=False),
        subjects.read_in_scope(Groups().warm, member),
    ):
        assert subject.denied_by == f"{BOARD} is on it"


@pytest.mark.parametrize("entry", ["S-1-5-11", "S-1-1-0", "S-1-5-21-x", "board"])
def test_what_would_deny_nobody_is_refused_in_the_settings(entry: str) -> None:
    with pytest.raises(SettingsError, match=r"scope.deny_list\[0\]"):
        settings(deny_list=[entry])


def test_more_groups_than_are_kept_tell_nobody_from_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whole_list, "__defaults__", (0,))
    with pytest.raises(Unreachable, match="more than 0 groups"):
        read(BOARD)
