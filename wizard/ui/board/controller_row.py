"""One row of the board of domain controllers: what is known, as words and marks."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache

from pydantic import ValidationError
from PySide6.QtGui import QGuiApplication, QIcon

from agent.config.settings import DomainController
from wire.text import Text, plural, verbatim
from wizard.checks.controller_facts import Cell, ControllerFacts
from wizard.ui.formatting import duration, say, tip, tr
from wizard.ui.theme import palette
from wizard.ui.theme.icons import STATES, icon

_NOTHING = verbatim("–")
_MOST = 4096  # names whose rules were looked at, kept


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


_TITLES = (
    *(Text("Controller"), Text("State"), Text("Certificate"), Text("TLS")),
    *(Text("Policy hints"), Text("Clock"), Text("Answer")),
)


def title(column: int) -> str:
    """Name a column."""
    return say(_TITLES[column])


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
        return _is_sound(self.host, self.address)

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


@lru_cache(maxsize=_MOST)
def _is_sound(host: str, address: str) -> bool:
    """Look at the rules once: a board is drawn again and again."""
    try:
        DomainController(host=host, address=address or None)
    except ValidationError:
        return False
    return True


def word_of(row: Row, column: Column) -> Text:
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


def spoken_state(row: Row) -> str:
    """Say which controller it is and how it is, as a screen reader does."""
    return tr("{host}: {state}", host=row.host or tr("New"), state=state_word(row))


def _worst(row: Row) -> Cell | None:
    to_do = row.facts.to_do if row.facts else ()
    return to_do[0] if to_do else None


def _days_left(facts: ControllerFacts) -> int | None:
    """Count the days until the first certificate of the chain expires."""
    if not facts.chain:
        return None
    first = min(each.not_after for each in facts.chain)
    return max((first - datetime.now(UTC)).days, 0)


def tip_of(row: Row, column: Column) -> str:
    if row.facts is None or column not in _CELLS:
        return ""
    cell = row.facts.cell(_CELLS[column])
    return tip(cell.detail) if cell else ""


_MARKS = {"doing": ("loader-circle", "accent"), "waiting": ("circle", "muted")}


def mark_of(row: Row, column: Column) -> QIcon | None:
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
