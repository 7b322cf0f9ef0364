"""People as a table: name, sign-in name, OU and cause, in the order they were met."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QGuiApplication, QIcon

from agent.verdict.causes import CAUSES
from agent.verdict.verdict import State, Verdict
from wire.operation import Operation
from wire.printable import printable
from wire.text import Text
from wizard.permissions.coverage import PersonVerdict
from wizard.translation import language
from wizard.ui.formatting import line, say, tip, tr
from wizard.ui.presenters.help_desk import Case, container_of
from wizard.ui.presenters.other_operations import RESET_WORKS, Key, keys_of, title_of
from wizard.ui.theme import palette
from wizard.ui.theme.icons import icon

ROLE = Qt.ItemDataRole
Index = QModelIndex | QPersistentModelIndex
# of those who can't be reset, and again of those who can; a file has them all
MOST_KEPT = 20_000
MARKS = {
    State.YES: ("circle-check", "ok"),
    State.NO: ("circle-x", "failed"),
    State.UNKNOWN: ("triangle-alert", "warning"),
}


class Column(IntEnum):
    """What a row says, from its beginning."""

    NAME = 0
    SIGN_IN = 1
    OU = 2
    CAUSE = 3


_TITLES = Text("Name"), Text("Sign-in name"), Text("OU"), Text("Cause")


def title(column: int) -> str:
    """Name a column."""
    return say(_TITLES[column])


@dataclass(frozen=True, slots=True)
class Row:
    """One person as listed."""

    case: Case
    keys: tuple[Key, ...]
    cells: tuple[str, ...]

    @property
    def works(self) -> bool:
        """Whether a reset would work; another operation may not."""
        return self.keys[0] == RESET_WORKS


def plain(text: str) -> str:
    """Give a text as it is searched and sorted: without case and accents."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return text.casefold()


def row_of(judged: PersonVerdict) -> Row:
    """Make the row of a person who was checked."""
    verdict = judged.verdict
    name = judged.name or judged.sam or verdict.dn
    sign_in = judged.sign_in_name or judged.sam
    keys = tuple(keys_of(verdict))
    container, cause = container_of(verdict.dn), _cause(keys)
    cells = (printable(name), printable(sign_in), printable(container), cause)
    return Row(Case(name, sign_in, verdict), keys, cells)


def _cause(keys: tuple[Key, ...]) -> str:
    """Name what stops a person: the cause of the reset, else that of the others."""
    return _cause_in(keys, language())


@lru_cache(maxsize=256)
def _cause_in(keys: tuple[Key, ...], _language: str) -> str:
    of_reset = keys[0][1]
    if keys[0] != RESET_WORKS:
        return say(CAUSES[of_reset].title)
    return "; ".join(say(title_of(key)) for key in keys[1:]) or say(title_of(keys[0]))


class PeopleModel(QAbstractTableModel):
    """Keeps people as they are met, within bounds; nothing of it is edited.

    Beside the rows stand what they are sorted by, column by column, what is searched
    in, and whether a reset works.
    """

    def __init__(self) -> None:
        super().__init__()
        self._clear()

    def _clear(self) -> None:
        self.rows: list[Row] = []
        self.ranks: tuple[list[str], ...] = tuple([] for _ in Column)
        self.sought: list[str] = []
        self.works: list[bool] = []
        self._kept = {True: 0, False: 0}
        self.left_out = 0

    def forget(self) -> None:
        """Begin anew."""
        self.beginResetModel()
        self._clear()
        self.endResetModel()

    def take(self, people: Iterable[PersonVerdict]) -> None:
        """Add some more people."""
        new = [row for row in map(row_of, people) if self._is_kept(row)]
        if not new:
            return
        at = len(self.rows)
        self.beginInsertRows(QModelIndex(), at, at + len(new) - 1)
        for row in new:
            self._keep(row)
        self.endInsertRows()

    def _keep(self, row: Row) -> None:
        ranks = tuple(map(plain, row.cells))
        for column, rank in zip(self.ranks, ranks, strict=True):
            column.append(rank)
        self.sought.append("\n".join(ranks))
        self.works.append(row.works)
        self.rows.append(row)

    def _is_kept(self, row: Row) -> bool:
        if self._kept[row.works] >= MOST_KEPT:
            self.left_out += 1
            return False
        self._kept[row.works] += 1
        return True

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent and parent.isValid() else len(self.rows)

    def columnCount(self, _parent: Index | None = None) -> int:
        return len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = ROLE.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == ROLE.DisplayRole:
            return title(section)
        return None

    def data(self, index: Index, role: int = ROLE.DisplayRole) -> Any:
        return self.at(index.row(), index.column(), role)

    def at(self, place: int, column: int, role: int) -> Any:
        """Give what a cell has for a role."""
        row = self.rows[place]
        if role == ROLE.DisplayRole:
            return line(row.cells[column])
        if role == ROLE.ToolTipRole:
            where = row.case.verdict.dn
            return tip(where if column == Column.OU else row.cells[column])
        if role == ROLE.AccessibleTextRole:
            return _spoken(row, column)
        if role == ROLE.DecorationRole and column == Column.CAUSE:
            return _mark(row.case.verdict, row.keys)
        return None


def _spoken(row: Row, column: int) -> str:
    name, *_, cause = row.cells
    if column == Column.NAME:
        return tr("{name}: {cause}", name=name, cause=cause)
    return tr("{title}: {word}", title=title(column), word=row.cells[column])


def _mark(verdict: Verdict, keys: tuple[Key, ...]) -> QIcon:
    operation = keys[0][0] if len(keys) == 1 else keys[-1][0]
    shown = verdict.of(operation if keys[0] == RESET_WORKS else Operation.RESET)
    name, ink = MARKS[shown.state]
    return _icon(name, getattr(palette.inks(QGuiApplication.palette()), ink))


@lru_cache(maxsize=16)
def _icon(name: str, colour: str) -> QIcon:
    return icon(name, colour)
