"""The window asks its screen how large it may be, and folds what has no place."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go

# opens a window on the screen that the platform plugin was given, and measures it
_OPENS = """
import json
from PySide6.QtCore import QPoint
from tests.unit.wizard.ui.fake_controller import FakeController
from wizard.ui.application import application
from wizard.ui.window import WizardWindow

app = application()
window = WizardWindow(FakeController())
window.show()
for _ in range(20):
    app.processEvents()
room, frame = window.screen().availableGeometry(), window.frameGeometry()
button = window.button("next")
corner = button.mapToGlobal(QPoint(button.width(), button.height()))
print(json.dumps({
    "room": [room.width(), room.height()],
    "inside": room.contains(frame),
    "button": room.contains(corner),
    "size": [window.width(), window.height()],
}))
window.done(0)
"""


@pytest.mark.parametrize(
    ("screen", "scale", "room"),
    [
        ((1920, 1080), "2", [960, 540]),
        ((1366, 768), "2", [683, 384]),
        ((1920, 1080), "1", [1920, 1080]),
    ],
)
def test_the_window_stays_within_its_screen(
    tmp_path: Path, screen: tuple[int, int], scale: str, room: list[int]
) -> None:
    one = {"name": "one", "x": 0, "y": 0, "logicalDpi": 96, "logicalBaseDpi": 96}
    size = {"width": screen[0], "height": screen[1], "dpr": 1}
    (tmp_path / "screens.json").write_text(json.dumps({"screens": [one | size]}))
    environment = os.environ | {
        "QT_SCALE_FACTOR": scale,
        "QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path}/screens.json",
    }
    ran = subprocess.run(
        [sys.executable, "-c", _OPENS], env=environment, capture_output=True, check=True
    )
    seen = json.loads(ran.stdout)
    assert seen["room"] == room
    assert seen["inside"]
    assert seen["button"]
    if room[0] > 1000:
        assert seen["size"] == [960, 680]


def test_where_it_is_narrow_or_low_the_rail_is_one_line(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = open_window(fake)
    go(qtbot, window, "mode")
    assert window.minimumSize() == QSize(640, 400)
    for size, folded in (
        (QSize(960, 680), False),
        (QSize(640, 680), True),
        (QSize(960, 300), True),
        (QSize(800, 600), False),
    ):
        window.setMinimumSize(QSize(0, 0))
        window.resize(size)
        QApplication.processEvents()
        assert window.rail.isVisible() is not folded
        assert window.folded.isVisible() is folded
    total = len(window.rail.steps)
    assert window.folded.button.text() == f"Step 2 of {total}"
    actions = window.folded.menu.actions()
    assert [each.isEnabled() for each in actions[:3]] == [True, False, False]
    actions[0].trigger()
    assert window.page_id() == "welcome"


def test_a_page_alone_has_no_rail_where_it_is_narrow(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(FakeController(found=INSTALLED))
    qtbot.waitUntil(lambda: window.page_id() == "health")
    window.resize(QSize(640, 400))
    QApplication.processEvents()
    assert not window.rail.isVisible()
    assert not window.folded.isVisible()  # "Step 1 of 1" says nothing


def test_a_low_window_scrolls_the_title_with_the_page(
    open_window: Open, fake: FakeController
) -> None:
    window = open_window(fake)
    page = window.shown
    window.resize(960, 680)
    QApplication.processEvents()
    assert not page.content.isAncestorOf(page.title_label)
    window.resize(960, 400)
    QApplication.processEvents()
    assert page.content.isAncestorOf(page.title_label)
