"""Numbers, dates and percentages, in English and as other languages write them."""

from datetime import UTC, datetime

import pytest

from wire.text import Text, decimal, moment, percent
from wizard.measures import measured, number

AT = datetime(2026, 11, 23, 14, 5, 9, tzinfo=UTC)
LOCALES = ("", "de", "de_CH", "fr", "es", "ja")


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("", "1 204"),
        ("de", "1.204"),
        ("de_CH", "1'204"),
        ("fr", "1 204"),
        ("ja", "1,204"),
        ("es", "1204"),  # as the Academy has it; five digits are parted
        ("es_MX", "1204"),
        ("de_XX", "1.204"),
    ],
)
def test_thousands_are_parted_as_the_locale_does(locale: str, expected: str) -> None:
    narrow = number(1204, locale).replace("\u202f", " ").replace("\u2019", "'")
    assert narrow == expected
    many = number(12040, locale)
    assert len(many) == 6


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (moment(AT), ("2026-11-23 14:05", "23.11.2026, 14:05")),
        (moment(AT, seconds=True), ("2026-11-23 14:05:09", "23.11.2026, 14:05:09")),
        (moment(AT, zone=True), ("2026-11-23 14:05 UTC", "23.11.2026, 14:05 UTC")),
        (decimal(2.13), ("2.1", "2,1")),
        (decimal(1204.4, 0), ("1204", "1.204")),
        (decimal(-0.5), ("-0.5", "-0,5")),
        (percent(0.954), ("95\u202f%", "95\xa0%")),
    ],
)
def test_a_measure_is_written_as_the_language_does(
    text: Text, words: tuple[str, str]
) -> None:
    assert (measured(text.fields, ""), measured(text.fields, "de")) == words


def test_the_english_of_a_measure_is_its_value() -> None:
    assert moment(AT, seconds=True, zone=True) == "2026-11-23 14:05:09 UTC"
    assert percent(0.5) == "50%"
    assert decimal(2.13) == "2.1"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", ["day", "moment", "decimal", "percent"], ids=str)
@pytest.mark.parametrize(
    "value", ["2026-99-99", "x", "", "1e9999", "-", "٣", "9" * 5000]
)
def test_what_a_peer_sent_in_place_of_a_measure_is_shown_to_the_letter(
    value: str, kind: str, locale: str
) -> None:
    shown = measured(Text("", **{kind: value}).fields, locale)
    assert shown is not None
    assert shown.startswith(value)


def test_a_text_that_measures_nothing_is_left_to_others() -> None:
    assert measured({"verbatim": "x"}, "de") is None
