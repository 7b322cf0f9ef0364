"""Checks as rows: what was tried, what came back, what to do, details below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from wire.text import plural
from wizard.ui.formatting import duration, say, tr
from wizard.ui.theme import palette
from wizard.ui.theme.icons import state_mark, state_word
from wizard.ui.widgets.labels import (
    InkLabel,
    add,
    button,
    column,
    empty,
    indented,
    label,
    row,
)
from wizard.ui.widgets.plain_text import height_of_lines

if TYPE_CHECKING:
    from wizard.results import Check

Words = Mapping[str, str]
MOST = 12  # rows; each takes a millisecond to be drawn
_LINES = 10  # of details, before they scroll
_BAD = ("failed", "warning")


class CheckRow(QWidget):
    """One check: a line when it passed, with its remedy when it did not."""

    accessible_role = QAccessible.Role.ListItem

    def __init__(self, check: Check, words: Words) -> None:
        super().__init__()
        self.check = check
        self._word = _word(check, words)
        place = column(self, self._first(), spacing=2)
        if check.detail:
            place.addWidget(indented(label(check.detail, muted=check.state == "ok")))
        if check.remedy and check.state != "ok":
            text = tr("What to do: {remedy}", remedy=check.remedy)
            place.addWidget(indented(label(text)))
        if check.more:
            self._details(place)
        self.setAccessibleName(spoken(check, self._word))

    def _first(self) -> QHBoxLayout:
        check = self.check
        word = InkLabel(self._word, check.state)
        word.setWordWrap(False)
        time = label(duration(check.ms) if check.ms else "", muted=True, wrap=False)
        title = label(check.title, wrap=False)
        return row(state_mark(check.state), title, word, time)

    def _details(self, place: QVBoxLayout) -> None:
        self.details = QPlainTextEdit(self.check.more)
        self.details.setReadOnly(True)
        self.details.setFont(palette.mono())
        self.details.setFixedHeight(height_of_lines(self.details, _LINES))
        self.details.setAccessibleName(tr("Details"))
        self.details.setTabChangesFocus(True)
        self.details.hide()
        name = tr("Details of {title}", title=self.check.title)
        self.opener = button(tr("Details"), name=name)
        self.opener.setCheckable(True)
        self.opener.toggled.connect(self.details.setVisible)
        add(place, indented(row(self.opener)), indented(self.details))


def spoken(check: Check, word: str) -> str:
    """Give a check as one line, for screen readers and the clipboard."""
    first = tr("{title}: {state}", title=check.title, state=word)
    parts = (first, say(check.detail), say(check.remedy))
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def _word(check: Check, words: Words) -> str:
    return say(words[check.state]) if check.state in words else state_word(check.state)


class CheckRows(QWidget):
    """A list of checks; `words` call the states, where not as for any check.

    Of very many, such as those of a hundred controllers, it draws what needs a look
    first, and says how many more there are.
    """

    accessible_role = QAccessible.Role.List

    def __init__(self, words: Words | None = None) -> None:
        super().__init__()
        self._words = words or {}
        self.checks: tuple[Check, ...] = ()
        self.rows: list[CheckRow] = []
        self._place = column(self, spacing=10)
        self.more = ""
        self.setAccessibleName(tr("Results"))
        self.hide()

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Show these checks in place of the ones before."""
        self.hide()  # what is put into what is hidden is laid out once
        empty(self._place)
        self.checks = tuple(checks)
        self.rows = [CheckRow(check, self._words) for check in _drawn(self.checks)]
        for check_row in self.rows:
            self._place.addWidget(check_row, 0, Qt.AlignmentFlag.AlignTop)
        self.more = _more(len(self.checks) - len(self.rows))
        if self.more:
            self._place.addWidget(label(self.more, muted=True))
        self.setVisible(bool(checks))

    @property
    def text(self) -> str:
        """All of it as text, to copy."""
        return text_of(self.checks, self._words)


def _drawn(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Choose the checks to be drawn, in their order: those to be looked at first."""
    if len(checks) <= MOST:
        return checks
    bad = [at for at, check in enumerate(checks) if check.state in _BAD]
    good = [at for at, check in enumerate(checks) if check.state not in _BAD]
    return tuple(checks[at] for at in sorted((*bad, *good)[:MOST]))


def _more(count: int) -> str:
    more = plural(
        "{count} more check is not shown: what needs a look comes first.",
        "{count} more checks are not shown: what needs a look comes first.",
        count,
    )
    return say(more) if count else ""


def text_of(checks: Sequence[Check], words: Words | None = None) -> str:
    """Give checks as text, to copy."""
    return "\n".join(
        f"{spoken(check, _word(check, words or {}))}\n{check.more}".rstrip()
        for check in checks
    )
