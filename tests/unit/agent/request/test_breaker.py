"""The breaker: opened by too many people, closed by the administrator alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.request.breaker import WINDOW_S, Breaker
from agent.request.ledger import Ledger
from wire.outcomes import Code, Refused

MOST = 5


class Desk:
    """A ledger with a clock of its own, and what was told of the breaker."""

    def __init__(self, folder: Path) -> None:
        self.now = 1_800_000_000.0
        self.path = folder / "breaker.json"
        self.ledger = Ledger(folder / "ledger.sqlite", clock=lambda: self.now)
        self.told: list[bool] = []
        self.breaker = self.started()

    def started(self) -> Breaker:
        """Give the breaker of a process that starts now."""
        return Breaker(
            self.path,
            self.ledger,
            MOST,
            lambda is_open, _what: self.told.append(is_open),
        )

    def people(self, first: int, last: int) -> None:
        for number in range(first, last):
            self.breaker.count(f"person-{number}")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    yield opened
    opened.ledger.close()


def is_refused(breaker: Breaker) -> bool:
    try:
        breaker.check()
    except Refused as refused:
        return refused.code is Code.BREAKER_OPEN
    return False


def test_one_person_too_many_opens_it_before_anything_is_written(desk: Desk) -> None:
    desk.people(0, MOST)
    assert not is_refused(desk.breaker)

    with pytest.raises(Refused) as refused:
        desk.people(MOST, MOST + 1)

    assert refused.value.code is Code.BREAKER_OPEN
    assert is_refused(desk.breaker)
    assert desk.told == [True]


def test_the_same_people_again_and_others_later_do_not(desk: Desk) -> None:
    for _ in range(9):
        desk.people(0, MOST)
    desk.now += WINDOW_S + 1
    desk.people(MOST, 2 * MOST)

    assert not is_refused(desk.breaker)


def test_neither_time_nor_a_restart_closes_it(desk: Desk) -> None:
    with pytest.raises(Refused):
        desk.people(0, MOST + 1)
    desk.now += 30 * 24 * 3600

    assert is_refused(desk.breaker)
    assert is_refused(desk.started())


def test_who_closes_it_takes_its_file_away_and_counting_begins_anew(desk: Desk) -> None:
    with pytest.raises(Refused):
        desk.people(0, MOST + 1)
    desk.path.unlink()

    assert not desk.breaker.look()
    desk.people(100, 100 + MOST)
    assert desk.told == [True, False]
    assert not is_refused(desk.started())


def test_a_file_that_can_not_be_written_leaves_it_open(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("agent.request.breaker.write_atomically", full)
        with pytest.raises(Refused):
            desk.people(0, MOST + 1)
        assert is_refused(desk.breaker)
        assert not desk.path.exists()
    assert "No space left" in caplog.text

    assert is_refused(desk.breaker)
    assert desk.path.exists()


def test_a_file_that_can_not_be_looked_for_counts_as_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "lstat", denied)
    assert is_refused(desk.breaker)
