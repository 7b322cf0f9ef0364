"""Windows without a screen, on a controller that is a fake."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.wizard.answered import EXPRESS
from tests.wizard.ui.fake import FakeController
from wizard.offers import Offer, Offers
from wizard.ui.application import application
from wizard.ui.window import WizardWindow

Open = Callable[..., WizardWindow]


@pytest.fixture
def fake() -> FakeController:
    return FakeController()


@pytest.fixture
def open_window(qtbot: QtBot, fake: FakeController) -> Iterator[Open]:
    """Opens windows, and closes what they started when the test is over."""
    application()
    opened: list[WizardWindow] = []

    def open_one(controller: FakeController = fake, **answers: object) -> WizardWindow:
        offered = tuple(Offer(path, value, "a test") for path, value in answers.items())
        window = WizardWindow(controller, Offers(offered))
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        opened.append(window)
        return window

    yield open_one
    fake.go.set()
    for window in opened:
        window.done(0)


@pytest.fixture
def offered() -> dict[str, object]:
    """Every answer of an Express installation, found already."""
    return {path: value for path, value in EXPRESS.items() if path != "mode"}
