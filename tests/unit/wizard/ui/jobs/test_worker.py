"""One job at a time; what an older one says is not heard."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wizard.ui.jobs.worker import Report, Worker


@pytest.fixture
def worker(qapp: QApplication) -> Iterator[Worker]:
    made = Worker()
    yield made
    made.close()


def test_progress_and_result_come_to_the_gui_thread(
    qtbot: QtBot, worker: Worker
) -> None:
    heard: list[tuple[str, Any, threading.Thread]] = []
    hear = threading.current_thread

    def job(report: Report, _stop: object) -> str:
        report(1)
        return "result"

    worker.progressed.connect(lambda v: heard.append(("progress", v, hear())))
    with qtbot.waitSignal(worker.succeeded) as done:
        worker.start(job)
    assert done.args == ["result"]
    assert heard == [("progress", 1, threading.main_thread())]
    assert not worker.busy


def test_an_exception_is_the_failure(qtbot: QtBot, worker: Worker) -> None:
    error = OSError("no")

    def job(_report: object, _stop: object) -> None:
        raise error

    with qtbot.waitSignal(worker.failed) as failed:
        worker.start(job)
    assert failed.args == [error]


def test_a_new_start_supersedes_the_old(qtbot: QtBot, worker: Worker) -> None:
    go = threading.Event()
    results: list[Any] = []
    worker.succeeded.connect(results.append)

    def slow(_report: object, stop: threading.Event) -> tuple[str, bool]:
        go.wait(10)
        return "old", stop.is_set()

    worker.start(slow)
    with qtbot.waitSignal(worker.succeeded):
        worker.start(lambda _report, _stop: "new")
    go.set()
    worker.close()
    QApplication.processEvents()
    assert results == ["new"]


def test_asking_to_stop_is_heard_by_the_job_and_it_still_reports(
    qtbot: QtBot, worker: Worker
) -> None:
    with qtbot.waitSignal(worker.succeeded) as done:
        worker.start(lambda _report, stop: stop.wait(10))
        worker.ask_to_stop()
    assert done.args == [True]


def test_what_is_said_after_the_end_is_heard_by_nobody(qtbot: QtBot) -> None:
    """Who goes on after the window was destroyed would speak to what is no more."""
    heard: list[object] = []
    said, over = threading.Event(), threading.Event()

    def job(report: Report, _stop: threading.Event) -> None:
        said.wait(10)
        report("late")
        over.set()

    worker = Worker(None, heard.append, heard.append, heard.append)
    worker.start(job)
    worker.close(0.0)
    said.set()
    assert over.wait(10)
    assert not worker._said
    qtbot.wait(1)
    assert heard == []
