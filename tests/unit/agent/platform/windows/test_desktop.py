"""Windows' desktop: a name for the task bar, a message where there is no console."""

import sys

import pytest

from agent.platform.windows.desktop import WindowsDesktop
from tests.fixtures.windows.fake_win32 import FakeWin32


def test_the_process_has_a_name_of_its_own() -> None:
    win32 = FakeWin32()
    WindowsDesktop(win32).group_windows("Writeback.Wizard")
    assert win32.app_user_model_id == "Writeback.Wizard"


def test_a_system_that_takes_no_name_is_no_reason_to_fail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_win32: FakeWin32, _name: str) -> None:
        raise OSError(-2147024809, "The parameter is incorrect")

    monkeypatch.setattr(FakeWin32, "set_app_user_model_id", refuse)
    WindowsDesktop(FakeWin32()).group_windows("Writeback.Wizard")


def test_who_has_no_console_is_told_in_a_window(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    win32 = FakeWin32()
    desktop = WindowsDesktop(win32)
    assert not desktop.tell("Writeback", "It can't open.")
    assert win32.told == []
    monkeypatch.setattr(sys, "stderr", None)
    assert desktop.tell("Writeback", "It can't open.")
    assert win32.told == [("Writeback", "It can't open.")]


def test_colours_of_the_theme_are_read_as_windows_orders_them() -> None:
    # 0x00bbggrr
    win32 = FakeWin32(colours={5: 0x36322D, 8: 0xFFFFFF, 13: 0xDEBFA1})
    colours = WindowsDesktop(win32).theme_colours()
    assert (colours.window, colours.text) == ("#2d3236", "#ffffff")
    assert (colours.chosen, colours.off) == ("#a1bfde", "#000000")
