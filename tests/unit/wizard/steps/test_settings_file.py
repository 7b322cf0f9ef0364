"""The settings file: written, edited by hand, of another version, put back."""

from typing import Any

import pytest

from agent.config.migrations import kept_name
from agent.config.settings_file import dump, parse
from agent.ldap.authority import authority_facts
from tests.fixtures.certificate_chain import issued
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from tests.unit.wizard.steps.installation import changed, seal, writing
from wizard.plan.change import Begun, StepFailed
from wizard.plan.step import Target
from wizard.steps.settings_file import (
    SettingsFile,
    differences,
    drift,
    refuse_unreadable,
)


def test_settings_are_written_once(host: FakeHost) -> None:
    writing(host)
    assert parse(host.places.settings.read_text()) == SETTINGS
    assert SettingsFile().plan(Target(SETTINGS, on(host))) == ()


def test_a_file_with_comments_that_says_the_same_is_kept(host: FakeHost) -> None:
    host.write(host.places.settings, "# ours\n" + dump(SETTINGS))
    assert SettingsFile().plan(Target(SETTINGS, on(host))) == ()


def test_the_file_before_comes_back_to_the_letter(host: FakeHost) -> None:
    before = "# ours\n" + dump(SETTINGS)
    host.write(host.places.settings, before)
    change = writing(host, changed(identify_by="mail"))
    SettingsFile().undo(Begun(0, change, {}), on(host))
    SettingsFile().undo(Begun(0, change, {}), on(host))
    assert host.places.settings.read_text() == before


def test_a_plan_names_whom_it_trusts_and_is_undone(host: FakeHost) -> None:
    writing(host)
    before = host.places.settings.read_text()
    root = issued("Corp Root CA")
    change = writing(host, changed(directory={"ca_certificate": root.pem}))
    facts = authority_facts(root.pem)
    assert change.summary == (
        "Changes the settings file: directory.ca_certificate: none becomes "
        f"CN=Corp Root CA, SHA-256 {facts.sha256}"
    )
    assert "BEGIN CERTIFICATE" in host.places.settings.read_text()
    SettingsFile().undo(Begun(0, change, {}), on(host))
    assert host.places.settings.read_text() == before


def test_an_authority_that_is_past_is_not_begun_to_be_trusted(host: FakeHost) -> None:
    past = changed(directory={"ca_certificate": issued("Corp CA", days=-1).pem})
    with pytest.raises(StepFailed, match=r"ca_certificate: CN=Corp CA ended on"):
        refuse_unreadable(past, on(host))
    writing(host, past)
    refuse_unreadable(past, on(host))  # in force it may be: other changes go on


def test_a_file_that_was_edited_since_is_left(host: FakeHost) -> None:
    change = writing(host)
    host.write(host.places.settings, "mine")
    with pytest.raises(StepFailed, match="changed by somebody else since"):
        SettingsFile().undo(Begun(0, change, {}), on(host))
    assert host.places.settings.read_text() == "mine"


STAFF = "CN=Staff,OU=Groups,DC=corp,DC=test"
ON = "Turns self-service reset on in the settings file"


@pytest.mark.parametrize(
    ("parts", "summary"),
    [
        (
            {"features": {"password_writeback": False}},
            "Turns password writeback off in the settings file",
        ),
        (
            {"limits": {"per_minute": 30}},
            "Changes the settings file: limits.per_minute: 120 becomes 30",
        ),
        (
            {"self_service": {"who": "all"}},
            f"{ON}: self_service.who: none becomes all",
        ),
    ],
)
def test_a_plan_says_what_becomes_of_the_settings(
    host: FakeHost, parts: dict[str, Any], summary: str
) -> None:
    writing(host)
    (change,) = SettingsFile().plan(Target(changed(**parts), on(host)))
    assert change.summary == summary


def test_a_list_that_was_empty_is_none() -> None:
    new = changed(self_service={"who": "all", "exceptions": [STAFF]})
    assert differences(SETTINGS, new)[1] == (
        f"self_service.exceptions: none becomes {STAFF}"
    )


def test_a_plan_says_that_self_service_ends(host: FakeHost) -> None:
    writing(host, changed(self_service={"who": "all"}))
    (change,) = SettingsFile().plan(Target(SETTINGS, on(host)))
    assert change.summary == (
        "Turns self-service reset off in the settings file: self_service.who: all "
        "becomes none"
    )


def test_differences_are_told_by_path() -> None:
    new = changed(scope={"pilot_group": None}, identify_by="mail")
    assert differences(SETTINGS, new) == (
        "scope.pilot_group: CN=Pilot,OU=Groups,DC=corp,DC=test becomes none",
        "identify_by: userPrincipalName becomes mail",
    )


def test_what_was_edited_by_hand_is_told_and_taken_over(host: FakeHost) -> None:
    writing(host)
    seal(host)
    assert drift(on(host)) == ()
    edited = changed(identify_by="mail")
    text = "# our own note\n" + dump(edited)
    host.write(host.places.settings, text)
    assert drift(on(host)) == ("identify_by: userPrincipalName becomes mail",)
    (row,) = SettingsFile().verify(Target(edited, on(host)))
    assert (row.state, "identify_by" in row.detail) == ("warning", True)
    (change,) = SettingsFile().plan(Target(edited, on(host)))
    assert "Applies what was edited by hand" in change.summary
    SettingsFile().apply(change, on(host))
    # taken as it is: the note too; and taking it back leaves the file alone
    assert host.read(host.places.settings) == text
    SettingsFile().undo(Begun(0, change, {}), on(host))
    assert host.read(host.places.settings) == text


def of_newer(text: str) -> str:
    return text.replace("version: 2", "version: 3")


def test_versions_go_down_up_and_down_again(host: FakeHost) -> None:
    step, place = SettingsFile(), host.places.settings
    kept_as = kept_name(place, 3)
    texts = [of_newer(dump(SETTINGS)), of_newer(dump(changed(identify_by="mail")))]
    for text in (*texts, texts[-1]):
        host.write(place, text)  # as the newer program left it
        before = host.read(kept_as)
        changes = step.plan(Target(SETTINGS, on(host)))
        for change in changes:
            step.apply(change, on(host))
        assert parse(place.read_text()) == SETTINGS
        assert kept_as.read_text() == text
        assert len(changes) == (1 if before == text else 2)
        for change in reversed(changes):
            step.undo(Begun(0, change, {}), on(host))
        assert (host.read(place), host.read(kept_as)) == (text, before)
        for change in changes:
            step.apply(change, on(host))
