"""An account to be: granted where the grant reaches, and only there."""

from dataclasses import replace
from uuid import UUID

import pytest

from agent.acl.rights import INET_ORG_PERSON, Right
from agent.acl.sid import Sid
from agent.verdict.causes import Cause
from agent.verdict.judge import judge
from agent.verdict.subject import Subject
from agent.verdict.verdict import Verdict
from tests.unit.agent.verdict.test_judge import SUBJECT, raw
from wizard.permissions.planned_account import planned_account

PEOPLE = "OU=People,DC=corp,DC=test"
ANNA = replace(
    SUBJECT, dn=f"CN=Anna,OU=Berlin,{PEOPLE}", descriptor=raw("(A;;RC;;;AU)")
)
GROUP = UUID("bf967a9c-0de6-11d0-a285-00aa003049e2")
RIGHTS = (
    Right.RESET_PASSWORD,
    Right.CHANGE_PASSWORD,
    Right.WRITE_LOCKOUT_TIME,
    Right.WRITE_PWD_LAST_SET,
)


def planned(subject: Subject, *rights: Right) -> Verdict:
    """Judge somebody as `SubjectReader` reads them for an account to be."""
    domain = Sid.of("S-1-5-21-1-2-3")
    account = planned_account(domain, rights or RIGHTS, (PEOPLE,))
    raw = subject.descriptor
    if raw is not None and not subject.inheritance_off_at:
        raw = account.with_grants(raw, subject.dn, subject.classes)
    return judge(replace(subject, agent_sids=account.token, descriptor=raw))


def test_a_grant_that_reaches_makes_it_work() -> None:
    assert judge(ANNA).reset.cause == Cause.NOT_GRANTED
    assert planned(ANNA).reset.cause == Cause.NONE
    assert planned(ANNA).must_change.cause == Cause.NONE


def test_only_what_is_granted_will_work() -> None:
    only = planned(ANNA, Right.RESET_PASSWORD)

    assert only.reset.cause == Cause.NONE
    assert only.unlock.cause == Cause.NOT_GRANTED


@pytest.mark.parametrize(
    ("subject", "cause"),
    [
        (
            replace(ANNA, descriptor=raw("(A;;RC;;;AU)", protected=True)),
            Cause.INHERITANCE_OFF,
        ),
        (
            replace(ANNA, inheritance_off_at=f"OU=Berlin,{PEOPLE}"),
            Cause.INHERITANCE_OFF,
        ),
        (replace(ANNA, dn="CN=Otto,OU=Other,DC=corp,DC=test"), Cause.NOT_GRANTED),
        (replace(ANNA, descriptor=raw("(D;;CR;;;AU)")), Cause.DENIED),
        (replace(ANNA, descriptor=raw("(D;ID;CR;;;WD)")), Cause.DENIED),
        (replace(ANNA, descriptor=None), Cause.HIDDEN),
        (replace(ANNA, descriptor=b"\1"), Cause.UNDECIDED),
    ],
)
def test_a_grant_does_not_reach_everybody(subject: Subject, cause: Cause) -> None:
    assert planned(subject).reset.cause == cause


def test_each_class_of_people_is_granted_its_own_entry() -> None:
    other = replace(ANNA, classes=frozenset({INET_ORG_PERSON}))
    group = replace(ANNA, classes=frozenset({GROUP}))

    assert planned(other).reset.cause == Cause.NONE
    assert planned(group).reset.cause == Cause.NOT_GRANTED


def test_what_the_one_who_looks_may_do_plays_no_part() -> None:
    mighty = replace(ANNA, descriptor=raw("(A;;CR;;;AGENT)"))

    assert judge(mighty).reset.cause == Cause.NONE
    assert planned(mighty, Right.WRITE_LOCKOUT_TIME).reset.cause == Cause.NOT_GRANTED
