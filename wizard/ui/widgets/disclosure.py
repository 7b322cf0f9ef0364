"""More options: what is seldom asked, folded until somebody or a check asks for it."""

from functools import cache

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleStateChangeEvent
from PySide6.QtWidgets import QAccessibleWidget, QToolButton, QWidget

from wire.text import listed
from wizard.ui.formatting import tr
from wizard.ui.theme import palette
from wizard.ui.theme.icons import icon
from wizard.ui.widgets.field_box import FieldBox
from wizard.ui.widgets.labels import column, label, row


class DisclosureButton(QToolButton):
    """Opens and folds what is below it; screen readers say which it is now."""

    turned = Signal(bool)  # it is open, or folded

    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened = False
        self.setText(text)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setAccessibleName(text)
        self.clicked.connect(lambda: self.turn(opened=not self.opened))
        self.spoken: QAccessibleInterface | None = None  # Qt keeps no hold of it
        self._draw()

    def turn(self, *, opened: bool) -> None:
        """Open it, or fold it."""
        if opened == self.opened:
            return
        self.opened = opened
        self._draw()
        self.turned.emit(opened)
        state = QAccessible.State()
        state.expanded = True  # it is another than before
        QAccessible.updateAccessibility(QAccessibleStateChangeEvent(self, state))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        ink = palette.inks(self.palette()).muted
        folded = "chevron-left" if self.isRightToLeft() else "chevron-right"
        self.setIcon(icon("chevron-down" if self.opened else folded, ink))


class _Spoken(QAccessibleWidget):
    """The button for a screen reader: it can be expanded, and is or is not."""

    def state(self) -> QAccessible.State:
        state, button = super().state(), self.object()
        state.expandable = True
        opened = isinstance(button, DisclosureButton) and button.opened
        state.expanded, state.collapsed = opened, not opened
        return state


def _interface(_key: str, each: QObject) -> QAccessibleInterface | None:
    if not isinstance(each, DisclosureButton):
        return None
    each.spoken = _Spoken(each, QAccessible.Role.Button)
    return each.spoken


@cache
def _have_it_spoken() -> None:
    QAccessible.installFactory(_interface)


class Disclosure(QWidget):
    """Fields that are folded; closed, it names those of them that are answered.

    It opens by itself where a problem or a check asks for one of its fields, and where
    one of them is answered from elsewhere.
    """

    def __init__(self) -> None:
        super().__init__()
        _have_it_spoken()
        self.boxes: list[FieldBox] = []
        self.button = DisclosureButton(tr("More options"))
        self.button.turned.connect(self._turned)
        self.answered = label(muted=True)
        self.body = QWidget()
        self.place = column(self.body, spacing=palette.GROUP)
        self.place.setContentsMargins(palette.FRAME, 0, 0, 0)
        top = row(self.button, self.answered, grows=1)
        column(self, top, self.body)
        self.body.hide()

    def add(self, field_box: FieldBox) -> None:
        """Put a field into it."""
        self.boxes.append(field_box)
        self.place.addWidget(field_box)
        field_box.wanted.connect(self.open)
        field_box.changed.connect(self.open)

    @property
    def opened(self) -> bool:
        """Whether its fields can be seen."""
        return self.button.opened

    def open(self) -> None:
        """Show what is in it."""
        self.button.turn(opened=True)

    def arrange(self) -> None:
        """Name what is answered in it; hidden where nothing in it is asked."""
        shown = [each for each in self.boxes if not each.isHidden()]
        self.setVisible(bool(shown))
        named = [each.field.label for each in shown if each.differs()]
        text = tr("Set: {names}", names=listed(named, ", ")) if named else ""
        self.answered.setText(text)
        self.answered.setVisible(bool(text) and not self.opened)
        self.button.setAccessibleDescription(text)

    def _turned(self, opened: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.body.setVisible(opened)
        self.arrange()
