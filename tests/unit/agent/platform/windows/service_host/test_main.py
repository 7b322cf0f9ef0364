"""The host is put together from what this machine has installed."""

import sys
from pathlib import Path

import pytest

from agent.platform.windows.event_journal import LOG_ID, SOURCE
from agent.platform.windows.restart import PARAMCHANGE
from agent.platform.windows.service_host import __main__ as program
from agent.platform.windows.win32 import Severity
from agent.platform.windows.win32_services import STOP
from agent.system.paths import Paths
from tests.fixtures.windows.fake_processes import FakeHost

ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def win32(tmp_path: Path) -> FakeHost:
    host = FakeHost()
    host.programs = str(tmp_path)
    folder = tmp_path / "Writeback" / "secrets"
    folder.mkdir(parents=True)
    (folder / "installation").write_text(f"{ID}\n")
    return host


def test_the_places_are_those_of_the_agent(tmp_path: Path) -> None:
    places = Paths.of_windows(tmp_path)
    assert tmp_path / program.SECRETS == places.secrets
    assert tmp_path / program.LOG == places.log


def test_no_child_outlives_it_and_each_finds_its_secrets(win32: FakeHost) -> None:
    win32.story.append(lambda: win32.end(win32.children[0], 2))
    program.host(win32, win32.session)
    (child,) = win32.children
    assert win32.contained
    assert not win32.heap_in_reports
    places = Paths.of_windows(Path(win32.programs) / "Writeback")
    assert child.environment["WRITEBACK_CREDENTIALS"] == str(places.secrets)
    assert child.environment["WRITEBACK_INSTALLATION"] == ID
    assert child.log == str(places.log)


def test_a_failure_is_in_the_event_log(win32: FakeHost) -> None:
    win32.story.append(lambda: win32.end(win32.children[0], 2))
    program.host(win32, win32.session)
    (told,) = win32.reported
    assert (told.source, told.event, told.severity) == (SOURCE, LOG_ID, Severity.ERROR)
    assert "exit code 2" in told.texts[0]


def test_what_a_child_wrote_last_is_in_the_event_log(win32: FakeHost) -> None:
    log = Path(win32.programs) / "Writeback" / program.LOG
    log.parent.mkdir()
    log.write_text("of a run before\n")

    def ends() -> None:
        with log.open("a") as file:
            file.write("2026-12-01T00:00:00+00:00 ERROR told already\n  its trace\n")
            file.write("Traceback (most recent call last):\n  at a line\nMemoryError\n")
        win32.end(win32.children[0], 1)

    win32.story.append(ends)
    program.host(win32, win32.session)
    (told,) = win32.reported
    first, *others = told.texts[0].split("\n")
    assert "exit code 1" in first
    assert others == [
        "Traceback (most recent call last):",
        "  at a line",
        "MemoryError",
    ]


def test_a_command_line_of_somebody_else_starts_nothing(win32: FakeHost) -> None:
    win32.image = "C:\\Program Files\\python.exe -m other"
    program.host(win32, win32.session)
    assert not win32.children
    assert "no command line of this service" in win32.reported[0].texts[0]


@pytest.mark.parametrize("text", ["", "../other", f"{ID}0", "no", "ü"])
def test_with_an_id_that_is_none_nothing_is_started(win32: FakeHost, text: str) -> None:
    home = Path(win32.programs) / "Writeback"
    (home / "secrets" / "installation").write_text(text)
    program.host(win32, win32.session)
    assert not win32.children
    assert win32.reported


def test_each_child_finds_the_id_as_it_is_then(win32: FakeHost) -> None:
    path = Path(win32.programs) / "Writeback" / "secrets" / "installation"
    path.unlink()

    def begin() -> None:
        path.write_text(f"{ID}\n")
        (first,) = win32.children
        win32.event_of(first, "ready").is_set = True
        win32.session.send(PARAMCHANGE)

    def end() -> None:
        for child in win32.children:
            win32.end(child, 0)

    win32.story.extend((begin, lambda: None, lambda: win32.session.send(STOP), end))
    program.host(win32, win32.session)
    told = [child.environment["WRITEBACK_INSTALLATION"] for child in win32.children]
    assert told == ["", ID]


def test_a_long_file_of_last_words_is_set_aside_at_each_start(win32: FakeHost) -> None:
    log = Path(win32.programs) / "Writeback" / program.LOG
    log.parent.mkdir()
    log.write_bytes(b"x" * 1_000_001)
    aside = log.with_name("agent.log.1")

    def grow() -> None:
        assert not log.exists()
        assert aside.exists()
        log.write_bytes(b"y" * 1_000_001)
        win32.event_of(win32.children[0], "ready").is_set = True
        win32.session.send(PARAMCHANGE)

    def end() -> None:
        for child in win32.children:
            win32.end(child, 2)

    win32.story.extend((grow, lambda: None, end))
    program.host(win32, win32.session)
    assert len(win32.children) == 2
    assert not log.exists()
    assert aside.read_bytes()[:1] == b"y"


def test_it_needs_neither_output_nor_a_folder_of_its_own(
    win32: FakeHost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The manager gives a service no output, and starts it in Windows' own folder."""
    foreign = tmp_path / "windows"
    foreign.mkdir()
    monkeypatch.chdir(foreign)
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    win32.story.append(lambda: win32.end(win32.children[0], 2))
    program.host(win32, win32.session)
    (told,) = win32.reported
    assert "exit code 2" in told.texts[0]
    assert [*foreign.iterdir()] == []
    assert Path(win32.children[0].log).is_absolute()
