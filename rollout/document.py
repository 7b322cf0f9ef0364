"""A document: a title and blocks of texts, which each front end sets in its way."""

from dataclasses import dataclass, field
from enum import Enum, auto

from wire.text import Text


class Style(Enum):
    """How the texts of a block stand."""

    HEADING = auto()
    PARAGRAPH = auto()
    STEPS = auto()
    ITEMS = auto()
    # what is filled in by hand on paper, or struck out
    BOXES = auto()


@dataclass(frozen=True)
class Block:
    """Texts of one style, in order."""

    style: Style
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class Document:
    """One material. Its title is the subject where it is sent as a mail."""

    title: Text
    blocks: tuple[Block, ...] = field(default=())


def heading(text: Text) -> Block:
    """Make a heading."""
    return Block(Style.HEADING, (text,))


def paragraphs(*texts: Text) -> Block:
    """Make paragraphs; an empty text is none."""
    return Block(Style.PARAGRAPH, tuple(text for text in texts if text))


def steps(*texts: Text) -> Block:
    """Make steps that are numbered; an empty text is none."""
    return Block(Style.STEPS, tuple(text for text in texts if text))


def items(*texts: Text) -> Block:
    """Make a list; an empty text is none."""
    return Block(Style.ITEMS, tuple(text for text in texts if text))


def boxes(*texts: Text) -> Block:
    """Make a list with a box to tick each; an empty text is none."""
    return Block(Style.BOXES, tuple(text for text in texts if text))
