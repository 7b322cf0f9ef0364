"""Files of settings that somebody broke: read, or refused by the line or the path."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml

from agent.config import enrolment, settings_file
from agent.config.enrolment import EnrolmentError
from agent.config.errors import SettingsError
from tests.fixtures.enrolled import enrolled
from tests.fixtures.fuzz import (
    PARSED,
    SEED,
    SENT,
    SHORT,
    bounded,
    mutated,
    refused_or_read,
)
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


CASES = [SHORT, pytest.param(PARSED, marks=pytest.mark.slow)]
# all that YAML has, at a twentieth of a file's price
SNIPPETS = [
    *(b"a: 1\n", b"[x, 'y']", b"- &a 1\n- *a", b"? k\n: |\n t", b'{a: "b"}'),
    *(b"<<: {a: b}", b"!!int 7", b"# a\n--- >\n b\n"),
]
# what a reader of YAML makes of its tags and numbers, beside what settings have
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1, 2**63, 10**400, 1.5, float("inf"), float("nan")),
    *("", " ", "\0", "\ud800", "a" * 5000, "1", "corp.test", "https://x", "/", "CN=a"),
    *(b"\xff", [], {}, {None}, [("a", 1)], [[]] * 50, {7: 1, None: 2, (1, 2): 3}),
    *({"kind": "existing"}, {"kind": []}, {"host": "a"}, ["a", 7], {"a": {"b": {}}}),
)


@pytest.mark.parametrize("cases", CASES)
def test_settings_text(cases: int) -> None:
    """What is YAML, is refused by its path."""

    def read(data: bytes) -> None:
        try:
            settings_file.parse(data.decode("utf-8", "replace"))
        except SettingsError as error:
            if "is not valid YAML" in str(error):
                raise
            return
        raise AssertionError("settings in a hundred bytes")

    with bounded():
        refused_or_read(cases, mutated(SNIPPETS, YAML, 100), read, SettingsError)


def _place(tree: dict[str, Any], chosen: random.Random) -> tuple[Any, Any]:
    """Choose a place in a tree: what holds it, and its key there."""
    at: Any = tree
    while True:
        key = chosen.choice(list(at) if isinstance(at, dict) else range(len(at)))
        below = at[key]
        if not isinstance(below, dict | list) or not below or not chosen.randrange(4):
            return at, key
        at = below


def broken_trees() -> Iterator[Any]:
    """Break what was read: a value, a key, a part that stands elsewhere."""
    chosen = random.Random(SEED)  # noqa: S311 - the same again by its seed
    whole = json.dumps(yaml.safe_load(SETTINGS[2]))
    while True:
        tree: Any = {"": json.loads(whole)}
        for _ in range(chosen.choice((1, 1, 1, 2, 5))):
            at, key = _place(tree, chosen)
            match chosen.randrange(4):
                case 0 if isinstance(at, dict):
                    at[chosen.choice((*at, "x", 7, None))] = deepcopy(
                        chosen.choice(ODD)
                    )
                case 1 if at is not tree:
                    del at[key]
                case 2:
                    other, there = _place(tree, chosen)
                    at[key] = deepcopy(other[there])
                case _:
                    at[key] = deepcopy(chosen.choice(ODD))
        yield tree.get("")


@pytest.mark.parametrize("cases", CASES)
def test_settings_tree(cases: int) -> None:
    with bounded():
        refused_or_read(cases, broken_trees(), settings_file.validate, SettingsError)


@pytest.mark.parametrize("cases", [SHORT, pytest.param(SENT, marks=pytest.mark.slow)])
def test_settings(cases: int) -> None:
    """Whole files, of a millisecond each: both parts have their million above."""
    with bounded():
        refused_or_read(
            cases,
            mutated(SETTINGS, YAML),
            lambda data: settings_file.parse(data.decode("utf-8", "replace")),
            SettingsError,
        )


@pytest.mark.parametrize("cases", CASES)
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
