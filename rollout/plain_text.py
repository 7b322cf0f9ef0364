"""A document as plain text: for a mail, a terminal, a ticket. Pure."""

import textwrap
from collections.abc import Iterator

from rollout.document import Block, Document, Style
from rollout.language import say

_WIDTH = 76


def as_text(document: Document, language: str) -> str:
    """Write a document as lines of at most 76 characters where words allow it."""
    title = say(document.title, language)
    parts = [title, "=" * min(len(title), _WIDTH), ""]
    for block in document.blocks:
        parts += [*_lines(block, language), ""]
    return "\n".join(parts).rstrip() + "\n"


def _lines(block: Block, language: str) -> Iterator[str]:
    for number, text in enumerate(block.texts, 1):
        words = say(text, language)
        match block.style:
            case Style.HEADING:
                yield from (words, "-" * min(len(words), _WIDTH))
            case Style.PARAGRAPH:
                yield from _wrapped(words, "")
            case Style.STEPS:
                yield from _wrapped(words, f"{number}. ")
            case Style.ITEMS:
                yield from _wrapped(words, "- ")
            case Style.BOXES:
                yield from _wrapped(words, "[ ] ")


def _wrapped(words: str, mark: str) -> list[str]:
    # an address that is cut is none
    return textwrap.wrap(
        words,
        _WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
