"""Who is named at a command: what can be nobody is told before anything is asked."""

import json
from pathlib import Path

import pytest

from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost
from wire.names import Identifier
from wire.outcomes import Code, Refused
from wizard.cli.commands import permissions
from wizard.cli.errors import BadUsage
from wizard.controller.controller import Controller
from wizard.inputs import Inputs
from wizard.plan.change import StepFailed, allow_all

ABSURD: list[tuple[Identifier, str, str]] = [
    ("userPrincipalName", "", "must not be empty (it is '')"),
    ("mail", "a" * 10_240, "must have 1024 characters or fewer (it is 'aaaa"),
    ("sAMAccountName", "an\x00\nna", r"control characters (it is 'an\x00\nna')"),
    ("objectGUID", "0011", "32 hexadecimal digits (it is '0011')"),
]


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path)


NAMED = [
    *ABSURD,
    # told by its form: without an @ it is an account name
    *((None, *rest) for by, *rest in ABSURD if by != "objectGUID"),
]


@pytest.mark.parametrize(("by", "value", "rule"), NAMED)
def test_an_absurd_name_is_told_at_explain(
    host: FakeHost, by: Identifier | None, value: str, rule: str
) -> None:
    part = Controller(host, allow_all).permissions
    with pytest.raises(BadUsage) as refused:
        permissions.explain(part, SETTINGS, Inputs(), by, value)
    error = refused.value
    assert rule in error.what
    assert error.what.startswith(f"The {by or 'sAMAccountName'} must ")
    assert len(error.what) < 250
    assert error.what.endswith(").")
    assert "--by" in error.remedy


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (Code.USER_NOT_FOUND, "--by"),
        (Code.SEVERAL_USERS, "unique"),
        (Code.PERMISSION_DENIED, "permissions check"),
    ],
)
def test_who_is_not_found_is_told_with_what_helps(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch, code: Code, remedy: str
) -> None:
    def explain(*_arguments: object) -> None:
        raise Refused(code, "no person has the mail 'a@x'")

    part = Controller(host, allow_all).permissions
    monkeypatch.setattr(part, "explain", explain)
    with pytest.raises(BadUsage) as refused:
        permissions.explain(part, SETTINGS, Inputs(), "mail", "a@x")
    assert refused.value.what == "No person has the mail 'a@x'."
    assert remedy in refused.value.remedy


@pytest.mark.parametrize(("by", "value", "rule"), ABSURD)
def test_an_absurd_name_is_not_sent_to_be_tested(
    host: FakeHost, by: Identifier, value: str, rule: str
) -> None:
    with pytest.raises(StepFailed) as refused:
        Controller(host, allow_all).installation.test_reset(by, value, None)
    assert refused.value.what.startswith(f"The {by} must ")
    assert rule in refused.value.what
    assert refused.value.remedy
    assert json.dumps(refused.value.what).isprintable()
