"""Codes of answers as links: each opens the guide where it says what the code means."""

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wire.outcomes import Code
from wizard.ui.formatting import tr
from wizard.ui.widgets.flow_layout import FlowLayout
from wizard.ui.widgets.labels import Link, empty


class CodeLinks(QWidget):
    """A link for each code that says no; hidden where there is none."""

    wanted = Signal(str)  # the code

    def __init__(self) -> None:
        super().__init__()
        self._place = FlowLayout(self)
        self.links: dict[str, Link] = {}
        self.hide()

    def show_codes(self, codes: Iterable[str]) -> None:
        """Show these in place of the ones before, each once."""
        known = {code.value for code in Code} - {Code.OK.value}
        shown = [code for code in dict.fromkeys(codes) if code in known]
        if shown == list(self.links):
            return
        empty(self._place)
        self.links = {code: self._link(code) for code in shown}
        for link in self.links.values():
            self._place.addWidget(link)
        self.setVisible(bool(shown))

    def _link(self, code: str) -> Link:
        return Link(tr("What {code} means", code=code), lambda: self.wanted.emit(code))
