"""What is garbage is collected in the GUI thread, and in no other."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from wizard.ui.jobs.garbage import GarbageCollector


class Cycle:
    """Garbage that only a collector finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def _collected() -> Iterator[None]:
    parent = QObject()
    collector = GarbageCollector(parent)
    yield
    del collector, parent


@pytest.mark.usefixtures("_collected")
def test_a_worker_that_allocates_collects_nothing_and_the_gui_thread_does(
    qtbot: QtBot,
) -> None:
    threads: list[int] = []
    weakref.finalize(Cycle(), lambda: threads.append(threading.get_ident()))

    def allocate() -> None:
        for _ in range(20):
            assert [[] for _ in range(gc.get_threshold()[0])]

    worker = threading.Thread(target=allocate)
    worker.start()
    worker.join()
    kept: list[list[int]] = [[] for _ in range(2 * gc.get_threshold()[0])]
    assert kept
    assert threads == []
    qtbot.waitUntil(lambda: threads != [])
    assert threads == [threading.get_ident()]
