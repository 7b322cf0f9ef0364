"""Every page at every size of window and text: no word is cut, nothing is outside.

That each of these words has a source is tested in the pseudo-language, and that each
source has its words in the tests of the catalogs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QWidget

from tests.fixtures.cut_text import cut
from tests.fixtures.gallery.order import WALKS
from tests.fixtures.gallery.stage import USUAL, Stage
from tests.fixtures.gallery.walk import Walk
from wizard.translation import ENGLISH, PSEUDO, available
from wizard.ui.application import application
from wizard.ui.window import WizardWindow

_SMALL = QSize(640, 400)
# what a screen of 1920 x 1080 has room for at 200 %, below a title and above a task
# bar: a window is laid out in the same units there, and has half as many of them
_DOUBLED = QSize(960, 500)


@dataclass(frozen=True)
class Look:
    """One way to look.

    Attributes:
        language: of the words.
        points: of the text; a page is as wide as its letters were when it was made.
        sizes: of the window, that of the first page first.

    """

    language: str
    points: float
    sizes: tuple[QSize, ...]

    def __str__(self) -> str:
        return f"{self.language}-{self.points:.0f}pt"


_CHOOSABLE = (each.code for each in available() if each.code != ENGLISH)
_WHOLE = {each: Look(each, 10, (USUAL, _DOUBLED)) for each in _CHOOSABLE}
_LOOKS = (
    Look(PSEUDO, 10, (_SMALL,)),
    Look(PSEUDO, 15, (USUAL, _SMALL)),
    _WHOLE.pop("de"),
    # half a minute each, for words that are shorter than German's
    *(pytest.param(each, marks=pytest.mark.slow) for each in _WHOLE.values()),
)


class Measure:
    """Takes the measure of each state, in windows of several sizes."""

    def __init__(self, folder: Path, look: Look) -> None:
        self.look, self.sizes = look, look.sizes
        self.stage = Stage(folder, self, self.sizes[0])
        self.cut: dict[str, str] = {}

    def __call__(self, name: str, shown: QWidget) -> None:
        if not isinstance(shown, WizardWindow):
            self._measure(name, shown)
        elif shown.size() not in (USUAL, *self.sizes):
            self._measure(name, shown)  # it is looked at in a size of its own
        else:
            # the size that it has comes first: to lay a page out is what takes time
            for size in sorted(self.sizes, key=lambda each: each != shown.size()):
                shown.resize(size)
                self.stage.settle()
                self._measure(name, shown)

    def _measure(self, name: str, shown: QWidget) -> None:
        # a third more of large letters in a small window may be scrolled to
        sideways = self.look.points > 10 and shown.width() < USUAL.width()
        for each in cut(shown, sideways=sideways):
            at = f"{name} {shown.width()} x {shown.height()}"
            self.cut.setdefault(each, at)


@pytest.fixture
def measure(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Measure]:
    """Measures with words and letters as the desktop's settings make them."""
    look: Look = request.param
    monkeypatch.setenv("LANGUAGE", look.language)
    app = application()
    before = QGuiApplication.font()
    font = QFont(before)
    font.setPointSizeF(look.points)
    app.setFont(font)
    measure = Measure(tmp_path, look)
    yield measure
    measure.stage.close()
    app.setFont(before)


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
@pytest.mark.parametrize("measure", _LOOKS, ids=str, indirect=True)
@pytest.mark.usefixtures("qtbot")
def test_nothing_is_cut(walk: Walk, measure: Measure) -> None:
    walk(measure.stage)

    assert not measure.cut
