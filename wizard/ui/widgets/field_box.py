"""One question on a page: label, editor, help or source, and what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from wire.failure import sentence
from wizard.flow.model import Answers, Field
from wizard.flow.validation import typing_problems
from wizard.ui.formatting import say, tr, without_mnemonic
from wizard.ui.theme.icons import Mark
from wizard.ui.widgets.editors import editor
from wizard.ui.widgets.labels import InkLabel, add, column, heading, label, row

_UNLABELLED = ("check", "switch", "cards")
_TICKED, _GROUPS = ("check", "switch"), ("choice", "cards", "several", "certificate")


class ProblemLine(QWidget):
    """What is wrong with an answer, beside its field; hidden while nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self.label = InkLabel("", "failed")
        self.setLayout(row(Mark("circle-x", "failed"), self.label, grows=1))
        self.hide()

    @property
    def text(self) -> str:
        """What is told."""
        return self.label.text()

    def tell(self, text: str) -> None:
        """Tell something; empty for nothing."""
        self.label.setText(text)
        self.setVisible(bool(text))


class FieldBox(QWidget):
    """A field of the flow, drawn."""

    changed = Signal()  # the answer is another
    wanted = Signal()  # a problem or a check is about it: it is to be seen

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.editor: Any = editor(field)
        default = field.default
        self.usual: Any = default() if callable(default) else default
        self._asked = say(field.label)
        self._optional = tr("{label} (optional)", label=field.label)
        # what is shown; setting it anew would lay out the page again
        self._named = self._source = ""
        self.label, self.wrong = QLabel(self._asked), ProblemLine()
        self.label.setWordWrap(True)
        self._build()
        self.editor.changed.connect(self._edited)

    def _build(self) -> None:
        field, place = self.field, column(self, spacing=4)
        if field.under:
            place.addWidget(heading(field.under, above=8))
        if field.kind not in _UNLABELLED:
            place.addWidget(self.label)
            self.label.setBuddy(self._spoken)
        self.help = label(field.help, muted=True)
        add(place, self.editor, self.help, self.wrong)
        self.help.setVisible(bool(field.help) and field.kind not in _UNLABELLED)
        self.name(self._asked)

    def name(self, text: str) -> None:
        """Name the field, with its mnemonic, for the eye and for screen readers."""
        if text == self._named:
            return
        self._named = text
        self.label.setText(text)
        if self.field.kind in _TICKED:
            self.editor.check_box.setText(text)
        self._spoken.setAccessibleName(without_mnemonic(text))
        self._describe()

    @property
    def _spoken(self) -> QWidget:
        """What the question is read with: a group, or the one control there is."""
        if self.field.kind in _GROUPS:
            return cast("QWidget", self.editor)
        return cast("QWidget", self.editor.focus_widget())

    def question(self, *, optional: bool) -> str:
        """Give the question in words, with its mark where it may stay empty."""
        several = self.field.kind == "several"  # none is an answer
        return self._optional if optional and not several else self._asked

    def say_source(self, source: str) -> None:
        """Say where the offered answer is from."""
        if source == self._source:
            return
        self._source = source
        text = say(sentence(source))
        together = f"{say(self.field.help)} {text}".strip()
        self.help.setText(together)
        shown = bool(together) and self.field.kind not in _UNLABELLED
        self.help.setVisible(shown)
        self._describe()

    def value(self) -> Any:
        return self.editor.value()

    def differs(self) -> bool:
        """Say whether the answer is another than the common one."""
        return (self.value() or None) != (self.usual or None)

    def set_value(self, value: Any) -> None:
        """Show a value; it is no edit, so `changed` stays silent."""
        with QSignalBlocker(self.editor):
            self.editor.set_value(value)

    def show_problem(self, message: str) -> None:
        """Tell what is wrong beside the field, empty for nothing."""
        self.wrong.tell(say(sentence(message)))
        self._describe()
        if message:
            self.wanted.emit()

    @property
    def problem(self) -> str:
        """What is wrong, with the name of the field; empty where nothing is."""
        name, wrong = self._spoken.accessibleName(), self.wrong.text
        return tr("{field}: {problem}", field=name, problem=wrong) if wrong else ""

    def focus(self) -> None:
        """Go to the field."""
        self.wanted.emit()
        widget = self.editor.focus_widget()
        widget.setFocus()
        if isinstance(widget, QLineEdit):
            widget.selectAll()

    def _describe(self) -> None:
        parts = [part for part in (self.wrong.text, self.help.text()) if part]
        self._spoken.setAccessibleDescription(" ".join(parts))

    def _edited(self) -> None:
        self.show_problem("")
        self.changed.emit()


def complete_answers(
    fields: Sequence[Field], field_boxes: Mapping[str, FieldBox]
) -> Answers | None:
    """Give the answers; None where one is missing or wrong, told beside its field."""
    answers = Answers(
        {path: field_box.value() for path, field_box in field_boxes.items()}
    )
    wrong = {each.path: each.rule for each in typing_problems(fields, answers)}
    for path, field_box in field_boxes.items():
        field_box.show_problem(wrong.get(path, ""))
    if not wrong:
        return answers
    field_boxes[next(path for path in field_boxes if path in wrong)].focus()
    return None
