"""Whether one person may use self-service, link by link, with what to do."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from wire.text import EMPTY, Text
from wizard.results import Check
from wizard.ui.formatting import tr
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.labels import column, heading

_WORDS = {
    "ok": Text("Passed"),
    "failed": Text("Stops it"),
    "info": EMPTY,
}
# the answers about the reset say these
_SAID_ABOVE = ("self_service.scope", "self_service.verdict")


class SelfServiceLinks(QWidget):
    """The links before the directory's own answers; hidden where there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = CheckRows(_WORDS)
        column(self, heading(tr("Self-service, step by step")), self.rows)
        self.hide()

    def show_links(self, chain: Sequence[Check]) -> None:
        """Show these in place of the ones before."""
        links = [link for link in chain if link.id not in _SAID_ABOVE]
        self.rows.show_checks(links)
        self.setVisible(bool(links))

    @property
    def text(self) -> str:
        """All of it as text, to copy."""
        return self.rows.text
