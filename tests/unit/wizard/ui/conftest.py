"""Windows without a screen, on a controller that is a fake."""
# ruff: noqa: N802 - names that pytest-qt gave

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import EXPRESS
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.heard import Heard
from wizard.controller.controller import Controller
from wizard.flow.defaults import Offer, Offers
from wizard.ui import announce
from wizard.ui.application import application
from wizard.ui.window import WizardWindow

Open = Callable[..., WizardWindow]
_MS = 30_000


class Patient(QtBot):
    """Waits longer than pytest-qt's 5 s, in which a busy machine may do one thing."""

    def waitUntil(
        self, callback: Callable[[], bool | None], *, timeout: int = _MS
    ) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(
        self,
        signal: Any,
        *,
        timeout: int = _MS,
        raising: bool | None = None,
        check_params_cb: Callable[..., bool] | None = None,
    ) -> Any:
        return super().waitSignal(
            signal, timeout=timeout, raising=raising, check_params_cb=check_params_cb
        )

    def waitActive(self, widget: QWidget, *, timeout: int = _MS) -> Any:
        return super().waitActive(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    assert qapp
    return Patient(request)


@pytest.fixture
def lettered(qapp: QApplication) -> Iterator[Callable[[float], None]]:
    """Gives the application letters of so many points; what is made then has them."""
    assert qapp
    app = application()
    before = app.font()

    def take(points: float) -> None:
        font = QFont(before)
        font.setPointSizeF(points)
        app.setFont(font)

    yield take
    app.setFont(before)


@pytest.fixture
def fake() -> FakeController:
    return FakeController()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """Records what a screen reader is told."""
    recorder = Heard()
    monkeypatch.setattr(announce, "_raise", recorder.record)
    return recorder


@pytest.fixture
def open_window(qtbot: QtBot, show_window: Open) -> Open:
    """Opens windows on the first page that follows from what is installed."""

    def open_one(*controllers: FakeController, **answers: object) -> WizardWindow:
        window = show_window(*controllers, **answers)
        qtbot.waitUntil(lambda: window.page_id() != "reading")
        return window

    return open_one


@pytest.fixture
def show_window(qtbot: QtBot, fake: FakeController) -> Iterator[Open]:
    """Opens windows, and closes what they started when the test is over."""
    application()
    opened: list[WizardWindow] = []

    def open_one(controller: FakeController = fake, **answers: object) -> WizardWindow:
        offered = tuple(Offer(path, value, "a test") for path, value in answers.items())
        window = WizardWindow(cast("Controller", controller), Offers(offered))
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
