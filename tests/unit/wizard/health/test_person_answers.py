"""The last answers about one person: found by DN, GUID or name, and nobody else's."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.wizard.health.staged import NOW, answered
from wizard.health.audit_records import Budget
from wizard.health.person_answers import (
    DAYS,
    MOST_ANSWERS,
    PersonAnswers,
    Whom,
    answers_about,
)

DN = "CN=Anna Keller,OU=People,DC=corp,DC=test"
GUID = "9a3c2e4f-0000-0000-0000-000000000001"
ANNA = Whom.of(DN, ("anna.keller@corp.test", "akeller", GUID))
SINCE = NOW - timedelta(days=DAYS)


def named(value: object, dn: str | None = None, **more: Any) -> dict[str, Any]:
    return answered(**more) | {"user": {"by": "mail", "value": value}, "dn": dn}


def about(
    records: Iterable[dict[str, Any]], budget: Budget | None = None
) -> PersonAnswers:
    return answers_about(ANNA, records, SINCE, budget or Budget())


@pytest.mark.parametrize(
    "record",
    [
        named("0042", DN.upper()),
        named("Anna.Keller@CORP.test"),
        named("AKeller", "CN=Anna Keller,OU=Left,DC=corp,DC=test"),
        named(GUID.upper()),
    ],
)
def test_a_person_is_known_by_dn_guid_or_any_name(record: dict[str, Any]) -> None:
    (one,) = about([record]).answers
    assert '"event_name"' in one.record


@pytest.mark.parametrize(
    "record",
    [
        named("beat@corp.test", "CN=Beat,DC=corp,DC=test"),
        named(None),
        named(7),
        {**answered(), "user": "anna.keller@corp.test", "dn": 7},
        named("x", "no name at all"),
        {**named("akeller"), "code": None},
        {**named("akeller"), "at": "yesterday"},
        {**named("akeller"), "at": (SINCE - timedelta(hours=1)).isoformat()},
    ],
)
def test_what_is_about_somebody_else_or_nobody_is_passed_by(
    record: dict[str, Any],
) -> None:
    assert about([record]).answers == ()


def test_they_come_newest_first_and_a_bounded_number() -> None:
    records = [
        named("akeller", at=NOW - timedelta(minutes=number), code="too_short")
        for number in range(MOST_ANSWERS + 5)
    ]
    found = about(records)
    assert len(found.answers) == MOST_ANSWERS
    assert found.more
    assert found.answers[0].at > found.answers[-1].at
    assert found.answers[0].code == "too_short"


def test_it_says_how_far_back_it_has_looked() -> None:
    assert about([named("other")]).since == SINCE
    spent = Budget(records=0)
    last = named("other", at=NOW - timedelta(days=2))
    assert about([last], spent).since == (NOW - timedelta(days=2)).replace(
        microsecond=0
    )
