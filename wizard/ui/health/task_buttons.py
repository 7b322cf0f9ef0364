"""What can be done, as buttons in groups side by side where they fit."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAccessible, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from wizard.flow.model import Option
from wizard.flow.pages.health import TaskGroup
from wizard.ui.formatting import mnemonics, say, tip, without_mnemonic
from wizard.ui.health.enter_button import EnterButton
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import column, heading


class TaskButton(EnterButton):
    """Begins one task."""

    def __init__(self, option: Option) -> None:
        super().__init__("")
        self.word(say(option.label), say(option.help))

    def word(self, text: str, help_text: str) -> None:
        """Name it, and say what it does."""
        self.name(text)
        self.setAccessibleDescription(help_text)
        self.setToolTip(tip(help_text))


class Group(QWidget):
    """One group with its heading."""

    accessible_role = QAccessible.Role.Grouping

    def __init__(self, group: TaskGroup, buttons: Mapping[str, TaskButton]) -> None:
        super().__init__()
        self.setAccessibleName(say(group.title))
        place = column(self, heading(group.title), spacing=6)
        for task in group.tasks:
            place.addWidget(buttons[task])
        place.addStretch(1)


class TaskButtons(QWidget):
    """All groups."""

    chosen = Signal(str)  # a task

    def __init__(
        self, groups: tuple[TaskGroup, ...], options: tuple[Option, ...], taken: str
    ) -> None:
        super().__init__()
        self.buttons = {str(each.value): TaskButton(each) for each in options}
        self._taken = taken
        self._groups = [Group(group, self.buttons) for group in groups]
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(palette.GROUP)
        self._columns = 0
        self._spread(1)
        for task, each in self.buttons.items():
            each.clicked.connect(lambda _on=False, task=task: self.chosen.emit(task))
        self.letter()

    def letter(self) -> None:
        """Give each a letter of its own."""
        names = [without_mnemonic(each.text()) for each in self.buttons.values()]
        for each, name in zip(
            self.buttons.values(), mnemonics(names, self._taken), strict=True
        ):
            each.setText(name)

    @property
    def letters(self) -> str:
        """The letters that they answer to."""
        marked = (each.text().partition("&")[2][:1] for each in self.buttons.values())
        return "".join(marked)

    def _spread(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for at, group in enumerate(self._groups):
            self._grid.addWidget(group, at // columns, at % columns)
        for at in range(len(self._groups)):
            self._grid.setColumnStretch(at, 1 if at < columns else 0)
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        each = self._widest + palette.GROUP
        fit = (event.size().width() + palette.GROUP) // each
        self._spread(max(1, min(fit, len(self._groups))))
        super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:
        # how high it is follows from the width
        return QSize(self._widest, self._groups[0].minimumSizeHint().height())

    @property
    def _widest(self) -> int:
        return max(group.minimumSizeHint().width() for group in self._groups)
