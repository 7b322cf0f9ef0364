"""Security questions: which there are, how answers are read, which are asked. Pure.

An answer is what others may know or find out, so it counts beside what one has alone
(`wire.self_service.proof_worth`; NIST SP 800-63B-4 section 3.1.1).
"""

import hashlib
import json
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

# the names of ours: never rename one; their words are in templates/questions.html
PREDEFINED = (
    *("first_street", "first_concert", "childhood_friend", "first_job"),
    *("favorite_teacher", "first_film", "first_flight", "favorite_toy"),
    *("grandmother_town", "first_car", "first_holiday", "childhood_book"),
)
# before the text of one that an organization wrote itself
OWN = "own: "
LEAST, MOST = 3, 40
_MOST_TYPED = 200


class BadAnswer(ValueError):
    """An answer is too short or too long."""


@dataclass(frozen=True)
class Answered:
    """A question that somebody chose, with the hash of their answer."""

    question: str
    hashed: str = field(repr=False)


def answer(text: str) -> str:
    """Read an answer as it is compared; BadAnswer where it has too few signs.

    NFKC, no upper and lower case, blanks are one (Unicode 15 sections 3.11 and 3.13):
    who types it a year later, or on a telephone, writes it differently.
    """
    folded = unicodedata.normalize("NFKC", text[:_MOST_TYPED]).casefold()
    read = " ".join(unicodedata.normalize("NFKC", folded).split())
    if not LEAST <= len(read) <= MOST:
        raise BadAnswer
    return read


def different(answers: Collection[str]) -> bool:
    """Say whether no two answers are alike: blanks and signs do not tell them apart."""
    bare = {"".join(filter(str.isalnum, each)) or each for each in answers}
    return len(bare) == len(answers)


def spelled(answers: Iterable[Answered]) -> str:
    """Spell a set of answers as what is registered."""
    return json.dumps([[each.question, each.hashed] for each in answers])


def registered(secret: str) -> tuple[Answered, ...]:
    """Read a set of answers that was registered."""
    return tuple(Answered(question, hashed) for question, hashed in json.loads(secret))


def drawn(questions: Iterable[str], seed: str, count: int) -> tuple[str, ...]:
    """Draw so many questions, by a seed: the same ones for as long as it is kept."""

    def place(question: str) -> bytes:
        return hashlib.sha256(f"{seed}\n{question}".encode()).digest()

    return tuple(sorted(questions, key=place)[:count])
