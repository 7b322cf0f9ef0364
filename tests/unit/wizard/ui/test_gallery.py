"""The gallery waits as long as something is under way, and no longer."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.fixtures.gallery import guide, rest
from tests.fixtures.gallery.order import STATES, walks_of
from wizard.flow.pages.order import PAGES
from wizard.ui.jobs.worker import Worker


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[Worker]:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    yield (worker := Worker(window))
    worker.close()


def test_each_state_has_a_name_of_its_own_and_each_page_a_state() -> None:
    assert not [name for name, count in Counter(STATES).items() if count > 1]
    assert set(guide.STATES) == {page.id for page in PAGES}
    assert set(guide.STATES.values()) <= set(STATES)


def test_a_part_of_the_states_is_reached_by_the_walks_that_show_them() -> None:
    assert {walk.name for walk in walks_of(["mode-custom"])} == {"mode"}


def test_a_job_is_waited_for_however_long_it_takes(worker: Worker) -> None:
    go, heard = threading.Event(), list[object]()
    worker.succeeded.connect(heard.append)
    worker.start(lambda _report, _stop: go.wait())
    looks = iter(range(100))

    def arrived() -> bool:
        if next(looks, 100) == 99:  # long after any patience with what is at rest
            go.set()
        return bool(heard)

    rest.until(arrived, set)


def test_what_can_not_come_any_more_is_not_waited_for(worker: Worker) -> None:
    heard: list[object] = []
    worker.succeeded.connect(heard.append)
    worker.start(lambda _report, _stop: None)
    with pytest.raises(rest.NeverComesError):
        rest.until(lambda: heard == ["another"], set)
    assert heard == [None]


def test_a_job_that_a_fake_holds_counts_as_at_rest(worker: Worker) -> None:
    go, held = threading.Event(), set[threading.Thread]()

    def job(_report: object, _stop: object) -> None:
        held.add(threading.current_thread())
        go.wait()

    worker.start(job)
    rest.settle(lambda: held)
    assert worker.busy
    go.set()
