"""Announcements: what happens by itself, told to a screen reader."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from wizard.ui.formatting import say

_POLITENESS = QAccessible.AnnouncementPoliteness


def announce(source: QWidget, text: str, *, urgent: bool = False) -> None:
    """Have a screen reader say a text, wherever the keyboard is.

    For what changes without a key pressed there: a check that ends, a change made,
    what was copied. What comes by moving the keyboard is read by itself.

    The event is Qt's of 6.8, the oldest that the package allows; before it only a
    window's name that changes was read, so there is no way for an older Qt. Where no
    screen reader listens, nothing happens.

    Args:
        source: a widget of the window that the text is about; the window itself is
            what the event comes from, as a widget may be gone when it is read.
        text: a `Text`, or what was put into words; empty is said by nobody.
        urgent: interrupts what is being read: for a refusal, a failure, a roll-back.
            Else it waits until the reader is silent.

    """
    words = say(text)
    if not words:
        return
    event = QAccessibleAnnouncementEvent(source.window(), words)
    event.setPoliteness(_POLITENESS.Assertive if urgent else _POLITENESS.Polite)
    _raise(event)


def _raise(event: QAccessibleAnnouncementEvent) -> None:
    QAccessible.updateAccessibility(event)
