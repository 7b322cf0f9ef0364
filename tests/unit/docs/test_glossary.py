"""The glossary holds: no text for people has a word that stands for another name."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.message_catalog import REPOSITORY, messages

GLOSSARY = REPOSITORY / "docs/glossary.md"
# names of others, which are theirs to choose
NAMES = re.compile(
    r'"user cannot change password"|trust this user for delegation|user principal name'
    r"|active directory users and computers|user objects?|user name|user@"
    r"|source anchor|uniquely identifying your users|filter users and devices"
    r"|domain\\user|\{\w+\}",
    re.IGNORECASE,
)
# a range or a title with a hyphen
HYPHEN = re.compile(r"\s-\s|(?<![\w-])\d+-\d+(?![\w-])|\}-\{")


def refused() -> dict[str, str]:
    """Give the words that are not used, each with the name to use."""
    rows = re.findall(
        r"^\| (.+?) \| .+? \| (.*?)\|$", GLOSSARY.read_text(), re.MULTILINE
    )
    return {word: name for name, cell in rows for word in re.findall("`(.+?)`", cell)}


def faults(template: str, words: dict[str, str]) -> Iterator[str]:
    """Say what is wrong with a text, and what to write."""
    text = NAMES.sub("", template)
    for word, name in words.items():
        if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE):
            yield f"{template!r}: not {word!r} but {name!r}"
    if HYPHEN.search(template):
        yield f"{template!r}: an en dash in a range or a title"


def test_no_text_has_a_word_that_the_glossary_refuses() -> None:
    words = refused()
    wrong = [
        f"{message.path}:{message.line}: {fault}"
        for message in messages()
        for template in message.templates
        for fault in faults(template or "", words)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_event_has_a_word_that_the_glossary_refuses() -> None:
    words = refused()
    page = (REPOSITORY / "docs/events.md").read_text()
    cells = [cell for line in page.splitlines() for cell in line.split("|")]
    wrong = [fault for cell in cells for fault in faults(cell.strip(), words)]
    assert not wrong, "\n".join(wrong)


GUIDE = sorted((REPOSITORY / "docs/guide").rglob("*.md"))
# in the guide: what is typed, and links
TYPED = re.compile(r"`[^`]*`|^ {4}.*|^ *:::.*|\]\([^)]*\)|^\|[-|]+$|^- ", re.MULTILINE)


@pytest.mark.parametrize("path", GUIDE, ids=lambda path: path.stem)
def test_no_page_of_the_guide_has_a_word_that_the_glossary_refuses(path: Path) -> None:
    words = refused()
    plain = TYPED.sub("", path.read_text())
    sentences = re.split(r"\n\n|\||(?<=[.:;])\s", plain)
    wrong = [fault for each in sentences for fault in faults(each.strip(), words)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The user is locked.", "person, people"),
        ("Judging {count} people", "check"),
        ("Hand over what is missing", "request from another team"),
        ("A new agent takes over.", "replace"),
        ("Too few proofs", "verification method"),
        ("The source-anchor attribute", "sign-in attribute"),
        ("{page} - Writeback", "en dash"),
        ("Records {low}-{high}", "en dash"),
        ("3-5 characters", "en dash"),
    ],
)
def test_a_refused_word_is_named_with_what_to_write(text: str, name: str) -> None:
    assert any(name in fault for fault in faults(text, refused()))


@pytest.mark.parametrize(
    "text",
    [
        'Set to "user cannot change password"',
        "Look in Active Directory Users and Computers.",
        "User principal name",
        "S-1-5-21-... or ms-DS-ConsistencyGuid",
        "Password of {user}",
    ],
)
def test_names_of_others_are_left_alone(text: str) -> None:
    assert not list(faults(text, refused()))


def test_each_word_is_refused_for_one_name() -> None:
    cells = re.findall(r"\| ([^|]*)\|$", GLOSSARY.read_text(), re.MULTILINE)
    words = [word for cell in cells for word in re.findall("`(.+?)`", cell)]
    assert len(words) == len(set(words)) == len(refused()) > 30


def test_the_glossary_of_the_guide_says_the_same_of_each_name() -> None:
    """One is for who writes, the other for administrators: what a name means is one."""
    rows = re.findall(
        r"^\| (.+?) \| (.+?) \| .*?\|$", GLOSSARY.read_text(), re.MULTILINE
    )
    page = (REPOSITORY / "docs/guide/glossary.md").read_text()
    told = re.findall(r"^(\S.*)\n: (.+)\.$", page, re.MULTILINE)
    names = [line for line in page.splitlines() if re.match(r"[A-Z]", line)]

    assert [name for name, _meaning in told] == names == sorted(names, key=str.lower)
    meanings = {name.lower(): meaning for name, meaning in rows}
    assert {name.lower(): meaning for name, meaning in told}.items() <= meanings.items()
