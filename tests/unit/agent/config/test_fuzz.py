"""Files of settings that somebody broke: read, or refused by the line or the path."""

import json

import pytest
import yaml

from agent.config import enrolment, settings_file
from agent.config.enrolment import EnrolmentError
from agent.config.errors import SettingsError
from tests.fixtures.enrolled import enrolled
from tests.fixtures.fuzz import PARSED, SHORT, bounded, mutated, refused_or_read
from tests.unit.agent.config.test_settings import GOOD

SETTINGS = [
    yaml.safe_dump(GOOD).encode(),
    json.dumps(GOOD).encode(),
    settings_file.dump(settings_file.validate(GOOD)).encode(),
]
YAML = [
    *(
        b": ",
        b"- ",
        b"\n",
        b"\n  ",
        b"\t",
        b"[",
        b"]",
        b"{",
        b"}",
        b"&a ",
        b"*a",
        b"!!",
    ),
    *(
        b"!!binary ",
        b"!!set ",
        b"!!int ",
        b"!!timestamp ",
        b"<<: ",
        b"? ",
        b"| ",
        b"> ",
    ),
    *(b"2026-13-45", b"2026-01-01T25:61:61", b"0x", b"0b2", b"1:60:60", b"9" * 400),
    *(b".inf", b".nan", b"null", b"---\n", b"...\n", b"%YAML 9.9\n", b"'", b'"\\x'),
    *(b"\xef\xbb\xbf", b"\x00", b"\xe2\x80\xa8", b"#", b"1e999", b"version: 2\n"),
]
JSON = [*(b"[", b"]", b"{", b"}", b'"', b":", b",", b"null", b"7", b"9" * 40, b"\\u")]


@pytest.mark.parametrize("cases", [SHORT, pytest.param(PARSED, marks=pytest.mark.slow)])
def test_settings(cases: int) -> None:
    """Text of YAML takes a millisecond each: the million takes half an hour."""
    with bounded():
        refused_or_read(
            cases,
            mutated(SETTINGS, YAML),
            lambda data: settings_file.parse(data.decode("utf-8", "replace")),
            SettingsError,
        )


@pytest.mark.parametrize("cases", [SHORT, pytest.param(PARSED, marks=pytest.mark.slow)])
def test_an_enrolment(cases: int) -> None:
    spelled = enrolment.dump(enrolled()).encode()
    with bounded():
        refused_or_read(
            cases,
            mutated([spelled], JSON),
            lambda data: enrolment.parse(data.decode("utf-8", "replace"), "enrolment"),
            EnrolmentError,
        )


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 5_000,
        "- " * 5_000,
        "version: 2026-13-45",
        "version: 0b2",
        "version: " + "9" * 5000,
        "version: !!int x",
        "version: !!timestamp x",
        "version: !!binary é",
        "? [a]\n: b",
        "? {a: b}\n: c",
        "<<: 7",
    ],
)
def test_yaml_that_its_reader_trips_over_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        settings_file.parse(text)


def test_aliases_within_aliases_take_no_memory() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for number in range(1, 12):
        before = ", ".join([f"*a{number - 1}"] * 10)
        lines.append(f"a{number}: &a{number} [{before}]")
    with bounded(), pytest.raises(SettingsError):
        settings_file.parse("\n".join(lines))
    with bounded(), pytest.raises(SettingsError):
        settings_file.parse("\n".join([*lines, "agent: *a11", "scope: *a11"]))
