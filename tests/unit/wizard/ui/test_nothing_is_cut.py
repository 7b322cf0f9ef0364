"""Every page at every size of window and text: no word is cut, nothing is outside."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from tests.fixtures import gallery
from tests.fixtures.cut_text import cut
from wizard.translation import PSEUDO
from wizard.ui.application import application

_SMALL, _USUAL = QSize(640, 400), QSize(960, 680)


class Measure(gallery.Gallery):
    """Walks the journeys of the gallery and measures in place of taking pictures."""

    quiet_s = 0.03

    def __init__(self, folder: Path, size: QSize, *, sideways: bool) -> None:
        super().__init__(folder, size)
        self.sideways = sideways
        self.cut: dict[str, str] = {}
        self.seen = 0
        self.windows = set[QWidget]()  # or they go whenever Python likes

    def shoot(self, shown: QWidget, name: str) -> None:
        self.settle()
        self.windows.add(shown)
        self.seen += 1
        for each in cut(shown, sideways=self.sideways):
            self.cut.setdefault(each, name)


@pytest.fixture
def points(request: pytest.FixtureRequest) -> Iterator[float]:
    """Text of so many points, as the desktop's settings make it."""
    app = application()
    before = QGuiApplication.font()
    font = QFont(before)
    font.setPointSizeF(request.param)
    app.setFont(font)
    yield request.param
    app.setFont(before)


@pytest.mark.parametrize("part", gallery.PARTS.split())
@pytest.mark.parametrize(
    ("points", "size"),
    [(10.0, _SMALL), (15.0, _SMALL), (15.0, _USUAL)],
    ids=["small", "small-15pt", "usual-15pt"],
    indirect=["points"],
)
@pytest.mark.usefixtures("qtbot")
def test_nothing_is_cut(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    size: QSize,
    points: float,
) -> None:
    monkeypatch.setenv("LANGUAGE", PSEUDO)
    # a third more of large letters in the smallest window may be scrolled to
    measure = Measure(tmp_path, size, sideways=points > 10 and size == _SMALL)
    try:
        getattr(measure, part)()
    finally:
        for window in measure.windows:
            if isValid(window):
                window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QApplication.processEvents()
    assert measure.seen
    assert not measure.cut, f"{points} pt"
