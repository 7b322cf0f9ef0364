"""The board of domain controllers as data: a row for each, whatever is known of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QIcon

from agent.config.settings import DomainController
from wire.text import Text, plural, verbatim
from wizard.checks.controller_facts import Cell, ControllerFacts
from wizard.ui.formatting import duration, line, say, tip, tr
from wizard.ui.theme import palette
from wizard.ui.theme.icons import STATES, icon

ROLE = Qt.ItemDataRole
_Index = QModelIndex | QPersistentModelIndex
_NOTHING = verbatim("–")


class Column(IntEnum):
    """What a row tells, from left to right."""

    HOST = 0
    STATE = 1
    CERTIFICATE = 2
    TLS = 3
    HINTS = 4
    CLOCK = 5
    ANSWER = 6


_CELLS = {
    Column.CERTIFICATE: "certificate",
    Column.TLS: "TLS",
    Column.HINTS: "policy hints",
    Column.CLOCK: "clock",
}


def titles() -> tuple[str, ...]:
    """Name the columns."""
    return (
        *(tr("Controller"), tr("State"), tr("Certificate"), tr("TLS")),
        *(tr("Policy hints"), tr("Clock"), tr("Answer")),
    )


@dataclass
class Row:
    """One controller: as it is typed, whether the agent uses it, what is known of it.

    One that is not used is named by DNS alone.
    """

    host: str
    address: str = ""
    used: bool = True
    facts: ControllerFacts | None = None
    asked: bool = False  # it was asked as it stands here, or is now

    @property
    def controller(self) -> DomainController:
        """The controller as typed; the rules for it are told by the page."""
        return DomainController.model_construct(
            host=self.host, address=self.address or None
        )

    @property
    def sound(self) -> bool:
        """Whether name and address keep the rules, so that it can be asked."""
        try:
            DomainController(host=self.host, address=self.address or None)
        except ValidationError:
            return False
        return True

    @property
    def doing(self) -> bool:
        """Whether it is being asked."""
        return self.asked and (self.facts is None or bool(self.facts.doing))

    @property
    def state(self) -> str:
        """How it is to be taken, by the names of a check's states; or that it waits."""
        if not self.sound:
            return "failed" if self.host else "waiting"
        if not self.asked:
            return "waiting"
        if self.doing or self.facts is None:
            return "doing"
        return self.facts.state if self.used else "info"


class ControllerModel(QAbstractTableModel):
    """Rows of controllers; what the person edits, and what was found of each."""

    edited = Signal()  # the list is another

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.domain = ""

    @property
    def controllers(self) -> tuple[DomainController, ...]:
        """Those that the agent is to use, in order."""
        return tuple(row.controller for row in self.rows if row.used and row.host)

    @property
    def pending(self) -> tuple[DomainController, ...]:
        """Those that can be asked and were not."""
        return tuple(
            row.controller
            for row in self.rows
            if row.used and row.sound and not row.asked
        )

    @property
    def facts(self) -> tuple[ControllerFacts, ...]:
        """What is known by now."""
        return tuple(r.facts for r in self.rows if r.facts and not r.doing)

    def show_controllers(self, controllers: Iterable[DomainController]) -> None:
        """Take another list; what is known of those that stay is kept."""
        known = {_key(row.host, row.address): row for row in self.rows}
        used = [
            known.get(_key(each.host, each.address or ""))
            or Row(each.host, each.address or "")
            for each in controllers
        ]
        for row in used:
            row.used = True
        hosts = {row.host.casefold() for row in used}
        others = [r for r in self.rows if not r.used and r.host.casefold() not in hosts]
        self.beginResetModel()
        self.rows = [*used, *others]
        self.endResetModel()

    def begin(self, controllers: Iterable[DomainController]) -> None:
        """Say that these are being asked now."""
        hosts = {each.host.casefold() for each in controllers}
        for at, row in enumerate(self.rows):
            if row.host.casefold() in hosts:
                row.asked = True
                self._redraw(at)

    def forget(self) -> None:
        """Know nothing of them any more: they are to be asked anew."""
        self.beginResetModel()
        self.rows = [Row(row.host, row.address) for row in self.rows if row.used]
        self.endResetModel()

    def give_up(self) -> None:
        """Say that those which were being asked were not: it was stopped."""
        for at, row in enumerate(self.rows):
            if row.doing:
                row.asked, row.facts = False, None
                self._redraw(at)

    def take(self, found: Iterable[ControllerFacts]) -> None:
        """Show what was found; one that only DNS names gets a row below the others."""
        places = {row.host.casefold(): at for at, row in enumerate(self.rows)}
        for facts in found:
            at = places.get(facts.host.casefold())
            if at is not None:
                row = self.rows[at]
                if row.used or facts.source == "DNS SRV":
                    row.facts, row.asked = facts, True
                    self._redraw(at)
            elif facts.source == "DNS SRV":
                self._insert(Row(facts.host, used=False, facts=facts, asked=True))

    def add(self) -> int:
        """Begin a row to type in; give its place."""
        at = sum(row.used for row in self.rows)
        self._insert(Row(""), at)
        return at

    def use(self, at: int) -> int:
        """Have the agent use one that DNS names; give its place."""
        row = self.rows[at]
        last = sum(each.used for each in self.rows)
        self.beginResetModel()
        self.rows.remove(row)
        self.rows.insert(last, Row(row.host, row.address))
        self.endResetModel()
        self.edited.emit()
        return last

    def remove(self, at: int) -> None:
        """Take one out of the list; DNS may name it again."""
        self.beginRemoveRows(QModelIndex(), at, at)
        del self.rows[at]
        self.endRemoveRows()
        self.edited.emit()

    def raise_row(self, at: int) -> int:
        """Have one asked before the one above it; give its place."""
        if not 0 < at < sum(row.used for row in self.rows):
            return at
        self.beginResetModel()
        self.rows[at - 1], self.rows[at] = self.rows[at], self.rows[at - 1]
        self.endResetModel()
        self.edited.emit()
        return at - 1

    def set_address(self, at: int, address: str) -> None:
        """Say where one is reached, instead of asking DNS."""
        row = self.rows[at]
        if row.address != address:
            self.rows[at] = Row(row.host, address)
            self._redraw(at)
            self.edited.emit()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent and parent.isValid() else len(self.rows)

    def columnCount(self, _parent: _Index | None = None) -> int:
        return len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = ROLE.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == ROLE.DisplayRole:
            return titles()[section]
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == Column.HOST and self.rows[index.row()].used:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: _Index, value: Any, role: int = ROLE.EditRole) -> bool:
        row, host = self.rows[index.row()], str(value).strip()
        if role != ROLE.EditRole or host == row.host:
            return False
        self.rows[index.row()] = Row(host, row.address)
        self._redraw(index.row())
        self.edited.emit()
        return True

    def data(self, index: _Index, role: int = ROLE.DisplayRole) -> Any:
        row, column = self.rows[index.row()], Column(index.column())
        if role == ROLE.EditRole:
            return row.host
        if role == ROLE.DisplayRole:
            return self._text(row, column)
        if role == ROLE.DecorationRole:
            return _mark(row, column)
        if role == ROLE.ToolTipRole:
            return tip(row.host) if column == Column.HOST else _tip(row, column)
        if role == ROLE.AccessibleTextRole:
            return self._spoken(row, column)
        return None

    def _text(self, row: Row, column: Column) -> str:
        if column == Column.HOST:
            # all are of one domain: what tells them apart has the place there is
            return line(row.host.removesuffix(f".{self.domain}"))
        return say(_word(row, column))

    def _spoken(self, row: Row, column: Column) -> str:
        if column == Column.HOST:
            state = say(_word(row, Column.STATE))
            return tr("{host}: {state}", host=row.host or tr("New"), state=state)
        return tr(
            "{title}: {word}", title=titles()[column], word=self._text(row, column)
        )

    def _insert(self, row: Row, at: int | None = None) -> None:
        at = len(self.rows) if at is None else at
        self.beginInsertRows(QModelIndex(), at, at)
        self.rows.insert(at, row)
        self.endInsertRows()

    def _redraw(self, at: int) -> None:
        self.dataChanged.emit(self.index(at, 0), self.index(at, len(Column) - 1))


