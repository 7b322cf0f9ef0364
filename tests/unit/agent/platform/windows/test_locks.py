"""A lock is on one byte behind the content, which others go on reading."""

from pathlib import Path

import pytest

from agent.platform.windows.locks import AT, WindowsLocks
from tests.fixtures.windows.fake_win32 import FakeWin32


def test_one_has_it_and_the_other_can_ask(win32: FakeWin32, tmp_path: Path) -> None:
    locks, path = WindowsLocks(win32), tmp_path / "lock"
    path.write_text("ada since noon")
    with path.open("r+") as mine, path.open("r+") as other:
        assert not locks.is_locked(path)
        assert locks.lock_visibly(mine.fileno())
        assert locks.is_locked(path)
        assert not locks.lock_visibly(other.fileno())
        assert not locks.lock(other.fileno(), wait=False)
        assert path.read_text() == "ada since noon"
        # to ask took nothing away
        assert locks.is_locked(path)
        locks.unlock(mine.fileno())
        assert not locks.is_locked(path)
        assert locks.lock(other.fileno(), wait=True)
    assert not locks.is_locked(path)


def test_what_is_not_there_is_told_and_not_made(
    win32: FakeWin32, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        WindowsLocks(win32).is_locked(tmp_path / "lock")
    assert [*tmp_path.iterdir()] == []


def test_one_who_asks_keeps_nobody_from_it(win32: FakeWin32, tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.touch()
    with path.open("r+") as asking, path.open("r+") as mine:
        assert win32.lock_byte(asking.fileno(), AT, wait=False)
        locks = WindowsLocks(
            win32, pause=lambda _: win32.unlock_byte(asking.fileno(), AT)
        )
        assert locks.lock_visibly(mine.fileno())


def test_two_who_ask_do_not_take_each_other_for_a_holder(
    win32: FakeWin32, tmp_path: Path
) -> None:
    path = tmp_path / "lock"
    path.touch()
    with path.open("r+") as asking:
        assert win32.lock_byte(asking.fileno(), AT, wait=False)
        locks = WindowsLocks(
            win32, pause=lambda _: win32.unlock_byte(asking.fileno(), AT)
        )
        assert not locks.is_locked(path)
