"""Who is protected where a forest has several domains: what memberOf leaves out."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from agent.acl.sid import Sid
from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.subject_reader import SubjectReader
from agent.active_directory.users import User
from agent.ldap.entry import Entry
from agent.ldap.errors import DirectoryError, NoSuchObject
from agent.verdict import judge
from agent.verdict import verdict as verdict_of_verdict
from agent.verdict.causes import Cause
from agent.verdict.subject import Subject
from agent.verdict.verdict import State
from tests.fixtures.sddl_text import DOMAIN
from tests.unit.agent.active_directory.test_domain_cache import (
    BASE,
    EVERYTHING,
    Fake,
    entry,
    person,
    settings,
)
from wire.text import EMPTY, Text

ROOT = "S-1-5-21-7-8-9"
USERS = f"{DOMAIN}-513"
GRANTED = f"{EVERYTHING}(OA;;CR;reset;;AU)"
OWN = entry("CN=CHILD", nCName=BASE.encode())
PARENT = entry("CN=CORP", nCName=b"DC=test")
NO_CATALOG = DirectoryError(
    "dc1", Text("no global catalog answers"), Text("start one"), 52
)


class Forest(Fake):
    """A directory of a domain that has others beside it, and of its users' groups."""

    def __init__(
        self,
        *groups: str,
        domains: Sequence[Entry] = (PARENT, OWN),
        fails: DirectoryError | None = None,
    ) -> None:
        super().__init__()
        self.groups, self.domains, self.fails = groups, domains, fails

    def search(self, base: str, query: str, *what: Any, **how: Any) -> Iterator[Entry]:
        if base.startswith("CN=Partitions,"):
            assert how["scope"] == "one"
            assert base == f"CN=Partitions,CN=Configuration,{BASE}"
            return iter(self.domains)
        if base.startswith("CN=Ada,"):
            self.asked.append(base)
            assert what == (("tokenGroups",),)
            assert how["scope"] == "base"  # constructed for no other search
            if self.fails:
                raise self.fails
            raw = tuple(Sid.of(group).raw for group in self.groups)
            return iter([Entry(base, {"tokenGroups": raw} if raw else {})])
        return super().search(base, query, *what, **how)


def judged(forest: Forest, user: User | None = None) -> Subject:
    asked = user or person(GRANTED)
    return SubjectReader(DomainCache(settings())).read(forest.warm, asked, detail=True)


def reset(subject: Subject) -> verdict_of_verdict.OperationVerdict:
    return judge.judge(subject).reset


@pytest.mark.parametrize(
    ("group", "name"),
    [
        (f"{ROOT}-519", "Enterprise Admins"),
        (f"{ROOT}-518", "Schema Admins"),
        (f"{ROOT}-527", "Enterprise Key Admins"),
        (f"{DOMAIN}-512", "Domain Admins"),
        ("S-1-5-32-544", "Administrators"),
    ],
)
def test_an_administrator_of_the_forest_is_known_in_a_child_domain(
    group: str, name: str
) -> None:
    found = judged(Forest(USERS, group))

    assert found.protected_group == f"{name} ({group})"
    assert (reset(found).state, reset(found).cause) == (State.NO, Cause.PROTECTED)


def test_other_groups_of_the_forest_protect_nobody() -> None:
    found = judged(Forest(USERS, f"{ROOT}-1234", "S-1-5-32-545"))

    assert found.protected_group == ""
    assert reset(found).state is State.YES


def test_groups_that_are_not_told_may_be_protected_ones() -> None:
    found = judged(Forest())

    assert found.unseen == {"tokenGroups"}
    assert (reset(found).state, reset(found).cause) == (State.UNKNOWN, Cause.HIDDEN)
    assert "tokenGroups" in judge.unseen(found)
    assert "other domains" in judge.unseen(found)


def test_a_controller_that_can_not_tell_is_not_asked_for_more() -> None:
    """Another one may reach a global catalog."""
    with pytest.raises(DirectoryError, match="no global catalog"):
        judged(Forest(fails=NO_CATALOG))


@pytest.mark.parametrize(
    "error", [NO_CATALOG, NoSuchObject("dc1", Text("gone"), EMPTY)]
)
def test_one_person_who_can_not_be_told_does_not_end_a_coverage(
    error: DirectoryError,
) -> None:
    forest, subjects = Forest(fails=error), SubjectReader(DomainCache(settings()))
    found = subjects.read_in_scope(forest.warm, person(GRANTED))

    assert reset(found).state is State.UNKNOWN


def test_a_connection_that_breaks_ends_a_coverage() -> None:
    forest = Forest(fails=DirectoryError("dc1", Text("no answer"), Text("look")))
    with pytest.raises(DirectoryError, match="no answer"):
        SubjectReader(DomainCache(settings())).read_in_scope(
            forest.warm, person(GRANTED)
        )


def test_who_is_seen_to_be_protected_costs_no_other_search() -> None:
    forest = Forest(USERS)
    admin = person(GRANTED, memberOf=f"CN=Domain Admins,CN=Users,{BASE}".encode())

    assert "Domain Admins" in judged(forest, admin).protected_group
    assert admin.dn not in forest.asked


def test_the_only_domain_of_a_forest_asks_nothing_more() -> None:
    forest = Forest(
        fails=DirectoryError("dc1", Text("asked"), Text("do not")), domains=(OWN,)
    )

    assert reset(judged(forest)).state is State.YES


@pytest.mark.parametrize(
    "domains", [(), (PARENT,), (OWN, entry("CN=X")), (entry("CN=X"),)]
)
def test_a_forest_that_can_not_be_seen_may_have_other_domains(
    domains: tuple[Entry, ...],
) -> None:
    assert judged(Forest(f"{ROOT}-519", domains=domains)).protected_group


def test_partitions_that_are_hidden_may_have_other_domains() -> None:
    class Hidden(Forest):
        def search(self, base: str, *what: Any, **how: Any) -> Iterator[Entry]:
            if base.startswith("CN=Partitions,"):
                raise NoSuchObject(self.host, Text("hidden"), Text("look"), 32)
            return super().search(base, *what, **how)

    assert judged(Hidden(f"{ROOT}-519")).protected_group
