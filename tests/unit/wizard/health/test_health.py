"""What an administrator is told first, and the way out of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fixtures.certificate_chain import issued
from tests.unit.wizard.health.staged import (
    BAD_NIGHT,
    CERTIFICATES,
    GOOD,
    KEYS,
    NOW,
    PEOPLE,
    answered,
    certificate,
    reading,
    week,
)
from tests.unit.wizard.ui.copied import COPY
from tests.unit.wizard.ui.fake import INSTALLED
from wire.text import EMPTY, Text, verbatim
from wizard.health.health import Health, age_words, health_of
from wizard.health.reading import ControllerCertificate, PeopleCount
from wizard.results import Installed, KeyAge

UP = replace(INSTALLED, status=replace(INSTALLED.status, controller="dc1.corp.test"))


def health(
    installed: Installed = UP,
    records: Any = GOOD,
    people: PeopleCount | None = PEOPLE,
    certificates: tuple[ControllerCertificate, ...] = CERTIFICATES,
) -> Health:
    return health_of(reading(installed, records), people, certificates)


def having(**status: Any) -> Installed:
    return replace(UP, status=replace(UP.status, **status))


def test_all_is_well_in_one_line_with_the_number_who_can_be_reset() -> None:
    found = health()
    assert found.headline == "Password writeback is on. 1204 of 1250 people can reset."
    assert (found.state, found.concerns) == ("ok", ())


def test_before_people_are_counted_the_line_has_no_number() -> None:
    line = "Password writeback is on: the relay link is up and dc1.corp.test answers."
    assert health(people=None).headline == line
    failed = replace(PEOPLE, trouble=Text("No controller answers."))
    assert health(people=failed).headline == line


def test_the_parts_say_what_a_request_passes_in_its_order() -> None:
    parts = {str(part.title): (part.state, str(part.detail)) for part in health().parts}
    assert [*parts] == [
        "Agent sync-01",
        "Relay https://relay.corp.test",
        "Controller dc1.corp.test",
        "Controller dc2.corp.test",
        "People",
    ]
    state, detail = parts["Controller dc1.corp.test"]
    assert state == "ok"
    assert detail.startswith("In use. Certificate until 2027-03-01 (97 days)")
    assert parts["People"] == ("ok", "The directory lets 1204 of 1250 be reset")


@pytest.mark.parametrize(
    ("installed", "first", "way_out"),
    [
        (COPY, "copy", "rekey"),
        (having(running=False, ready=False), "stopped", "repair"),
        (having(answers=False, ready=False), "frozen", "repair"),
        (having(breaker_is_open=True), "breaker", "close_breaker"),
        (having(relay_connected=False, ready=False), "relay", "options"),
        (having(directory_connected=False, ready=False), "directory", "options"),
        (having(nobody=Text("none")), "nobody", "permissions"),
        (having(writeback=False), "off", "writeback"),
        (having(attention=verbatim("two use one key")), "attention", ""),
        (replace(UP, drift=(Text("a"), Text("b"))), "drift", "repair"),
    ],
)
def test_what_is_wrong_is_first_with_its_way_out(
    installed: Installed, first: str, way_out: str
) -> None:
    found = health(installed)
    assert (found.concerns[0].id, found.concerns[0].way_out) == (first, way_out)
    assert found.state == found.concerns[0].state


def trusting(days: int) -> Installed:
    pem = issued("Corp CA", days=(NOW - datetime.now(UTC)).days + days + 1).pem
    directory = UP.settings.directory.model_copy(update={"ca_certificate": pem})
    settings = UP.settings.model_copy(update={"directory": directory})
    return replace(UP, settings=settings)


@pytest.mark.parametrize(
    ("days", "states"), [(60, []), (9, ["warning"]), (-3, ["failed"])]
)
def test_the_end_of_the_trusted_authority_is_a_concern(
    days: int, states: list[str]
) -> None:
    found = health(trusting(days))
    assert [each.state for each in found.concerns if each.id == "authority"] == states
    assert {each.way_out for each in found.concerns} <= {"options"}
    parts = [str(part.detail) for part in found.parts if part.id == "authority"]
    assert ["CN=Corp CA" in part for part in parts] == [True]


def test_an_agent_that_does_not_run_is_one_concern_and_not_three() -> None:
    stopped = having(
        running=False, ready=False, relay_connected=False, directory_connected=False
    )
    assert [concern.id for concern in health(stopped).concerns] == ["stopped"]


def test_what_stops_everybody_stands_before_what_stops_some() -> None:
    edited = replace(having(breaker_is_open=True), drift=(Text("a"),))
    found = health(edited, certificates=(certificate(days=5),))
    assert [each.id for each in found.concerns] == ["breaker", "certificate", "drift"]


@pytest.mark.parametrize(
    ("certificate_", "state", "title"),
    [
        (
            certificate(days=5),
            "warning",
            "The certificate of dc1.corp.test ends in 5 d",
        ),
        (certificate(days=-2), "failed", "dc1.corp.test is not trusted"),
        (
            replace(certificate(), distrust=verbatim("self-signed certificate")),
            "failed",
            "dc1.corp.test is not trusted",
        ),
        (
            ControllerCertificate("dc1.corp.test", trouble=Text("No route to host.")),
            "warning",
            "dc1.corp.test does not answer",
        ),
    ],
)
def test_a_certificate_is_told_before_it_ends(
    certificate_: ControllerCertificate, state: str, title: str
) -> None:
    (concern,) = health(certificates=(certificate_,)).concerns
    assert concern.state == state
    assert concern.title.startswith(title)


def test_a_bad_night_is_told_with_its_reason_and_where_to_look() -> None:
    (concern,) = health(records=BAD_NIGHT).concerns
    assert concern.id == "refusals"
    assert "of the last 24 hours did not succeed" in concern.title
    assert "lacks a right" in concern.detail
    assert concern.way_out == "permissions"
    assert concern.code == "permission_denied"


@pytest.mark.parametrize(
    ("good", "bad", "told"), [(30, 9, False), (31, 10, False), (30, 10, True)]
)
def test_a_few_mistakes_are_no_bad_night(good: int, bad: int, *, told: bool) -> None:
    records = [
        answered(
            NOW - timedelta(minutes=number), "ok" if number < good else "too_short"
        )
        for number in range(good + bad)
    ]
    ids = [concern.id for concern in health(records=records).concerns]
    assert ids == (["refusals"] if told else [])


def test_people_whom_a_permission_is_missing_for_are_told() -> None:
    (concern,) = health(people=replace(PEOPLE, works=1200, short=4)).concerns
    assert concern.title == "4 people can't be reset for want of a permission"


def test_a_key_that_is_due_is_told_and_one_that_rolls_by_itself_is_not() -> None:
    past = NOW - timedelta(days=1)
    old = tuple(replace(key, next=past if key.next else None) for key in KEYS)
    (concern,) = health(replace(UP, keys=old)).concerns
    assert concern.id == "due_directory_password"
    assert "writeback rotate-password" in concern.remedy


def test_records_that_can_not_be_read_are_told() -> None:
    unread = replace(reading(UP), week=replace(week(()), trouble=Text("denied")))
    assert [each.id for each in health_of(unread, PEOPLE).concerns] == ["records"]
    torn = replace(reading(UP), week=replace(week(()), unreadable=2))
    (concern,) = health_of(torn, PEOPLE).concerns
    assert concern.title == "2 lines of the audit file are no records"


def test_the_same_read_later_is_the_same() -> None:
    found = health()
    later = replace(found, at=NOW + timedelta(seconds=5))
    assert later.same_as(found)
    assert not later.same_as(health(having(writeback=False)))
    assert not later.same_as(None)


def test_a_key_without_an_age_is_not_listed() -> None:
    unknown = KeyAge("portal_keys", Text("Portal's keys"))
    assert health(replace(UP, keys=(*KEYS, unknown))).keys == KEYS


def test_an_old_reading_says_its_age_and_why() -> None:
    why = Text("No answer.")
    assert age_words(NOW, NOW, EMPTY) == ""
    later = NOW + timedelta(seconds=30)
    assert age_words(NOW, later, why) == "Read less than a minute ago. No answer."
    later = NOW + timedelta(minutes=3)
    assert age_words(NOW, later, why) == "Read 3 minutes ago. No answer."
    later = NOW + timedelta(hours=3)
    assert age_words(NOW, later, why) == "Read at 2026-11-24 10:42. No answer."
    assert age_words(later, NOW, why) == "Read less than a minute ago. No answer."
