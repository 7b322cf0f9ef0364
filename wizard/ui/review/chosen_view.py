"""Everything that was chosen, page by page, each page with a way to change it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from wire.text import Text
from wizard.flow.choices import Choice, PageChoices
from wizard.ui.formatting import say, tr
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import (
    button,
    column,
    empty,
    heading,
    label,
    row,
    stack,
)

_MOST = 8  # values of one answer; a report has them all
_WIDTHS = (36, 44, 20)  # of a name, its value and where that is from


class ChosenView(QWidget):
    """The answers; those of another page than this one are changed there."""

    change = Signal(str)  # the id of the page to change

    def __init__(self) -> None:
        super().__init__()
        self._place = column(self, spacing=palette.GROUP)

    def clear(self) -> None:
        """Show nothing: what is put into what is hidden is laid out once."""
        self.hide()
        empty(self._place)

    def add_group(self, group: PageChoices) -> None:
        """Put the answers of a page below the others."""
        self._place.addWidget(self._group(group))

    def _group(self, group: PageChoices) -> QWidget:
        title = group.page.title
        top = row(heading(title), grows=0)
        if group.asked:
            change = button(tr("Change"), name=tr("Change: {page}", page=title))
            page_id = group.page.id
            change.clicked.connect(lambda: self.change.emit(page_id))
            top.addWidget(change)
        whole = stack(top, _grid(group.choices), spacing=4)
        whole.setAccessibleName(say(title))
        return whole


def _grid(choices: Sequence[Choice]) -> QGridLayout:
    """Lay them out as name, value, where it is from."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    for column_at, stretch in enumerate(_WIDTHS):
        grid.setColumnStretch(column_at, stretch)
    top = Qt.AlignmentFlag.AlignTop
    for at, choice in enumerate(choices):
        grid.addWidget(label(choice.label, muted=True), at, 0, top)
        grid.addWidget(_values(choice), at, 1, top)
        grid.addWidget(label(choice.source, muted=True), at, 2, top)
    return grid


def _values(choice: Choice) -> QWidget:
    shown = [_line(choice, value) for value in choice.values[:_MOST]]
    more = len(choice.values) - len(shown)
    if more > 0:
        text = tr("and {count} more; the report names all", count=more)
        shown.append(label(text, muted=True))
    return stack(*shown, spacing=2)


def _line(choice: Choice, value: Text) -> QLabel:
    text = label(value)
    if choice.exact and value.template == "":
        text.setFont(palette.mono())
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    text.setAccessibleName(tr("{name}: {value}", name=choice.label, value=value))
    return text
