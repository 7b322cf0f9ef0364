"""Peers' words on a screen: no line, escape or direction of their own, and bounded."""

import io
import logging
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.printable import (
    MOST,
    PrintableFormatter,
    padded,
    places,
    printable,
    printable_lines,
)
from wire.text import Text, read_text, verbatim

HOSTILE = {
    "a line": ("a\nFingerprint: AB12", "a\\nFingerprint: AB12"),
    "a return": ("a\rb", "a\\rb"),
    "an escape sequence": ("\x1b[2K\x1b[1A", "\\x1b[2K\\x1b[1A"),
    "the C1 form of one": ("\x9b2K", "\\x9b2K"),
    "a bell and a blank of no width": ("\x07\u200b", "\\x07\\u200b"),
    "another direction": ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
    "a line separator": ("a\u2028b\u2029c\x85", "a\\u2028b\\u2029c\\x85"),
    "tags": ("\U000e0041", "\\U000e0041"),
    "signs without a width": ("\u3164\ufe0f\u2800", "\\u3164\\ufe0f\\u2800"),
    "half of a pair": ("\ud800", "\\ud800"),
}


@pytest.mark.parametrize(("text", "shown"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_can_not_be_seen_is_spelled(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "OU=Vertrieb\\2C West",
        "Żółć Ærø 東京\u3000\u05e2\u05d1",
        "12\u202f400  b",
        "1 + 1 = 2 €",
    ],
)
def test_what_people_write_is_left(text: str) -> None:
    assert printable(text) == text


@given(st.text(max_size=40), st.integers(1, 60))
def test_any_text_is_one_bounded_line(text: str, most: int) -> None:
    shown = printable(text, most)
    assert len(shown) <= most
    kinds = {unicodedata.category(sign) for sign in shown}
    assert {kind[0] for kind in kinds} <= set("LMNPSZ")
    assert not kinds & {"Zl", "Zp"}


def test_a_megabyte_is_cut() -> None:
    assert printable("x" * 1_000_000, 256) == "x" * 255 + "…"
    assert len(printable("\x1b" * 1_000_000)) == MOST


def test_a_text_of_lines_keeps_its_own() -> None:
    assert printable_lines("a\nb\x1b") == "a\nb\\x1b"


@pytest.mark.parametrize(("text", "shown"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_filled_into_a_text_for_people_is_printable(
    text: str, shown: str
) -> None:
    made = Text("The relay refused: {error}.\nAsk again.", error=text)
    assert made == f"The relay refused: {shown}.\nAsk again."
    assert made.fields == {"error": shown}
    assert verbatim(text) == shown
    foreign = {"template": "It is {what}", "fields": {"what": text}}
    assert read_text(foreign) == f"It is {shown}"


def test_a_template_of_another_process_has_lines_at_most() -> None:
    foreign = {"template": "a\n\x1b[2K{n}\u202e", "fields": {"n": 1}}
    assert read_text(foreign) == "a\n\\x1b[2K1\\u202e"
    assert read_text("a\n\x1b[2K") == "a\n\\x1b[2K"


def test_a_log_has_a_line_for_a_record() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PrintableFormatter("%(levelname)s %(message)s"))
    record = logging.makeLogRecord(
        {"levelname": "INFO", "msg": "from %s", "args": ("a\nERROR forged\x1b[1A",)}
    )
    handler.handle(record)
    assert stream.getvalue() == "INFO from a\\nERROR forged\\x1b[1A\n"


def hostile() -> None:
    raise ValueError("a\nERROR forged\x1b[1A")


def test_a_traceback_is_no_record(caplog: pytest.LogCaptureFixture) -> None:
    try:
        hostile()
    except ValueError:
        logging.getLogger("test").exception("failed")
    shown = PrintableFormatter("%(levelname)s %(message)s").format(caplog.records[0])
    first, *others = shown.split("\n")
    assert first == "ERROR failed"
    assert all(line.startswith("  ") and line.isprintable() for line in others)
    assert others[-1] == "  ERROR forged\\x1b[1A"


def test_a_cell_is_filled_by_places_and_not_by_characters() -> None:
    assert places("OU") == 2
    assert places("単位 OU") == 7
    assert [padded(each, 5) for each in ("OU", "単位", "組織単位")] == [
        "OU   ",
        "単位 ",
        "組織単位",
    ]
