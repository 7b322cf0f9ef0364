"""People counted by what self-service lets them do: whom it is for, and who can."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from agent.active_directory.subject_reader import SubjectReader
from agent.config.self_service import SelfService
from agent.config.settings import Scope
from agent.ldap.pool import PooledConnection
from agent.self_service.eligibility import WhyNot
from agent.verdict.causes import Cause
from agent.verdict.membership import Membership
from agent.verdict.subject import Subject
from tests.unit.agent.verdict.test_judge import SUBJECT
from tests.unit.wizard.permissions.test_coverage import Paged
from wire.operation import Operation
from wizard.permissions.coverage import Scan
from wizard.permissions.self_service_count import SelfServiceReach, count_self_service

PEOPLE = "OU=People,DC=corp,DC=test"
PILOT = "CN=Pilot,OU=Groups,DC=corp,DC=test"
VIPS = "CN=Board,OU=Groups,DC=corp,DC=test"
GROUPS = SelfService(who="groups", groups=(PILOT,), two_proof_groups=(VIPS,))
MEMBER = Membership(group=PILOT)


class People:
    """Reads one subject after the other."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self._left = iter(subjects)

    def read_in_scope(self, _warm: PooledConnection, _user: Any) -> Subject:
        return next(self._left)


def counted(
    settings: SelfService, *members: Subject, stop_at: int = 0
) -> SelfServiceReach:
    subjects = cast("SubjectReader", People(members))
    scan = Scan(
        cast("Any", Paged(len(members))),
        cast("PooledConnection", None),
        subjects,
        Scope(containers=(PEOPLE,)),
        frozenset(Operation),
    )
    stop = threading.Event()

    def report(people: int, _works: int) -> None:
        if people == stop_at:
            stop.set()

    return count_self_service(scan, settings, report, stop)


def person(membership: Membership, **state: Any) -> Subject:
    return replace(SUBJECT, membership=membership, **state)


def test_who_is_in_none_of_the_groups_is_not_for_it() -> None:
    found = counted(GROUPS, person(MEMBER), person(Membership()))

    assert (found.people, found.eligible, found.would_work) == (2, 1, 1)
    assert found.why_not == {WhyNot.NO_MEMBER: 1}


def test_an_exception_is_counted_as_one() -> None:
    out = person(Membership(group=PILOT, exception=VIPS))
    found = counted(GROUPS, person(MEMBER), out)

    assert (found.eligible, found.why_not) == (1, {WhyNot.EXCEPTION: 1})


def test_a_protected_person_may_and_never_can() -> None:
    admin = person(MEMBER, protected_group="CN=Domain Admins,CN=Users,DC=corp,DC=test")
    found = counted(GROUPS, person(MEMBER), admin)

    assert (found.eligible, found.would_work, found.protected) == (2, 1, 1)
    assert found.causes == {Cause.NONE: 1, Cause.PROTECTED: 1}


def test_those_who_always_need_two_are_counted_where_they_may() -> None:
    two = Membership(group=PILOT, two_proof=VIPS)
    found = counted(GROUPS, person(two), person(Membership(two_proof=VIPS)))

    assert (found.eligible, found.two_proof) == (1, 1)


def test_where_it_is_for_everybody_no_group_counts() -> None:
    found = counted(SelfService(who="all"), person(Membership()), person(MEMBER))

    assert (found.eligible, found.why_not) == (2, {})


def test_where_it_is_off_it_is_for_nobody() -> None:
    found = counted(SelfService(), person(MEMBER))

    assert (found.eligible, found.why_not) == (0, {WhyNot.OFF: 1})


def test_what_was_counted_until_it_was_stopped_is_given() -> None:
    everybody = [person(MEMBER)] * 60
    found = counted(GROUPS, *everybody, stop_at=50)

    assert not found.complete
    assert found.people == found.eligible == 50
