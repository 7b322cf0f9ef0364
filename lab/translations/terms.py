"""Terms: what each thing is called by Active Directory's own tools in each language."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/terms.yaml"


@dataclass(frozen=True)
class Term:
    """One term.

    Attributes:
        english: a pattern that finds it in a text, whatever its case.
        words: by language, the beginnings of words one of which a translation holds.
        wrong_words: by language, what it is not called.

    """

    english: str
    words: Mapping[str, Sequence[str]]
    wrong_words: Mapping[str, Sequence[str]]

    def wrong(self, english: str, words: str, language: str) -> str:
        """Say why a translation does not call it so; empty where it does."""
        if not _pattern(self.english).search(english.replace("&", "")):
            return ""
        shown = words.translate(_AS_TYPED).casefold()
        wanted = self.words.get(language, ())
        if wanted and not any(
            each.translate(_AS_TYPED).casefold() in shown for each in wanted
        ):
            return f"does not say {' or '.join(wanted)}"
        found = (each for each in self.wrong_words.get(language, ()) if each in words)
        return next((f"says {each}" for each in found), "")


# no mnemonics, and the apostrophe that keyboards have
_AS_TYPED = {ord("&"): None, 0x2019: "'"}


@cache
def _pattern(english: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{english})\b", re.IGNORECASE)


def terms(path: Path = DOCUMENT) -> tuple[Term, ...]:
    """Read the list; where no stems are named, a translation holds the term itself."""
    rows = yaml.safe_load(path.read_text("utf-8"))["terms"]
    return tuple(_term(row) for row in rows)


def _term(row: Mapping[str, Any]) -> Term:
    words: dict[str, Sequence[str]] = {
        language: [word] for language, word in row["words"].items()
    }
    return Term(row["finds"], words | row.get("stems", {}), row.get("not", {}))
