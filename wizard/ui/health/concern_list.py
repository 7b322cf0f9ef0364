"""What needs attention, a panel each: what is wrong, and the way out as a button."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wire.text import Text, plural
from wizard.health.concerns import Concern, WayOut
from wizard.ui.formatting import mnemonics, say, without_mnemonic
from wizard.ui.health.enter_button import EnterButton
from wizard.ui.people.code_links import CodeLinks
from wizard.ui.theme import palette
from wizard.ui.theme.icons import Mark, state_word
from wizard.ui.widgets.labels import (
    Panel,
    add,
    column,
    empty,
    heading,
    indented,
    label,
    row,
)

_MOST = 5  # panels; the others are counted
_MARKS = {"failed": "circle-x", "warning": "triangle-alert"}
_BUTTONS: dict[WayOut, Text] = {
    "close_breaker": Text("Close the breaker"),
    "explain": Text("Troubleshoot a person"),
    "options": Text("Check the connections"),
    "permissions": Text("See who and why"),
    "rekey": Text("Make new keys"),
    "repair": Text("Repair"),
    "rotate": Text("Replace now"),
    "writeback": Text("Turn it on"),
}
_DRIFT = Text("Apply the edit")


class ConcernPanel(Panel):
    """One concern."""

    def __init__(self, concern: Concern) -> None:
        super().__init__()
        self.concern = concern
        self.way_out: EnterButton | None = None
        mark = Mark(_MARKS[concern.state], concern.state)
        title = heading(concern.title)
        title.setAccessibleName(f"{state_word(concern.state)}: {say(concern.title)}")
        if concern.way_out:
            self.way_out = EnterButton(say(_name_of(concern)))
        beside = (self.way_out,) if self.way_out else ()
        add(self.column, row(mark, title, *beside, grows=1))
        texts = [concern.detail, "" if concern.way_out else concern.remedy]
        lines = [label(each, muted=True) for each in texts if each]
        if lines:
            add(self.column, indented(*lines))
        self.codes = CodeLinks()
        self.codes.show_codes((concern.code,))
        if concern.code:
            add(self.column, indented(self.codes))

    def name_way_out(self) -> None:
        """Have the button read with what it is about: several may be named alike."""
        if self.way_out is not None:
            spoken = Text(
                "{button}: {concern}",
                button=without_mnemonic(self.way_out.text()),
                concern=self.concern.title,
            )
            self.way_out.setAccessibleName(say(spoken))


def _name_of(concern: Concern) -> Text:
    return _DRIFT if concern.id == "drift" else _BUTTONS[concern.way_out]


class ConcernList(QWidget):
    """All of them, gravest first."""

    chosen = Signal(str)  # the way out
    code_wanted = Signal(str)  # what the guide says of the code of the answers

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Concern, ...] = ()
        self.panels: list[ConcernPanel] = []
        self._place: QVBoxLayout = column(self, spacing=palette.TIGHT)
        self.hide()

    def show_concerns(self, concerns: Sequence[Concern], taken: str) -> None:
        """Show others; the keyboard stays at the button that it was at.

        `taken` are letters that other controls of the window answer to.
        """
        if tuple(concerns) == self._shown:
            return
        self._shown = tuple(concerns)
        at = [panel.concern.id for panel in self.panels if _has_focus(panel)]
        empty(self._place)
        self.panels = [ConcernPanel(each) for each in self._shown[:_MOST]]
        for panel in self.panels:
            self._connect(panel, focused=panel.concern.id in at)
        self._letter(taken)
        add(self._place, *self.panels)
        if rest := len(self._shown) - len(self.panels):
            more = plural("{count} thing more", "{count} things more", rest)
            self._place.addWidget(label(more, muted=True))
        self.setVisible(bool(self._shown))

    def _connect(self, panel: ConcernPanel, *, focused: bool) -> None:
        panel.codes.wanted.connect(self.code_wanted)
        if panel.way_out is None:
            return
        way_out = panel.concern.way_out
        panel.way_out.clicked.connect(lambda: self.chosen.emit(way_out))
        if focused:  # once it is shown
            QTimer.singleShot(0, panel.way_out, panel.way_out.setFocus)

    def _letter(self, taken: str) -> None:
        buttons = [panel.way_out for panel in self.panels if panel.way_out]
        names = mnemonics([each.text() for each in buttons], taken)
        for each, name in zip(buttons, names, strict=True):
            each.name(name)
        for panel in self.panels:
            panel.name_way_out()


def _has_focus(panel: ConcernPanel) -> bool:
    return panel.way_out is not None and panel.way_out.hasFocus()
