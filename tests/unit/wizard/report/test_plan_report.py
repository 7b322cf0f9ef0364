"""A plan's report: everything chosen, changed and rolled back, and no secret."""

from datetime import UTC, datetime

import pytest

from agent.config.self_service import SelfService
from agent.verdict.causes import Cause
from tests.unit.wizard.answered import BEGINS, CANARY, CODE, EXPRESS, SETTINGS
from wire.operation import Operation
from wire.secret import Secret
from wire.text import Text
from wizard.controller.permissions import Coverage
from wizard.enrolment.expected_portal import expected_portal
from wizard.flow.choices import choices_of
from wizard.flow.conversion import settings_of
from wizard.flow.defaults import Offer, Offers, defaults
from wizard.flow.model import Answers
from wizard.flow.pages.credentials import ENROLMENT_CODE
from wizard.grants.grants import grant_change
from wizard.permissions.grant import Grant
from wizard.plan.change import Change, Plan
from wizard.report.document import Origin
from wizard.report.plain_text import as_text
from wizard.report.plan_report import PlanFacts, plan_report
from wizard.results import Check, EnrolledPortal

ORIGIN = Origin("sync-01", datetime(2026, 11, 30, 9, 5, tzinfo=UTC), "ada", "0.1.0")
PEOPLE = "OU=People,DC=corp,DC=test"
GRANTS = (Grant.of("RESET_PASSWORD"), Grant.of("WRITE_LOCKOUT_TIME"))
GRANT = grant_change(SETTINGS, PEOPLE, GRANTS)
WRITES = Change("settings", Text("Writes the settings file"), None, {"text": "x"})
DESTROYS = Change("keys", Text("Destroys the keys"), {"names": []}, None, final=True)
REACH = Coverage(
    1250,
    1204,
    {Operation.RESET: {Cause.NONE: 1204, Cause.PROTECTED: 31, Cause.DENIED: 15}},
    foreseen=True,
)


def report(**changed: object) -> str:
    facts = PlanFacts(Plan(SETTINGS, (WRITES, GRANT)))
    values = {name: getattr(facts, name) for name in vars(facts)} | changed
    return as_text(plan_report(PlanFacts(**values), ORIGIN))


def test_it_says_where_it_is_from() -> None:
    first = report().splitlines()[:6]

    assert first[0] == "Plan of changes for password writeback"
    assert first[2:] == [
        "Server     sync-01",
        "Made       2026-11-30 09:05 UTC",
        "By         ada",
        "Writeback  0.1.0",
    ]


def test_each_entry_stands_in_words_and_in_sddl_with_what_rolls_it_back() -> None:
    lines = [line.strip() for line in report().splitlines()]

    assert "Will be created (2)" in lines
    at = lines.index(
        f"{GRANT.summary}  [needs a domain administrator]",
    )
    assert lines[at + 1] == (
        "Entry: Allows svc-writeback@corp.test to reset the password on user objects "
        "below"
    )
    assert lines[at + 2] == (
        "SDDL: (OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;"
        "bf967aba-0de6-11d0-a285-00aa003049e2;<SID of svc-writeback@corp.test>)"
    )
    assert "If it is rolled back: Removes these entries one by one, and no other." in (
        lines
    )


def test_how_many_can_be_reset_is_said_with_the_causes_of_the_others() -> None:
    text = report(reach=REACH)

    assert "1\u202f204 of 1\u202f250 people in the scope will be able to reset." in text
    assert "Protected by AdminSDHolder: 31\nAn entry denies it: 15\n" in text


def test_what_is_not_known_is_said_with_its_reason() -> None:
    text = report(reach=Text("dc1.corp.test does not answer"))

    assert "Not known: dc1.corp.test does not answer" in text


def test_what_can_not_be_rolled_back_says_so() -> None:
    text = report(plan=Plan(None, (DESTROYS,)))

    assert text.startswith("Plan to remove password writeback\n")
    assert "Will be removed for good (1)" in text
    assert "If it is rolled back: It can't be rolled back." in text


def test_checks_that_were_made_stand_in_it_with_their_state() -> None:
    row = Check("tls", "Certificate", "ok", "Valid to 2027-03-01")

    assert "Certificate: Valid to 2027-03-01  [OK]" in report(verified=(row,))


@pytest.mark.parametrize("asked", ["express", "custom"])
def test_everything_chosen_is_in_it_and_no_secret(asked: str) -> None:
    secrets = {
        name: Secret(CANARY)
        for name in ("input.admin_password", "input.account_password")
    }
    values = {**defaults(), **EXPRESS, **secrets, "mode": asked}
    answers = Answers(values)
    offers = Offers((Offer("directory.domain", "corp.test", "DNS"),))
    chosen = choices_of(answers, settings_of(answers), offers)

    text = report(chosen=chosen)

    assert CANARY not in text
    assert CODE not in text
    assert "Domain: corp.test  [found: DNS]" in text
    assert f"{ENROLMENT_CODE.label}: Given, never shown" in text
    source = "chosen by Express" if asked == "express" else "default"
    assert f"Password writeback: On  [{source}]" in text


def test_what_is_in_force_is_marked_so() -> None:
    answers = Answers({"task": "options"}, SETTINGS)

    text = report(chosen=choices_of(answers, SETTINGS))

    assert "Relay address: https://relay.corp.test  [as it is now]" in text


def test_a_number_of_none_is_a_number() -> None:
    settings = SETTINGS.model_copy(update={"self_service": SelfService(who="all")})
    answers = Answers({"task": "self_service"}, settings)

    text = report(chosen=choices_of(answers, settings))

    assert "Hours until a new method counts: 0  [as it is now]" in text
    assert "Verification methods asked for: Two different ones" in text
    assert "Authenticator app" in text
    assert "Auditors: None" in text


def test_the_portal_is_compared_by_the_code_or_by_the_enrolment() -> None:
    known = EnrolledPortal("https://portal.corp.test", "2E71 B0C4")

    assert expected_portal(None, known) == "2E71 B0C4"
    assert expected_portal(Secret(CODE), known) == BEGINS
    assert expected_portal(Secret("no code"), known) == ""
    assert "2E71 B0C4" in report(portal="2E71 B0C4")
