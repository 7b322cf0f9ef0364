"""What a screen reader would have said: every announcement, in its order."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent


class Heard:
    """Records announcements in place of the bridge to a screen reader.

    Attributes:
        polite: those that wait until the reader is silent.
        urgent: those that interrupt it.
        all: both, in their order.

    """

    def __init__(self) -> None:
        self.all: list[str] = []
        self.polite: list[str] = []
        self.urgent: list[str] = []

    def record(self, event: QAccessibleAnnouncementEvent) -> None:
        polite = event.politeness() == QAccessible.AnnouncementPoliteness.Polite
        self.all.append(event.message())
        (self.polite if polite else self.urgent).append(event.message())

    def any(self, *words: str) -> bool:
        """Whether one announcement holds all these words."""
        return any(all(word in text for word in words) for text in self.all)
