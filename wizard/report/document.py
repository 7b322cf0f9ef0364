"""What a report is made of, before it is text, a page of the window or PDF."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from wire.text import EMPTY, Text


@dataclass(frozen=True)
class Item:
    """One line: a name, what is so, a remark, and what belongs below it.

    `exact` is for DNs, fingerprints, SDDL and commands: shown in mono, left to right.
    """

    text: Text
    label: Text = EMPTY
    note: Text = EMPTY
    exact: bool = False
    below: tuple["Item", ...] = ()


@dataclass(frozen=True)
class Section:
    """Items under a heading; `page` is the page of the wizard that decides them."""

    title: Text
    items: tuple[Item, ...]
    intro: Text = EMPTY
    page: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a report is from: the machine, the time in UTC, who made it, by what."""

    host: str
    made: datetime
    who: str
    version: str


@dataclass(frozen=True)
class Document:
    """A report: its title, where it is from, and its sections. Holds no secret."""

    title: Text
    origin: Origin
    sections: tuple[Section, ...]

    @property
    def head(self) -> Iterator[tuple[Text, str]]:
        """The lines under the title."""
        origin = self.origin
        yield Text("Server"), origin.host
        yield Text("Made"), f"{origin.made:%Y-%m-%d %H:%M} UTC"
        yield Text("By"), origin.who
        yield Text("Writeback"), origin.version
