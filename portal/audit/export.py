"""Writes events for other programs: CSV, JSON lines, CEF; a line at a time. Pure."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum

from portal.audit.event import EventKind, Recorded
from wire.printable import printable

_COLUMNS = (
    "number",
    "time",
    "kind",
    "code",
    "reference",
    "person",
    "actor",
    "address",
    "browser",
    "detail",
    "digest",
)
# a spreadsheet takes what begins so for a formula (OWASP, CSV Injection)
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)
_MOST = 1000
# of CEF: 0 to 10
_SEVERE = {
    EventKind.BLOCKED: 7,
    EventKind.AGENT_APPROVED: 7,
    EventKind.LIMIT_REACHED: 6,
    EventKind.STAFF_REFUSED: 6,
    EventKind.SIGN_IN_REFUSED: 5,
    EventKind.METHOD_REFUSED: 5,
    EventKind.REGISTRATION_CODE_MADE: 5,
    EventKind.METHOD_REMOVED: 5,
}
_FINE = frozenset({"", "ok", "partial"})


class Format(StrEnum):
    """What events are written as."""

    CSV = "csv"
    JSON = "json"
    CEF = "cef"


def lines(format_: Format, recorded: Iterable[Recorded], version: str) -> Iterator[str]:
    """Write events as lines without their ends; `version` is the program's, for CEF."""
    if format_ is Format.CSV:
        yield csv_row(_COLUMNS)
    write: dict[Format, Callable[[Recorded], str]] = {
        Format.CSV: _csv,
        Format.JSON: _json,
        Format.CEF: lambda each: _cef(each, version),
    }
    yield from map(write[format_], recorded)


def _values(recorded: Recorded) -> dict[str, object]:
    event = recorded.event
    return {
        "number": recorded.number,
        "time": _time(event.at),
        "kind": str(event.kind),
        "code": event.code,
        "reference": event.reference,
        "person": event.person,
        "actor": event.actor,
        "address": event.address,
        "browser": event.browser,
        "detail": dict(event.detail),
        "digest": recorded.digest,
    }


def _json(recorded: Recorded) -> str:
    """Write one JSON object; what is not ASCII is escaped (RFC 8259 section 7)."""
    return json.dumps(_values(recorded), separators=(",", ":"))


def _csv(recorded: Recorded) -> str:
    values = _values(recorded)
    values["detail"] = json.dumps(values["detail"], sort_keys=True)
    return csv_row(
        "" if value is None else printable(str(value), _MOST)
        for value in values.values()
    )


def csv_row(cells: Iterable[str]) -> str:
    """Write one row, each cell in quotes (RFC 4180), none of them a formula."""
    line = io.StringIO()
    safe = [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="").writerow(safe)
    return line.getvalue()


def _cef(recorded: Recorded, version: str) -> str:
    """Write one record of the ArcSight Common Event Format, version 0 (revision 25)."""
    event = recorded.event
    kind = str(event.kind)
    severity = _SEVERE.get(event.kind, 3 if event.code in _FINE else 5)
    head = ("Writeback", "Portal", version, kind, kind.replace("_", " "), str(severity))
    extension = {
        "rt": str(event.at * 1000),
        "externalId": str(recorded.number),
        "outcome": event.code,
        "suid": event.actor or "",
        "duid": event.person or "",
        **_source(event.address),
        "requestClientApplication": event.browser,
        "cs1Label": "reference",
        "cs1": event.reference,
        "cs2Label": "detail",
        "cs2": json.dumps(dict(event.detail), sort_keys=True),
        "cs3Label": "digest",
        "cs3": recorded.digest,
    }
    fields = (
        f"{key}={_in_extension(value)}" for key, value in extension.items() if value
    )
    return "|".join(("CEF:0", *map(_in_head, head), " ".join(fields)))


def _source(address: str) -> dict[str, str]:
    """Name the address by its kind; what was shortened is none, but a network."""
    if "/" in address:
        return {"cs4Label": "network", "cs4": address}
    if ":" in address:
        return {"c6a2Label": "Source IPv6 Address", "c6a2": address}
    return {"src": address} if address[:1].isdigit() else {}


def _in_head(text: str) -> str:
    return printable(text, _MOST).replace("\\", "\\\\").replace("|", "\\|")


def _in_extension(text: str) -> str:
    return printable(text, _MOST).replace("\\", "\\\\").replace("=", "\\=")


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
