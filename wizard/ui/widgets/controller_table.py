"""The domain controllers as a table that fills as they answer, and what to do."""

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHeaderView, QTableWidgetItem, QWidget

from wire.text import Text, day
from wizard.checks.controller_facts import Cell, ControllerFacts, Inspection, check_of
from wizard.results import Check
from wizard.ui.formatting import line, say, tip, tr
from wizard.ui.theme import palette
from wizard.ui.theme.icons import STATES, icon, state_word
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.labels import Panel, add, column, heading, label
from wizard.ui.widgets.tables import ReadTable

NAMES = ("certificate", "TLS", "sign-in", "writable", "policy hints", "clock", "level")
_WAITS = "…"
_FIRST_ASKED = 3  # the first column that a sign-in fills


def _titles() -> tuple[str, ...]:
    return (
        tr("Controller"),
        *(tr("Certificate"), tr("TLS"), tr("Sign-in"), tr("Writable")),
        *(tr("Policy hints"), tr("Clock"), tr("Level")),
    )


class ControllerTable(QWidget):
    """A row a controller; beneath it what to do about the one that is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: tuple[ControllerFacts, ...] = ()
        self.table = ReadTable(_titles(), tr("Domain controllers"))
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.itemSelectionChanged.connect(self._tell)
        self.panel = Panel()
        self.who, self.about = heading(""), label(muted=True)
        self.check_rows = CheckRows()
        add(self.panel.column, self.who, self.about, self.check_rows)
        column(self, self.table, self.panel, spacing=12)
        self.hide()

    def show_inspection(self, inspection: Inspection) -> None:
        """Show what is known so far; the row that is chosen stays so."""
        chosen = self.table.currentRow()
        self.facts = inspection.controllers
        blocked = QSignalBlocker(self.table)
        self.table.clearSpans()
        self.table.setRowCount(len(self.facts))
        for at, facts in enumerate(self.facts):
            self._fill(at, facts, inspection.domain)
        self.table.fit()
        self.show()
        blocked.unblock()
        self._choose(chosen, over=not inspection.step)

    def clear(self) -> None:
        """Show nothing: the answers it was about are others now."""
        self.table.setRowCount(0)
        self.facts = ()
        self.hide()

    def choose(self, row: int) -> None:
        """Choose a row, as a click on it does."""
        self.table.selectRow(row)

    def _choose(self, before: int, *, over: bool) -> None:
        """Keep what was chosen; at the end go to the first with something to do."""
        worst = (at for at, facts in enumerate(self.facts) if facts.to_do)
        at = before if before >= 0 else next(worst, 0) if over else -1
        if 0 <= at < len(self.facts):
            self.table.selectRow(at)
        self._tell()

    def _fill(self, at: int, facts: ControllerFacts, domain: str) -> None:
        # all are of one domain: what tells them apart has the place there is
        host = QTableWidgetItem(line(facts.host.removesuffix(f".{domain}")))
        host.setToolTip(tip(facts.host))
        inks = palette.inks(self.palette())
        if facts.doing:
            host.setIcon(icon("loader-circle", inks.accent, chosen=inks.on_accent))
        else:
            self._mark(host, facts.state)
        text = tr("Being asked") if facts.doing else state_word(facts.state)
        spoken = tr("{host}: {state}", host=facts.host, state=text)
        host.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        self.table.setItem(at, 0, host)
        alone = facts.cell("DNS") if facts.source == "DNS SRV" else None
        if alone:
            self.table.setSpan(at, _FIRST_ASKED, 1, len(NAMES) + 1 - _FIRST_ASKED)
        for index, (name, title) in enumerate(
            zip(NAMES, _titles()[1:], strict=True), start=1
        ):
            cell = alone if alone and index == _FIRST_ASKED else facts.cell(name)
            self.table.setItem(at, index, self._cell(cell, title, doing=facts.doing))

    def _cell(self, cell: Cell | None, title: str, *, doing: str) -> QTableWidgetItem:
        if cell is None:
            return QTableWidgetItem(_WAITS if doing else "")
        item = QTableWidgetItem(say(cell.word))
        item.setToolTip(tip(cell.detail))
        state = state_word(cell.state)
        spoken = tr(
            "{title}: {word}, {state}", title=title, word=cell.word, state=state
        )
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        if cell.state in ("failed", "warning"):
            self._mark(item, cell.state)
        return item

    def _mark(self, item: QTableWidgetItem, state: str) -> None:
        inks = palette.inks(self.palette())
        name = STATES[state][0]
        item.setIcon(icon(name, getattr(inks, state), chosen=inks.on_accent))

    def _tell(self) -> None:
        at = self.table.currentRow()
        self.panel.setVisible(0 <= at < len(self.facts))
        if not self.panel.isVisibleTo(self):
            return
        facts = self.facts[at]
        self.who.setText(line(facts.host))
        self.about.setText(say(facts.held_back))
        self.about.setVisible(bool(facts.held_back))
        titles = dict(zip(NAMES, _titles()[1:], strict=True))
        to_do = [
            replace(
                check_of(facts.host, cell), title=titles.get(cell.name, _plain(cell))
            )
            for cell in facts.to_do
        ]
        self.check_rows.show_checks((*to_do, *_certificate(facts)))


def _plain(cell: Cell) -> str:
    """Name a fact that has no column."""
    return cell.name[:1].upper() + cell.name[1:]


def _certificate(facts: ControllerFacts) -> Iterator[Check]:
    """Say of a sound certificate whom it is for and by whom; its chain is below."""
    own, cell = facts.certificate, facts.cell("certificate")
    if own is None or cell is None or cell.state != "ok":
        return
    text = Text(
        "For {names}, by {issuer}, to {day}; {tls}.",
        names=", ".join(facts.subject_names),
        issuer=facts.issuer,
        day=day(own.not_after),
        tls=facts.tls,
    )
    yield Check("certificate", Text("Certificate"), "ok", text, more=cell.more)
