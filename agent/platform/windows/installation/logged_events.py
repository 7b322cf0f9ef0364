"""Entries of the event log as they are read: by a bounded query, of bounded XML.

Whoever may write into the log Application can do so in this source's name: what is read
is shown, made printable, and steers nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from agent.platform.interface import Level
from agent.platform.windows.event_journal import SOURCE
from agent.platform.windows.win32 import EventLogReading
from wire.printable import printable, printable_lines

_NAMESPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"
# ReportEvent takes 61,440 bytes; each sign may be six of its XML (&quot;)
_MOST_XML = 250_000
# of one text: more than any of ours has
_MOST_SIGNS = 8_000
_NEWEST, _MINUTE_S = 500, 60.0
# as Windows numbers the types of ReportEvent (winmeta.xml)
_LEVELS = {"2": Level.ERROR, "3": Level.WARNING, "4": Level.INFO}
_TROUBLE = "(Level=1 or Level=2 or Level=3) and "
# what an entry of a request has (agent.service.journal)
_OF_REQUEST = ("WRITEBACK_ID=", "WRITEBACK_USER=")


@dataclass(frozen=True)
class LoggedEvent:
    """One entry: its time as Windows wrote it (ISO form), message and fields."""

    at: str
    level: Level
    event: int
    message: str
    fields: tuple[str, ...]

    @property
    def is_of_request(self) -> bool:
        """Whether it may say who was reset."""
        return any(each.startswith(_OF_REQUEST) for each in self.fields)


def query(within_s: float, *, trouble: bool = False) -> str:
    """Give the XPath of this program's entries; `trouble`: errors and warnings alone.

    The subset of Windows (Consuming Events, XPath 1.0 limitations).
    """
    since = f"TimeCreated[timediff(@SystemTime) <= {round(1000 * within_s)}]"
    only = _TROUBLE if trouble else ""
    return f"*[System[Provider[@Name='{SOURCE}'] and {only}{since}]]"


def read(
    win32: EventLogReading, most: int, within_s: float, *, trouble: bool = False
) -> Sequence[LoggedEvent]:
    """Read the newest entries, the oldest of them first; OSError."""
    found = win32.newest_events(query(within_s, trouble=trouble), most)
    return tuple(_parsed(found))[::-1]


def newest_messages(win32: EventLogReading) -> Sequence[str]:
    """Give what this program said in the last minute, as far as it is read; OSError."""
    return [each.message for each in read(win32, _NEWEST, _MINUTE_S)]


def _parsed(texts: Sequence[str]) -> Iterator[LoggedEvent]:
    for text in texts:
        try:
            yield _event(text)
        except (ET.ParseError, ValueError):  # such as a sign that no XML may have
            continue


def _event(text: str) -> LoggedEvent:
    if len(text) > _MOST_XML or "<!DOCTYPE" in text:
        raise ValueError("no entry of an event log")
    root = ET.fromstring(text)  # noqa: S314 - bounded, and without entities of its own
    strings = [
        printable_lines((each.text or "")[:_MOST_SIGNS])
        for each in root.iterfind(f"{_NAMESPACE}EventData/{_NAMESPACE}Data")
    ]
    created = root.find(f"{_NAMESPACE}System/{_NAMESPACE}TimeCreated")
    at = "" if created is None else created.get("SystemTime", "")
    level = _LEVELS.get(_system(root, "Level"), Level.INFO)
    event = int(_system(root, "EventID") or 0)
    first, *others = strings or [""]
    return LoggedEvent(printable(at, 40), level, event, first, tuple(others))


def _system(root: ET.Element, name: str) -> str:
    return root.findtext(f"{_NAMESPACE}System/{_NAMESPACE}{name}", "")
