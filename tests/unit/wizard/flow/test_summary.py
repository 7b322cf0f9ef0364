"""The summary: every decision once, by the names that the fields carry."""

from agent.config.settings_file import validate
from tests.unit.wizard.answered import SETTINGS
from wire.text import Text
from wizard.flow.summary import Decision, decisions, unchanged


def test_the_summary_names_each_decision_as_the_pages_ask_it() -> None:
    assert [(line.label, line.value) for line in decisions(SETTINGS)] == [
        ("Relay", "https://relay.corp.test"),
        ("Name of this agent", "sync-01"),
        ("Domain", "corp.test"),
        ("Domain controllers", "dc1.corp.test, dc2.corp.test"),
        ("Service account", "svc-writeback"),
        ("Container", "OU=People,DC=corp,DC=test"),
        ("Container left out", "None"),
        ("Sign-in attribute", "userPrincipalName"),
        ("Pilot group", "CN=Pilot,OU=Groups,DC=corp,DC=test"),
        ("Deny list", "None"),
        ("Leave out accounts used by other services", "On"),
        ("Password writeback", "On"),
        ("Unlock the account with a reset", "On"),
        ("Change at next sign-in", "On"),
        ("Change with the old password", "On"),
        ("Keep to history and minimum age", "On"),
        ("Read fine-grained password policies", "Off"),
        ("Self-service reset", "Nobody"),
    ]
    exact = {line.label for line in decisions(SETTINGS) if not line.exact}
    assert exact == {
        line.label for line in decisions(SETTINGS) if line.value in ("On", "Off")
    }


def test_each_container_is_a_line_and_no_pilot_group_is_said() -> None:
    data = SETTINGS.model_dump(mode="json")
    data["scope"] = {"containers": ["OU=A,DC=corp,DC=test", "OU=B,DC=corp,DC=test"]}
    lines = decisions(validate(data))
    assert [line.value for line in lines if line.label == "Container"] == [
        "OU=A,DC=corp,DC=test",
        "OU=B,DC=corp,DC=test",
    ]
    assert Decision(Text("Pilot group"), Text("None"), exact=True) in lines


def test_what_stays_is_what_both_have() -> None:
    data = SETTINGS.model_dump(mode="json")
    data["features"]["unlock"] = False
    new = validate(data)
    stays = unchanged(SETTINGS, new)
    assert len(stays) == len(decisions(SETTINGS)) - 1
    assert "Unlock the account with a reset" not in {line.label for line in stays}