def _key(host: str, address: str) -> tuple[str, str]:
    return host.casefold(), address


def _word(row: Row, column: Column) -> Text:
    if column == Column.STATE:
        return state_word(row)
    if row.facts is None:
        return Text("")
    if column == Column.ANSWER:
        return verbatim(duration(row.facts.ms)) if row.facts.ms else _NOTHING
    cell = row.facts.cell(_CELLS[column])
    left = _days_left(row.facts) if column == Column.CERTIFICATE else None
    if left is not None and row.facts.trusted:
        return plural("{count} day", "{count} days", left)
    if column == Column.CERTIFICATE and not row.facts.chain and cell:
        return _NOTHING if cell.state == "skipped" or row.facts.trouble else cell.word
    return cell.word if cell else _NOTHING


# where the word of a fact says little without its column
_SHORT = {
    "policy hints": Text("No policy hints"),
    "clock": Text("Clock is off"),
    "level": Text("Old level"),
}


def state_word(row: Row) -> Text:
    """Say in a word or two how a controller is."""
    if not row.sound:
        return Text("No DNS name") if row.host else Text("Type its name")
    if row.state in ("waiting", "doing"):
        return Text("Checking") if row.doing else Text("Waits")
    if not row.used:
        return Text("Not used")
    worst = _worst(row)
    if worst and row.state in ("failed", "warning"):
        return _SHORT.get(worst.name, worst.word)
    return Text("In order") if row.state == "ok" else Text("Not checked")


def _worst(row: Row) -> Cell | None:
    to_do = row.facts.to_do if row.facts else ()
    return to_do[0] if to_do else None


def _days_left(facts: ControllerFacts) -> int | None:
    """Count the days until the first certificate of the chain expires."""
    if not facts.chain:
        return None
    first = min(each.not_after for each in facts.chain)
    return max((first - datetime.now(UTC)).days, 0)


def _tip(row: Row, column: Column) -> str:
    if row.facts is None or column not in _CELLS:
        return ""
    cell = row.facts.cell(_CELLS[column])
    return tip(cell.detail) if cell else ""


_MARKS = {"doing": ("loader-circle", "accent"), "waiting": ("circle", "muted")}


def _mark(row: Row, column: Column) -> QIcon | None:
    if column == Column.STATE:
        name, ink = _MARKS.get(row.state) or (STATES[row.state][0], row.state)
        return _icon(name, ink, palette.inks(QGuiApplication.palette()))
    cell = row.facts.cell(_CELLS[column]) if row.facts and column in _CELLS else None
    if cell is None or cell.state not in ("failed", "warning"):
        return None
    inks = palette.inks(QGuiApplication.palette())
    return _icon(STATES[cell.state][0], cell.state, inks)


@lru_cache(maxsize=64)
def _icon(name: str, ink: str, inks: palette.Inks) -> QIcon:
    return icon(name, getattr(inks, ink))
