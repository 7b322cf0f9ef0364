"""A Windows machine has an id, administrators, and a folder for each person."""

from pathlib import Path

import pytest

from agent.platform.windows.machine import KEY, NAME, WindowsMachine
from agent.platform.windows.processes import WindowsProcesses
from tests.fixtures.windows.fake_win32 import FakeWin32

GUID = "01234567-89AB-cdef-0123-456789abcdef"


@pytest.mark.parametrize("text", [GUID, GUID.upper(), f"{{{GUID}}}", f" {GUID}\n"])
def test_its_id_is_the_guid_without_its_form(win32: FakeWin32, text: str) -> None:
    win32.registry[KEY, NAME] = text
    assert WindowsMachine(win32).id() == "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("text", [None, "", "unknown", GUID[:-1], GUID + "0"])
def test_without_one_copies_are_not_told_apart(
    win32: FakeWin32, text: str | None
) -> None:
    if text is not None:
        win32.registry[KEY, NAME] = text
    assert WindowsMachine(win32).id() == ""


def test_a_registry_that_refuses_is_no_id(
    win32: FakeWin32, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_key: str, _name: str) -> str | None:
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(win32, "registry_text", refused)
    assert WindowsMachine(win32).id() == ""


def test_who_is_no_administrator_is_told_which_prompt(win32: FakeWin32) -> None:
    machine = WindowsMachine(win32)
    assert not machine.is_administrator
    what, remedy = machine.administrator_needed("status")
    assert "administrator" in what
    assert "Run as administrator" in remedy
    assert "writeback status" in remedy
    win32.elevated = True
    assert machine.is_administrator


def test_a_persons_state_is_in_their_profile(win32: FakeWin32) -> None:
    machine = WindowsMachine(win32)
    assert machine.state_folder({"LOCALAPPDATA": "/p/Local"}) == Path("/p/Local")
    assert machine.state_folder({}) == Path.home() / "AppData" / "Local"


def test_programs_data_are_where_windows_says_and_nowhere_else(
    win32: FakeWin32,
) -> None:
    assert WindowsMachine(win32).data_folder() == Path("/ProgramData")
    win32.programs = ""
    with pytest.raises(OSError, match="cannot find"):
        WindowsMachine(win32).data_folder()


async def _answer() -> int:
    return 4711


def test_a_process_keeps_its_heap_out_of_reports(win32: FakeWin32) -> None:
    processes = WindowsProcesses(win32)
    processes.leave_no_core()
    assert not win32.heap_in_reports
    assert processes.run(_answer()) == 4711
