"""The desktop command: where it installs, and what it is offered."""

import json
import os
from pathlib import Path

import pytest

from tests.unit.wizard.answered import CANARY
from wire.secret import Secret
from wizard import __main__ as desktop
from wizard.__main__ import USAGE, door_to, home_of, main, no_screen, offers_of
from wizard.controller.controller import Controller
from wizard.elevation.remote_controller import RemoteController
from wizard.host import detect


def test_the_home_is_given_or_in_the_environment() -> None:
    assert home_of("/a", {"WRITEBACK_HOME": "/b"}) == Path("/a")
    assert home_of(None, {"WRITEBACK_HOME": "/b"}) == Path("/b")
    assert home_of(None, {}) is None


def test_without_a_package_or_a_home_nothing_opens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("WRITEBACK_HOME", raising=False)
    monkeypatch.setattr(detect, "is_installed", lambda: False)
    assert main([]) == USAGE
    said = capsys.readouterr().err
    assert "writeback-agent" in said
    assert "--home" in said


def test_an_ordinary_user_goes_through_the_root_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(desktop, "is_installed", lambda: True)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert isinstance(door_to(None), RemoteController)
    assert isinstance(door_to(tmp_path), Controller)


def test_without_a_display_it_names_the_command_that_needs_none() -> None:
    assert "writeback" in no_screen({})
    assert no_screen({"DISPLAY": ":0"}) == ""


def test_the_machine_offers_its_name_only() -> None:
    assert set(offers_of({}).values) == {"agent"}


def test_the_labs_files_are_named_by_the_environment(tmp_path: Path) -> None:
    lab, code = tmp_path / "lab.json", tmp_path / "offers.json"
    dc = {"host": "dc1.corp.test", "ca": "/ca.pem", "admin_user": "a@corp.test"}
    relay = {"url": "https://relay.corp.test", "ca": "/relay.pem"}
    lab.write_text(json.dumps({"dc": dc | {"admin_password": CANARY}, "relay": relay}))
    code.write_text(json.dumps({"enrolment_code": "AAAAA"}))
    offers = offers_of({"WRITEBACK_LAB": str(lab), "WRITEBACK_OFFERS": str(code)})
    assert offers.values["directory.domain"] == "corp.test"
    assert offers.values["input.enrolment_code"] == Secret("AAAAA")
    assert "agent" in offers.values


def test_a_lab_that_cannot_be_read_is_said(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("WRITEBACK_LAB", str(tmp_path / "missing.json"))
    assert main(["--home", str(tmp_path)]) == USAGE
    assert "missing.json" in capsys.readouterr().err
