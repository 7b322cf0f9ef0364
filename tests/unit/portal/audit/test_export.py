"""Events go to other programs as they read them, and steer none of them."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal.audit.event import Event, EventKind, Recorded
from portal.audit.export import Format, lines

EVENT = Event(
    kind=EventKind.PASSWORD_RESET,
    at=1_800_000_000,
    reference="audit-7",
    person="00000000-0000-4000-8000-000000000001",
    code="ok",
    detail={"visit": "v=1"},
    address="203.0.113.77",
    browser="a browser",
)
HOSTILE = (
    '=HYPERLINK("http://x.test")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "a\nb=c",
    "a|b\\c=d",
    '","=1+1',
    "\x1b[31mred\u202e",
)


def _recorded(event: Event) -> Recorded:
    return Recorded(3, event, "key", "hash", "digest")


def _line(format_: Format, event: Event) -> str:
    return [*lines(format_, [_recorded(event)], "1.2")][-1]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_cell_is_a_formula(words: str) -> None:
    event = replace(EVENT, browser=words, reference=words)
    head, row = csv.reader(lines(Format.CSV, [_recorded(event)], "1.2"))
    assert len(head) == len(row)
    assert not [each for each in row if re.match(r"[=+\-@\t\r\n]", each)]
    assert all(each.isprintable() for each in row)


def test_csv_has_a_column_for_each() -> None:
    head, row = csv.reader(lines(Format.CSV, [_recorded(EVENT)], "1.2"))
    held = dict(zip(head, row, strict=True))
    assert held["time"] == "2027-01-15T08:00:00Z"
    assert (held["kind"], held["reference"]) == ("password_reset", "audit-7")
    assert (held["actor"], json.loads(held["detail"])) == ("", {"visit": "v=1"})


@pytest.mark.parametrize("words", HOSTILE)
def test_a_json_line_gives_the_words_back(words: str) -> None:
    line = _line(Format.JSON, replace(EVENT, browser=words))
    assert line.isprintable()
    assert line.isascii()
    assert json.loads(line)["browser"] == words


@pytest.mark.parametrize("words", HOSTILE)
def test_no_word_begins_a_field_of_cef(words: str) -> None:
    line = _line(Format.CEF, replace(EVENT, browser=words))
    assert line.isprintable()
    assert len(re.split(r"(?<!\\)(?:\\\\)*\|", line.partition("rt=")[0])) == 8
    extension = line.partition("rt=")[2]
    keys = re.findall(r"(?:^| )(\w+)(?<!\\)=", f"rt={extension}")
    assert keys == [
        *("rt", "externalId", "outcome", "duid", "src", "requestClientApplication"),
        *("cs1Label", "cs1", "cs2Label", "cs2", "cs3Label", "cs3"),
    ]


def test_the_head_of_cef() -> None:
    line = next(lines(Format.CEF, [_recorded(EVENT)], "1.2|3\\4"))
    assert line.startswith(
        "CEF:0|Writeback|Portal|1.2\\|3\\\\4|password_reset|password reset|3|"
        "rt=1800000000000 externalId=3 outcome=ok"
    )


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("203.0.113.77", "src=203.0.113.77"),
        ("2001:db8::", "c6a2=2001:db8::"),
        ("203.0.0.0/16", "cs4=203.0.0.0/16"),
    ],
)
def test_an_address_is_named_by_its_kind(address: str, field: str) -> None:
    assert f" {field} " in _line(Format.CEF, replace(EVENT, address=address))


def test_nothing_is_read_before_it_is_written() -> None:
    read: list[int] = []

    def recorded() -> Iterator[Recorded]:
        for number in range(1000):
            read.append(number)
            yield _recorded(EVENT)

    written = lines(Format.JSON, recorded(), "1")
    next(written)
    assert len(read) == 1
