"""What the guide quotes of the window is spelled as the window shows it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.translations import catalogs

GUIDES = catalogs.languages(domain=catalogs.GUIDE)
# buttons and titles begin with a capital; what else is emphasized is a word of its own
_QUOTED = re.compile(r"(\*+)([A-Z][^*]*)\1")
_GUIDE = Path(__file__).parents[4] / "docs/guide"
_MNEMONIC = re.compile(r"\(&\w\)|&")
# what the guide quotes of other programs: of Windows, and of Entra Connect's wizard
_OF_OTHERS = {
    "View Certificate",
    "Customize > Optional features > Password writeback",
}
_STEP = re.compile(r"\*\*([A-Z][^*]*)\.\*\*")  # a page of the journey: `**Welcome.**`


def shown(language: str) -> dict[str, set[str]]:
    """Give what the window shows for each of its English texts."""
    found: dict[str, set[str]] = {}
    for message in catalogs.texts(catalogs.read(language)):
        if isinstance(message.id, str) and message.string:
            words = as_shown(str(message.string))
            found.setdefault(as_shown(message.id), set()).add(words)
    return found


def as_shown(text: str) -> str:
    return _MNEMONIC.sub("", text).removesuffix("…")


def quotes(language: str) -> Iterator[tuple[str, set[str], str]]:
    """Give each name that the guide quotes, what it may be, and where it stands."""
    window = shown(language)
    for message in catalogs.texts(catalogs.read(language, domain=catalogs.GUIDE)):
        for _, name in _QUOTED.findall(str(message.id)):
            if name in window:
                yield name, window[name], str(message.string)


@pytest.mark.parametrize("language", GUIDES)
def test_a_button_and_a_title_are_called_as_in_the_window(language: str) -> None:
    found = list(quotes(language))
    assert len(found) > 50
    other = [
        f"{name} is {' or '.join(words)}: {text}"
        for name, words, text in found
        if not any(each in text for each in words)
    ]
    assert other == []


def in_english() -> tuple[set[str], str]:
    """Give what the window shows in English, and the whole of the guide."""
    window = {
        as_shown(each)
        for message in catalogs.texts(catalogs.read("de"))
        for each in ((message.id,) if isinstance(message.id, str) else message.id)
    }
    files = sorted(_GUIDE.rglob("*.md"))
    guide = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return window, re.sub(r"\s+", " ", guide)


def test_what_the_english_guide_quotes_stands_in_the_window() -> None:
    window, guide = in_english()
    quoted = _QUOTED.findall(guide)
    found = [name.removesuffix("…") for marks, name in quoted if marks == "*"]
    assert len(found) > 40
    assert sorted({*found} - window - _OF_OTHERS) == []


def test_the_steps_of_the_english_guide_are_called_as_the_pages() -> None:
    window, guide = in_english()
    steps = _STEP.findall(guide)
    assert len(steps) > 8
    assert sorted({*steps} - window) == []
