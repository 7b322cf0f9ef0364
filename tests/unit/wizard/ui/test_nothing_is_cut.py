"""Every page at every size of window and text: no word is cut, nothing is outside."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QWidget

from tests.fixtures.cut_text import cut
from tests.fixtures.gallery.order import WALKS
from tests.fixtures.gallery.stage import USUAL, Stage
from tests.fixtures.gallery.walk import Walk
from wizard.translation import PSEUDO
from wizard.ui.application import application
from wizard.ui.window import WizardWindow

_SMALL = QSize(640, 400)
# by the points of the text; a page is as wide as its letters were when it was made
_SIZES = {10.0: (_SMALL,), 15.0: (USUAL, _SMALL)}


class Measure:
    """Takes the measure of each state, in windows of several sizes."""

    def __init__(self, folder: Path, points: float) -> None:
        self.points, self.sizes = points, _SIZES[points]
        self.stage = Stage(folder, self, self.sizes[0])
        self.cut: dict[str, str] = {}

    def __call__(self, name: str, shown: QWidget) -> None:
        if not isinstance(shown, WizardWindow):
            self._measure(name, shown)
        elif shown.size() not in (USUAL, _SMALL):
            self._measure(name, shown)  # it is looked at in a size of its own
        else:
            # the size that it has comes first: to lay a page out is what takes time
            for size in sorted(self.sizes, key=lambda each: each != shown.size()):
                shown.resize(size)
                self.stage.settle()
                self._measure(name, shown)

    def _measure(self, name: str, shown: QWidget) -> None:
        # a third more of large letters in a small window may be scrolled to
        sideways = self.points > 10 and shown.width() < USUAL.width()
        for each in cut(shown, sideways=sideways):
            at = f"{name} {shown.width()} x {shown.height()}"
            self.cut.setdefault(each, at)


@pytest.fixture
def measure(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Measure]:
    """Measures with text of so many points, as the desktop's settings make it."""
    app = application()
    before = QGuiApplication.font()
    font = QFont(before)
    font.setPointSizeF(request.param)
    app.setFont(font)
    measure = Measure(tmp_path, request.param)
    yield measure
    measure.stage.close()
    app.setFont(before)


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
@pytest.mark.parametrize("measure", _SIZES, ids="{:.0f}pt".format, indirect=True)
@pytest.mark.usefixtures("qtbot")
def test_nothing_is_cut(
    monkeypatch: pytest.MonkeyPatch, walk: Walk, measure: Measure
) -> None:
    monkeypatch.setenv("LANGUAGE", PSEUDO)

    walk(measure.stage)

    assert not measure.cut
