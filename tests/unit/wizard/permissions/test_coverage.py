"""Coverage: who counts, and that reading ends when judging does."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest

from agent.acl import descriptor_reader
from agent.acl.access_check import decide
from agent.acl.descriptor import SecurityDescriptor, parse
from agent.acl.rights import Right
from agent.active_directory.subject_reader import SubjectReader
from agent.active_directory.users import User
from agent.config.settings import Features, Scope
from agent.ldap.entry import Entry
from agent.ldap.errors import Unreachable
from agent.ldap.pool import PooledConnection
from agent.verdict import effective_rights
from agent.verdict.password_policy import PasswordPolicy
from agent.verdict.subject import JUDGED, Subject
from agent.verdict.verdict import State
from tests.fixtures.sddl_text import descriptor, sids
from tests.unit.agent.verdict.test_judge import NOW, RIGHTS, SUBJECT
from wire.text import Text
from wizard.permissions.coverage import Scan, Tally, cover, outermost

PEOPLE = "OU=People,DC=corp,DC=test"
PILOT = "CN=Pilot (1),OU=Groups,DC=corp,DC=test"


class Paged:
    """A directory with so many people in a container; may break on the way."""

    def __init__(self, people: int, breaks_at: int | None = None) -> None:
        self.people, self.breaks_at = people, breaks_at
        self.read = 0
        self.asked: list[tuple[str, str]] = []

    def search(
        self, base: str, query: str, attributes: Sequence[str], **_: Any
    ) -> Iterator[Entry]:
        del attributes
        self.asked.append((base, query))
        for number in range(self.people):
            if number == self.breaks_at:
                raise Unreachable("dc1", Text("no answer"), Text("look"))
            self.read += 1
            yield entry(number, base)


def entry(number: int, base: str) -> Entry:
    guid = {"objectGUID": (UUID(int=number + 1).bytes_le,)}
    return Entry(f"CN=p{number},{base}", {"sAMAccountName": (b"p%d" % number,), **guid})


class Blind:
    """Reads people of whom nothing is shown."""

    def read_in_scope(self, _warm: PooledConnection, user: Any) -> Subject:
        return Subject(
            dn=user.dn,
            guid=user.guid,
            object_sid=None,
            classes=frozenset(),
            descriptor=None,
            account=None,
            policy=cast("PasswordPolicy | None", None),
            agent_sids=frozenset(),
            hints=True,
            read_at=NOW,
            unreadable=Text("pwdLastSet is hidden"),
        )


def scan(directory: Paged, *containers: str, pilot: str | None = None) -> Scan:
    return Scan(
        pages=cast("Any", directory),
        facts=cast("PooledConnection", None),
        subjects=cast("SubjectReader", Blind()),
        scope=Scope(containers=containers or (PEOPLE,), pilot_group=pilot),
        operations=Features().operations,
    )


def test_everybody_is_judged_once_and_counted() -> None:
    tally = Tally()
    for judged in cover(scan(Paged(1234))):
        tally.add(judged.verdict)

    assert tally.people == 1234
    assert tally.states == {State.UNKNOWN: 1234}
    assert {sum(causes.values()) for causes in tally.causes.values()} == {1234}
    assert set(tally.causes) == set(JUDGED)


def test_a_container_inside_another_is_read_once() -> None:
    inner, other = f"OU=Berlin,{PEOPLE}", "OU=Other,DC=corp,DC=test"
    scope = Scope(containers=(inner, PEOPLE.lower(), other))

    assert outermost(scope.containers) == (PEOPLE.lower(), other)
    directory = Paged(3)
    assert len(list(cover(scan(directory, *scope.containers)))) == 6


def test_who_is_in_an_excluded_container_is_not_counted() -> None:
    berlin, bonn = f"OU=Berlin,{PEOPLE}", f"OU=Bonn,OU=Berlin,{PEOPLE}"
    everybody = [entry(at, each) for at, each in enumerate((PEOPLE, berlin, bonn))]

    class Three(Paged):
        def search(self, *_: Any, **__: Any) -> Iterator[Entry]:
            yield from everybody

    def found(*containers: str) -> list[str]:
        scope = Scope(containers=containers, exclude_containers=(berlin.upper(),))
        narrowed = replace(scan(Three(0)), scope=scope)
        return [each.verdict.dn for each in cover(narrowed)]

    assert found(PEOPLE) == [everybody[0].dn]
    assert found(PEOPLE, bonn) == [everybody[0].dn, everybody[2].dn]


def test_one_container_alone_is_looked_in_by_the_rules_of_the_whole_scope() -> None:
    berlin, bonn = f"OU=Berlin,{PEOPLE}", f"OU=Bonn,OU=Berlin,{PEOPLE}"
    searched: list[str] = []

    class Asked(Paged):
        def search(self, base: str, *_: Any, **__: Any) -> Iterator[Entry]:
            searched.append(base)
            yield from (entry(at, each) for at, each in enumerate((berlin, bonn)))

    scope = Scope(containers=(PEOPLE,), exclude_containers=(bonn,))
    narrowed = replace(scan(Asked(0)), scope=scope, within=berlin)
    assert [each.verdict.dn for each in cover(narrowed)] == [entry(0, berlin).dn]
    assert searched[0] == berlin
    assert PEOPLE not in searched


def test_the_directory_looks_for_the_pilot_group_itself() -> None:
    directory = Paged(1)
    list(cover(scan(directory, pilot=PILOT)))

    (_, query), *_ = directory.asked
    assert r"memberOf:1.2.840.113556.1.4.1941:=CN=Pilot\20\281\29,OU=Groups" in query


def test_what_breaks_while_reading_reaches_who_judges() -> None:
    with pytest.raises(Unreachable):
        list(cover(scan(Paged(5000, breaks_at=4000))))


def test_reading_ends_when_judging_does() -> None:
    directory = Paged(100_000)
    judging = cover(scan(directory))
    next(judging)
    judging.close()

    assert directory.read < 10_000
    assert "coverage-pages" not in [each.name for each in threading.enumerate()]


def test_who_can_not_be_named_is_unknown_and_stops_nobody() -> None:
    class Nameless(Paged):
        def search(self, base: str, *_: Any, **__: Any) -> Iterator[Entry]:
            yield Entry(f"CN=hidden,{base}", {})
            yield entry(1, base)

    found = list(cover(scan(Nameless(0))))

    assert [each.verdict.reset.state for each in found] == [State.UNKNOWN] * 2
    assert "objectGUID" in found[0].verdict.reset.shown_by


def test_equal_descriptors_are_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decided: list[tuple[object, ...]] = []
    parsed: list[bytes] = []

    def counted(found: SecurityDescriptor, who: Any, right: Right, **more: Any) -> Any:
        decided.append((found.to_bytes(), who, right))
        return decide(found, who, right, **more)

    def counted_too(data: bytes) -> SecurityDescriptor:
        parsed.append(data)
        return parse(data)

    for kept in (
        descriptor_reader.read,
        cast("Any", effective_rights._decide),
        cast("Any", effective_rights._not_readable),
    ):
        kept.cache_clear()
    monkeypatch.setattr(effective_rights, "decide", counted)
    monkeypatch.setattr(descriptor_reader, "parse", counted_too)
    everybody = replace(scan(Paged(600)), subjects=cast("SubjectReader", Two()))

    states = Counter(each.verdict.reset.state for each in cover(everybody))

    assert states == {State.YES: 300, State.NO: 300}
    assert len(decided) == len(set(decided))
    assert len(set(parsed)) == len(parsed) == 2


READS = "(A;;RP;;;AU)"


class Two:
    """Reads two kinds of people, each as bytes of its own."""

    def read_in_scope(self, _warm: PooledConnection, user: User) -> Subject:
        text = READS + RIGHTS if user.guid.int % 2 else READS
        raw = descriptor(text).to_bytes()
        token = sids("AGENT", "GROUP", "AU")
        unseen = effective_rights.unreadable_attributes(raw, token, SUBJECT.classes)
        subject = replace(SUBJECT, descriptor=raw, agent_sids=token, unseen=unseen)
        return replace(subject, dn=user.dn, guid=user.guid)
