"""A subject is put together once: scope, token, what absent attributes mean."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from agent.acl.sid import Sid
from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.subject_reader import SubjectReader
from agent.active_directory.users import User
from agent.ldap.entry import Entry
from agent.ldap.errors import DirectoryError
from agent.verdict.subject import Subject
from tests.fixtures.sddl_text import DOMAIN, sids
from tests.unit.agent.active_directory.test_domain_cache import (
    ADMINS,
    BASE,
    EVERYTHING,
    PSO,
    Fake,
    group,
    person,
    settings,
)


def subject_of(user: User, fake: Fake | None = None) -> Subject:
    return SubjectReader(DomainCache(settings())).read_in_scope(
        (fake or Fake()).warm, user
    )


def test_without_a_pso_the_policy_is_the_domains() -> None:
    subject = subject_of(person(EVERYTHING))

    assert subject.policy
    assert subject.policy.source == BASE
    assert not subject.unseen


def test_a_pso_that_may_be_hidden_is_not_taken_as_none() -> None:
    subject = subject_of(person(f"(OD;;RP;pso;;AGENT){EVERYTHING}"))

    assert subject.policy is None
    assert subject.unseen == {PSO}
    assert PSO in subject.unreadable


@pytest.mark.parametrize("name", ["memberOf", "accountExpires", "lockoutTime"])
def test_an_absent_attribute_counts_as_hidden_where_reading_is_not_allowed(
    name: str,
) -> None:
    gone: dict[str, Any] = {name: None}

    assert subject_of(person(EVERYTHING, **gone)).unseen == frozenset()
    assert name in subject_of(person("(A;;RC;;;AU)", **gone)).unseen
    assert name not in subject_of(person("(A;;RC;;;AU)")).unseen


def test_everybody_has_a_primary_group() -> None:
    assert subject_of(person(EVERYTHING, primaryGroupID=None)).unseen == {
        "primaryGroupID"
    }


def test_a_primary_group_inside_a_protected_group_protects() -> None:
    fake = Fake(group("Tier 0", f"{DOMAIN}-1234"))
    admin = person(EVERYTHING, primaryGroupID=b"1234")

    assert "1234" in subject_of(admin, fake).protected_group
    assert not subject_of(person(EVERYTHING), fake).protected_group


@pytest.mark.parametrize("left", [ADMINS[:1], ADMINS[1:], ()])
def test_protected_groups_that_are_hidden_protect_all_the_same(
    left: tuple[Entry, ...],
) -> None:
    with pytest.raises(DirectoryError, match="are hidden"):
        subject_of(person(EVERYTHING), Fake(tops=left))


def test_a_hidden_sid_is_not_taken_for_anothers() -> None:
    assert subject_of(person(EVERYTHING, objectSid=None)).unseen == {"objectSid"}


def test_an_account_of_a_service_is_one_unless_the_settings_let_it_in() -> None:
    user = person(EVERYTHING, servicePrincipalName=b"HTTP/app\x1b[2J")
    lenient = SubjectReader(DomainCache(settings(exclude_service_accounts=False)))

    assert subject_of(user).service_account == (
        r"servicePrincipalName is 'HTTP/app\x1b[2J'"
    )
    assert not lenient.read_in_scope(Fake().warm, user).service_account
    assert not subject_of(person(EVERYTHING)).service_account


def test_a_hidden_service_principal_name_may_be_there() -> None:
    user = person("(A;;RC;;;AU)")
    lenient = SubjectReader(DomainCache(settings(exclude_service_accounts=False)))

    assert "servicePrincipalName" in subject_of(user).unseen
    seen = lenient.read_in_scope(Fake().warm, user).unseen
    assert "servicePrincipalName" not in seen


PEOPLE = f"OU=People,{BASE}"


@dataclass(frozen=True)
class Later:
    """An account to be, whose grants are a mark at the end of a descriptor."""

    token: frozenset[Sid] = sids("AU")

    def with_grants(self, raw: bytes, dn: str, classes: frozenset[UUID]) -> bytes:
        assert dn.endswith(PEOPLE)
        assert classes
        return raw + b"+"


def test_an_account_to_be_is_judged_by_its_own_token_and_grants() -> None:
    user = person("(A;;RC;;;AU)", memberOf=None)
    subjects = SubjectReader(DomainCache(settings()), planned=Later())
    subject = subjects.read(Fake().warm, user, detail=True)

    assert subject.agent_sids == sids("AU")
    assert subject.descriptor == (user.entry.raw("nTSecurityDescriptor") or b"") + b"+"
    # what it will be able to read is not known: who looks can't read this
    assert "memberOf" in subject.unseen


def test_where_inheritance_is_off_above_no_grant_arrives() -> None:
    user = person(EVERYTHING)
    inner, outer = (f"OU=Inner,{PEOPLE}", PEOPLE.lower())
    subjects = SubjectReader(DomainCache(settings()), (inner, outer), Later())
    subject = subjects.read_in_scope(Fake().warm, user)

    assert subject.inheritance_off_at == outer
    assert subject.descriptor == user.entry.raw("nTSecurityDescriptor")


def test_who_is_outside_the_scope_is_told_why() -> None:
    found = person(EVERYTHING)
    elsewhere = replace(found, entry=replace(found.entry, dn=f"CN=Ada,OU=X,{BASE}"))
    subjects = SubjectReader(DomainCache(settings()))

    assert subjects.read(Fake().warm, found, detail=False).in_scope
    subject = subjects.read(Fake().warm, elsewhere, detail=False)
    assert not subject.in_scope
    assert subject.why_not_in_scope == "in none of the containers of the scope"
    assert subject.policy is None


BERLIN = f"OU=Berlin,{PEOPLE}"


class Holding(Fake):
    """A directory that holds containers too."""

    def __init__(self, *containers: str) -> None:
        super().__init__()
        self.containers = containers

    def search(
        self, base: str, query: str, *more: Any, **named: Any
    ) -> Iterator[Entry]:
        found = tuple(super().search(base, query, *more, **named))
        there = (Entry(base, {}),) if base in self.containers else ()
        return iter(found or there)


def moved(user: User, dn: str) -> User:
    return replace(user, entry=replace(user.entry, dn=dn))


def test_who_is_in_an_excluded_container_is_told_which() -> None:
    domain = DomainCache(settings(exclude_containers=[BERLIN]))
    subjects, warm = SubjectReader(domain), Holding(BERLIN).warm
    inner = moved(person(EVERYTHING), f"CN=Ada,OU=Mitte,{BERLIN.upper()}")

    subject = subjects.read(warm, inner, detail=False)
    assert not subject.in_scope
    assert subject.why_not_in_scope == f"in {BERLIN}, which the scope excludes"
    assert subjects.read(warm, person(EVERYTHING), detail=False).in_scope


@pytest.mark.parametrize("there", [Holding(), Holding(BERLIN)])
def test_an_excluded_container_that_is_not_found_keeps_everybody_out(
    there: Holding,
) -> None:
    """Who was meant can't be told: it may have another name by now, or be hidden."""
    renamed = f"OU=Gone,{PEOPLE}"
    domain = DomainCache(settings(exclude_containers=[BERLIN, renamed]))
    subjects = SubjectReader(domain)

    for subject in (
        subjects.read(there.warm, person(EVERYTHING), detail=False),
        subjects.read_in_scope(there.warm, person(EVERYTHING)),
    ):
        assert not subject.in_scope
        assert "is not found, so it is not known" in subject.why_not_in_scope


def test_excluded_containers_are_looked_for_once_a_minute() -> None:
    fake, now = Holding(BERLIN), [0.0]
    domain = DomainCache(settings(exclude_containers=[BERLIN]), clock=lambda: now[0])
    for _ in range(9):
        assert not domain.why_nobody(fake.directory)

    assert fake.asked.count(BERLIN) == 1
    now[0], fake.containers = 61.0, ()
    assert domain.why_nobody(fake.directory)
