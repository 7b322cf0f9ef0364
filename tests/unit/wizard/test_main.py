"""The desktop command: where it installs, and what it is offered."""

import json
import os
import sys
from pathlib import Path

import pytest

from agent.platform.windows.surroundings.windows_surroundings import EDITION, VERSION
from tests.fixtures.windows.fake_network import FakeNetwork, being_there
from tests.fixtures.windows.fake_win32 import FakeWin32
from wizard import __main__ as desktop
from wizard.__main__ import USAGE, controller_for, home_of, main, no_screen, offers_of
from wizard.controller.controller import Controller
from wizard.elevation.remote_controller import RemotePart
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
    printed = capsys.readouterr().err
    assert "writeback-agent" in printed
    assert "--home" in printed


def test_what_is_to_be_installed_is_named_as_the_system_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "package writeback-agent" in str(detect.NoHost().remedy)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "platform", "win32")
        said = str(detect.NoHost().remedy)
    assert "feature Agent of writeback.msi" in said
    assert "package" not in said


def test_an_ordinary_user_goes_through_the_root_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(desktop, "is_installed", lambda: True)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert isinstance(controller_for(None).changes, RemotePart)
    assert isinstance(controller_for(tmp_path), Controller)


def test_without_a_display_it_names_the_command_that_needs_none() -> None:
    assert "writeback" in no_screen({})
    assert no_screen({"DISPLAY": ":0"}) == ""


def test_server_core_is_told_which_commands_do_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    win32 = FakeWin32(registry={(VERSION, EDITION): "Server Core"})
    being_there(monkeypatch, FakeNetwork(), win32)
    assert main([]) == USAGE
    told = capsys.readouterr().err
    assert "no desktop" in told
    assert "writeback plan --settings" in told
    assert "writeback apply --settings" in told


def test_the_machine_offers_its_name_only() -> None:
    assert set(offers_of({}).values) == {"agent"}


def test_the_offers_file_is_named_by_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "offers.json"
    file.write_text(
        json.dumps([{"path": "directory.domain", "value": "corp.test", "source": "x"}])
    )
    offers = offers_of({"WRITEBACK_OFFERS": str(file)})
    assert offers.values["directory.domain"] == "corp.test"
    assert "agent" in offers.values


def test_offers_that_cannot_be_read_are_told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("WRITEBACK_OFFERS", str(tmp_path / "missing.json"))
    assert main(["--home", str(tmp_path)]) == USAGE
    assert "missing.json" in capsys.readouterr().err
