"""Announcements reach the reader as they were meant."""

from unittest.mock import Mock

import pytest
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.heard import Heard
from wire.text import Text
from wizard.ui.announce import announce


@pytest.fixture
def widget(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_text_is_said_in_words(widget: QWidget, heard: Heard) -> None:
    announce(widget, Text("{count} rows", count=1200))

    assert heard.polite == ["1\u202f200 rows"]


def test_urgent_text_interrupts(widget: QWidget, heard: Heard) -> None:
    announce(widget, "Refused", urgent=True)

    assert (heard.polite, heard.urgent) == ([], ["Refused"])


def test_nothing_is_said_for_an_empty_text(widget: QWidget, heard: Heard) -> None:
    announce(widget, "")

    assert not heard.all


def test_what_a_peer_sent_is_made_printable(widget: QWidget, heard: Heard) -> None:
    announce(widget, "\x1b[2Jall is well")

    assert "\x1b" not in heard.all[0]


def test_event_goes_to_qt_and_comes_from_the_window(
    widget: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = Mock()
    monkeypatch.setattr(QAccessible, "updateAccessibility", update)

    announce(QLabel(parent=widget), "Done")

    event: QAccessibleAnnouncementEvent = update.call_args.args[0]
    assert (event.message(), event.object()) == ("Done", widget)
