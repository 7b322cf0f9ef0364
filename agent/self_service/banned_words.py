"""Whether a password is made of words that the organization does not allow. Pure.

The rule is the one that Microsoft documents for Entra Password Protection, so that
administrators know it: the password is normalized; each word of the list that is found
in it, by an edit distance of one at most, is worth one point, each other character one
more; five points are needed. A name of the person in it is refused outright.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

NEEDED = 5
_SHORTEST_NAME = 4
_MOST_LISTS = 4  # of settings, in one process: those in force, and those before
_LOOKS_LIKE = str.maketrans({"0": "o", "1": "l", "$": "s", "@": "a"})
# what parts a display name, as for the directory's own rule (MS-SAMR 3.1.1.7.2)
_PARTS = re.compile(r"[,.\-_ #\t]+")


class Rule(StrEnum):
    """Which rule a password breaks."""

    NAME = "name"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Banned:
    """Why a password is refused; `points` it has, where that is why.

    Neither the word nor the name: both are parts of the password.
    """

    rule: Rule
    points: int = 0


def banned(
    password: str, words: tuple[str, ...], names: Collection[str]
) -> Banned | None:
    """Say what is wrong with a password; None: nothing, or there is no list.

    `names` are those of the person, whole.
    """
    if not words:
        return None
    plain = normalized(password)
    if any(part in plain for name in names for part in _name_parts(name)):
        return Banned(Rule.NAME)
    points = score(plain, words)
    return Banned(Rule.WORDS, points) if points < NEEDED else None


def normalized(text: str) -> str:
    """Spell a text as it is compared: in lower case, what looks alike as one letter."""
    return text.casefold().translate(_LOOKS_LIKE)


def score(plain: str, words: tuple[str, ...]) -> int:
    """Give the fewest points that a normalized password can be read for."""
    near = _near(words)
    longest = max(map(len, near), default=0) + 1
    fewest = [0] * (len(plain) + 1)  # from each place to the end
    for start in range(len(plain) - 1, -1, -1):
        ends = range(start + 1, min(start + longest, len(plain)) + 1)
        found = (end for end in ends if _is_near(plain[start:end], near))
        fewest[start] = 1 + min(map(fewest.__getitem__, (start + 1, *found)))
    return fewest[0]


def _name_parts(name: str) -> Iterator[str]:
    for part in _PARTS.split(normalized(name)):
        if len(part) >= _SHORTEST_NAME:
            yield part


@lru_cache(maxsize=_MOST_LISTS)
def _near(words: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    """Give the words by themselves, and by what is left of each without one letter.

    Two texts are an edit apart only where they share one of these, so that few are
    compared.
    """
    index: dict[str, set[str]] = defaultdict(set)
    for word in map(normalized, words):
        for spelled in _shortened(word):
            index[spelled].add(word)
    return {spelled: frozenset(found) for spelled, found in index.items()}


def _shortened(text: str) -> Iterator[str]:
    yield text
    for at in range(len(text)):
        yield text[:at] + text[at + 1 :]


def _is_near(text: str, near: Mapping[str, frozenset[str]]) -> bool:
    """Say whether a text is a word, or one edit from it; more than the word is none.

    So a letter beside a word is a point of its own, as in Microsoft's examples.
    """
    return any(
        text == word or (word not in text and one_edit_apart(text, word))
        for spelled in _shortened(text)
        for word in near.get(spelled, ())
    )


def one_edit_apart(one: str, other: str) -> bool:
    """Say whether one letter added, taken or changed makes one text of another."""
    if abs(len(one) - len(other)) > 1:
        return False
    shorter, longer = sorted((one, other), key=len)
    at = 0
    while at < len(shorter) and shorter[at] == longer[at]:
        at += 1
    if len(shorter) == len(longer):
        return shorter[at + 1 :] == longer[at + 1 :]
    return shorter[at:] == longer[at + 1 :]
