"""What takes the GUI thread long leaves room for other events."""

from collections.abc import Callable

from PySide6.QtCore import QAbstractEventDispatcher, QObject, QTimer
from pytestqt.qtbot import QtBot

from wizard.ui.jobs.slices import Slices
from wizard.ui.jobs.worker import Worker


def test_parts_are_done_in_order_with_other_events_between(qtbot: QtBot) -> None:
    holder, done = QObject(), list[str]()
    slices, beat = Slices(holder), QTimer(holder)
    beat.timeout.connect(lambda: done.append("event"))
    beat.start(0)

    slices.start(*(lambda name=name: done.append(name) for name in "abc"))
    assert slices.busy

    qtbot.waitUntil(lambda: "c" in done)
    assert [each for each in done if each != "event"] == ["a", "b", "c"]
    assert "event" in done[done.index("a") : done.index("c")]
    assert not slices.busy


def test_of_several_that_wait_one_part_is_done_in_a_turn(qtbot: QtBot) -> None:
    holder = QObject()
    dispatcher = QAbstractEventDispatcher.instance()
    assert dispatcher is not None
    turns, done = [0], list[int]()
    dispatcher.awake.connect(lambda: turns.__setitem__(0, turns[0] + 1))
    several = [Slices(holder) for _ in range(5)]

    def part() -> None:
        done.append(turns[0])

    for slices in several:
        slices.start(part, part)

    qtbot.waitUntil(lambda: not any(slices.busy for slices in several))
    assert len(done) == 10
    assert len(set(done)) == 10


def test_what_is_dropped_is_not_done(qtbot: QtBot) -> None:
    holder, done = QObject(), list[str]()
    slices = Slices(holder)
    slices.start(lambda: done.append("a"), slices.drop, lambda: done.append("b"))

    qtbot.waitUntil(lambda: not slices.busy)
    with qtbot.waitSignal(holder.destroyed):
        holder.deleteLater()
    assert done == ["a"]


def test_a_job_that_reports_fast_is_heard_in_slices_and_in_order(qtbot: QtBot) -> None:
    heard: list[int] = []
    beats: list[int] = []
    holder = QObject()
    worker = Worker(holder, lambda _done: heard.append(-1), None, heard.append)
    beat = QTimer(holder)
    beat.timeout.connect(lambda: beats.append(len(heard)))
    beat.start(0)

    def job(report: Callable[[int], None], _stop: object) -> None:
        for at in range(50_000):
            report(at)

    worker.start(job)

    qtbot.waitUntil(lambda: heard[-1:] == [-1])
    assert heard == [*range(50_000), -1]
    assert any(0 < at < 50_000 for at in beats)
