"""Self-service before it is applied: whom its lists mean, and what is weak."""

from datetime import date

import pytest

from agent.config.self_service import SelfService
from tests.unit.agent.active_directory.test_domain_cache import BASE
from tests.unit.agent.active_directory.test_named_principals import ADA, BOARD, Groups
from wizard.checks.self_service import (
    check_named,
    ended_peers,
    refused,
    registering,
    weak,
)
from wizard.flow.pages.self_service import (
    ALLOWED_FROM,
    CHANGE,
    EXCEPTIONS,
    KINDS,
    PEERS,
    PORTAL_CODES,
    PROVIDER,
    RECEIPTS,
    TWO,
    UNLOCK,
)
from wizard.flow.pages.self_service_roles import (
    ADMINISTRATORS,
    HELP_DESK,
)
from wizard.inputs import SelfServiceDraft


@pytest.mark.parametrize(
    ("entry", "state", "words"),
    [
        (BOARD, "ok", f"{BOARD}: 1 person, nested members counted"),
        (ADA, "ok", "Found."),
        ("S-1-5-21-7-8-9-1111", "ok", "Counts by its SID."),
        (f"CN=Gone,{BASE}", "failed", f"Nobody is named CN=Gone,{BASE}."),
    ],
)
def test_each_entry_is_told_with_whom_it_means(
    entry: str, state: str, words: str
) -> None:
    lists = SelfService(who="all", exceptions=(entry,))
    (row,) = check_named(Groups().directory, BASE, lists)

    assert (row.state, row.detail, row.field) == (state, words, EXCEPTIONS)
    assert row.title == f"Except these people and groups: {entry}"


def test_groups_that_are_not_asked_about_are_not_looked_at() -> None:
    lists = SelfService(who="all", groups=(f"CN=Gone,{BASE}",))
    assert list(check_named(Groups().directory, BASE, lists)) == []


@pytest.mark.parametrize(
    ("proofs", "kinds", "warned"),
    [
        (1, ("passkey", "sms"), True),
        (1, ("sms",), True),
        (2, ("passkey", "sms"), False),
        (1, ("passkey", "email"), False),
    ],
)
def test_a_text_message_that_is_enough_alone_is_warned_of(
    proofs: int, kinds: tuple[str, ...], *, warned: bool
) -> None:
    rows = list(weak(SelfServiceDraft({}, proofs, kinds)))
    assert [row.state for row in rows] == ["warning"] * warned
    assert all(row.field == KINDS for row in rows)


def test_methods_that_count_without_a_receipt_are_warned_of() -> None:
    (row,) = weak(SelfServiceDraft({}, 2, ("totp", "email"), receipts="accepted"))
    assert (row.state, row.field) == ("warning", RECEIPTS)
    assert row.remedy


HELPED = {HELP_DESK: (BOARD,)}


@pytest.mark.parametrize(
    ("draft", "warned"),
    [
        (SelfServiceDraft({}, 2, ()), []),
        (SelfServiceDraft({}, 2, (), provider_sign_in=True), []),
        (SelfServiceDraft({}, 2, (), portal_codes=True), []),
        (
            SelfServiceDraft(
                HELPED,
                2,
                (),
                allowed_from="code",
                provider_sign_in=True,
                portal_codes=True,
            ),
            [PROVIDER, PORTAL_CODES],
        ),
        (
            SelfServiceDraft(
                HELPED, 2, (), allowed_from="networks", provider_sign_in=True
            ),
            [],
        ),
        (SelfServiceDraft({}, 2, (), allowed_from="code"), [ALLOWED_FROM]),
        (SelfServiceDraft({HELP_DESK: ()}, 2, (), allowed_from="code"), [ALLOWED_FROM]),
        (SelfServiceDraft({}, 2, (), allowed_from="code", portal_codes=True), []),
        (SelfServiceDraft({TWO: (ADA,)}, 2, ()), [TWO]),
        (SelfServiceDraft({TWO: (ADA,)}, 2, (), allowed_from="code"), [ALLOWED_FROM]),
        (SelfServiceDraft({TWO: (ADA,)} | HELPED, 2, ()), []),
        (SelfServiceDraft({TWO: (ADA,)}, 2, (), portal_codes=True), []),
        (SelfServiceDraft(HELPED, 2, (), portal_codes=True), [PORTAL_CODES]),
        (
            SelfServiceDraft(
                {ADMINISTRATORS: (ADA,)}, 2, (), allowed_from="code", portal_codes=True
            ),
            [PORTAL_CODES],
        ),
    ],
)
def test_ways_to_register_that_lead_nowhere_or_are_not_needed_are_warned_of(
    draft: SelfServiceDraft, warned: list[str]
) -> None:
    rows = list(registering(draft))
    assert [row.field for row in rows] == warned
    assert all(row.state == "warning" and row.remedy for row in rows)


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        (SelfServiceDraft(HELPED, 2, (), allowed_from="code"), True),
        (SelfServiceDraft(HELPED | {TWO: (BOARD,)}, 2, ()), True),
        (SelfServiceDraft(HELPED | {TWO: (ADA,)}, 2, ()), False),
        (SelfServiceDraft(HELPED, 2, (), allowed_from="networks"), False),
        (
            SelfServiceDraft(HELPED, 2, (), allowed_from="code", portal_codes=True),
            False,
        ),
    ],
)
def test_it_is_told_who_makes_the_codes_of_the_first_helpers(
    draft: SelfServiceDraft, *, told: bool
) -> None:
    """Nobody makes one for who has a role as high as theirs."""
    rows = [row for row in registering(draft) if row.id == "helpers_codes"]
    assert [row.state for row in rows] == ["info"] * told
    assert all(row.field == PORTAL_CODES and row.remedy for row in rows)


def test_what_an_optional_feature_refuses_is_warned_of_with_the_remedy() -> None:
    draft = SelfServiceDraft({}, 2, ("totp",), switched_off=(CHANGE, UNLOCK))
    change, unlock = refused(draft)

    assert (change.state, change.field) == ("warning", CHANGE)
    assert change.detail == (
        "The agent refuses it: Allow a change with the old password is off."
    )
    assert "Optional features" in change.remedy
    assert (unlock.state, unlock.field) == ("warning", UNLOCK)


@pytest.mark.parametrize(
    ("until", "warned"),
    [("2026-06-30", True), ("2026-07-01", False), ("", False), ("x-1", False)],
)
def test_an_agent_whose_last_day_is_over_is_warned_of(
    until: str, *, warned: bool
) -> None:
    peer = {"fingerprint": "8A2E", "until": until}
    draft = SelfServiceDraft({}, 2, ("totp",), peers=(peer,))
    rows = list(ended_peers(draft, date(2026, 7, 1)))
    assert [row.state for row in rows] == ["warning"] * warned
    assert all(row.field == PEERS for row in rows)
