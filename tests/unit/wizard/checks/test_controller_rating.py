"""Each fact of a controller is judged by itself, and says what to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from agent.ldap.authority import AuthorityOffer
from agent.ldap.certificates import CertificateFacts, Handshake
from agent.ldap.controls import POLICY_HINTS, POLICY_HINTS_OLD
from agent.ldap.entry import RootDse
from agent.ldap.errors import Unreachable, sign_in_refused
from tests.unit.wizard.answered import SETTINGS
from wire.secret import Secret
from wire.text import Text
from wizard.checks import controller_probe
from wizard.checks.controller_facts import Cell, ControllerFacts, checks_of
from wizard.checks.controller_probe import SignIn, sign_in
from wizard.checks.controller_rating import judged

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DIRECTORY = SETTINGS.directory


def certificate(days: float = 300, **changed: Any) -> CertificateFacts:
    own = CertificateFacts(
        subject="CN=dc1.corp.test",
        issuer="CN=Corp CA",
        sans=("dc1.corp.test",),
        not_before=NOW - timedelta(days=30),
        not_after=NOW + timedelta(days=days),
        sha256="AA:BB",
        trusted=True,
        reason="",
    )
    return replace(own, **changed)


def root(**changed: Any) -> RootDse:
    whole = RootDse(
        naming_context=DIRECTORY.base_dn,
        dns_host_name="dc1.corp.test",
        supported_controls=frozenset({POLICY_HINTS}),
        current_time=NOW,
        functional_level=7,
        is_global_catalog_ready=True,
        is_synchronized=True,
        read_only=False,
        controller_level=7,
    )
    return replace(whole, **changed)


def facts(*chain: CertificateFacts, **changed: Any) -> ControllerFacts:
    whole = ControllerFacts(
        "dc1.corp.test",
        handshake=Handshake(chain or (certificate(),), "TLSv1.3"),
        signed_in_as="administrator@corp.test",
        ms=12.0,
        root=root(),
        clock_offset_s=0.2,
    )
    return replace(whole, **changed)


def cell(found: ControllerFacts, name: str) -> Cell:
    made = judged(found, DIRECTORY, NOW).cell(name)
    assert made is not None
    return made


def test_what_is_looked_at_is_named_in_words_that_are_translated() -> None:
    rows = list(checks_of(judged(facts(), DIRECTORY, NOW)))
    facts_named = {row.title.fields["fact"] for row in rows}

    assert {"certificate", "policy hints"} <= facts_named
    assert all(isinstance(each, Text) and each.template for each in facts_named)


def test_a_sound_controller_has_nothing_to_do() -> None:
    found = judged(facts(), DIRECTORY, NOW)

    assert (found.state, found.to_do) == ("ok", ())


@pytest.mark.parametrize(
    ("verify_code", "word", "field"),
    [
        (20, "Not trusted", "directory.ca"),
        (62, "Wrong name", "directory.controllers"),
        (64, "Wrong name", "directory.controllers"),
        (10, "Expired", "directory.controllers"),
        (9, "Not yet valid", "directory.controllers"),
    ],
)
def test_a_certificate_that_is_not_trusted_says_why(
    verify_code: int, word: str, field: str
) -> None:
    bad = certificate(trusted=False, reason="in any words", verify_code=verify_code)
    made = cell(facts(bad, signed_in_as="", root=None), "certificate")

    assert (made.state, made.word, made.field) == ("failed", word, field)
    assert made.remedy


UNKNOWN = certificate(trusted=False, reason="unknown issuer", verify_code=20)
OFFER = AuthorityOffer(certificate(subject="CN=Corp CA"), "PEM", is_own=False)


def test_an_unknown_issuer_is_to_be_compared_and_trusted() -> None:
    found = facts(UNKNOWN, signed_in_as="", root=None, offer=OFFER)
    made = cell(found, "certificate")

    assert (made.word, made.field) == ("Unknown authority", "directory.ca_certificate")
    assert "Compare the fingerprint of CN=Corp CA" in made.remedy


def test_a_certificate_that_was_sent_alone_is_compared_at_its_controller() -> None:
    alone = replace(OFFER, is_own=True)
    made = cell(facts(UNKNOWN, signed_in_as="", root=None, offer=alone), "certificate")

    assert "at the controller itself" in made.remedy


def test_trusting_the_issuer_is_no_remedy_where_the_name_is_wrong_too() -> None:
    wrong = replace(OFFER, distrust="Hostname mismatch", verify_code=62)
    made = cell(facts(UNKNOWN, signed_in_as="", root=None, offer=wrong), "certificate")

    assert made.word == "Wrong name"
    assert made.remedy == "Name the controller as its certificate does."
    assert made.detail.endswith("if its issuer were: Hostname mismatch")


def test_the_issuers_certificate_that_ends_first_is_the_one_warned_of() -> None:
    ends = certificate(5, subject="CN=Corp Issuing CA 1")
    made = cell(facts(certificate(), ends), "certificate")

    assert (made.state, made.word) == ("warning", "5 d left")
    assert "issuer CN=Corp Issuing CA 1" in made.detail


@pytest.mark.parametrize(
    ("apart", "state"),
    [(0.4, "ok"), (-60, "ok"), (61, "warning"), (-300, "warning"), (301, "failed")],
)
def test_a_clock_may_be_five_minutes_apart(apart: float, state: str) -> None:
    assert cell(facts(clock_offset_s=apart), "clock").state == state


@pytest.mark.parametrize(
    ("controls", "word", "state"),
    [
        ({POLICY_HINTS, POLICY_HINTS_OLD}, "Yes", "ok"),
        ({POLICY_HINTS_OLD}, "Older", "ok"),
        (set(), "No", "warning"),
    ],
)
def test_policy_hints_are_told_by_their_form(
    controls: set[str], word: str, state: str
) -> None:
    offered = root(supported_controls=frozenset(controls))
    made = cell(facts(root=offered), "policy hints")

    assert (made.word, made.state) == (word, state)
    # both forms are one control: the policy takes the age to count with either
    assert "minimum age" in made.detail


def test_a_read_only_controller_is_refused() -> None:
    made = cell(facts(root=root(read_only=True)), "writable")

    assert (made.state, made.field) == ("failed", "directory.controllers")


def test_a_controller_of_another_domain_is_refused() -> None:
    made = cell(facts(root=root(naming_context="DC=other,DC=test")), "domain")

    assert made.state == "failed"
    assert "DC=other,DC=test" in made.detail


@pytest.mark.parametrize(
    ("own", "domain", "word", "state"),
    [
        (7, 2, "2016, domain 2003", "warning"),
        (7, 3, "2016", "ok"),
        (10, 7, "2025", "ok"),
        (0, 7, "2016", "ok"),  # it tells its domain's alone
    ],
)
def test_a_level_is_the_controllers_own(
    own: int, domain: int, word: str, state: str
) -> None:
    whole = root(functional_level=domain, controller_level=own)
    made = cell(facts(root=whole), "level")

    assert (made.word, made.state) == (word, state)


def test_a_level_from_the_future_is_told_by_its_number() -> None:
    assert facts(root=root(functional_level=12)).level == "functional level 12"


def test_the_worst_is_told_first() -> None:
    bad = facts(root=root(read_only=True, supported_controls=frozenset()))
    found = judged(bad, DIRECTORY, NOW)

    assert [each.name for each in found.to_do] == ["writable", "policy hints"]
    assert found.state == "failed"


def test_only_a_refused_account_ends_the_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def tried(error: Exception) -> ControllerFacts:
        refuse = Mock(side_effect=error)
        monkeypatch.setattr(controller_probe, "connect", refuse)
        who = SignIn("CORP\\adm", Secret("x"), "admin")
        return sign_in(facts(signed_in_as="", root=None), DIRECTORY, who)

    assert tried(sign_in_refused("dc1.corp.test", 49, "data 52e")).refused
    assert not tried(
        Unreachable("dc1.corp.test", Text("no answer"), Text("wait"))
    ).refused
    assert not facts(trouble=Cell("sign-in", "failed", "Refused")).refused


def test_one_that_dns_alone_names_is_looked_at_and_not_signed_in_to() -> None:
    bad = certificate(trusted=False, reason="Hostname mismatch", verify_code=62)
    alone = facts(bad, source="DNS SRV", in_dns=True, signed_in_as="", root=None)
    found = judged(alone, DIRECTORY, NOW)

    words = {each.name: (each.state, each.word) for each in found.cells}
    assert words["certificate"] == ("failed", "Wrong name")
    assert words["TLS"] == ("ok", "1.3")
    assert words["sign-in"][0] == "skipped"
    # nothing depends on it: no check fails for it
    assert found.state == "info"
    assert list(checks_of(found)) == []
