"""Words that passwords are not made of: Microsoft's worked examples, and the rule."""

import random
import time

import pytest

from agent.self_service.banned_words import (
    NEEDED,
    Banned,
    Rule,
    banned,
    normalized,
    one_edit_apart,
    score,
)

WORDS = ("contoso", "blank")


@pytest.mark.parametrize(
    ("password", "points"),
    [
        # learn.microsoft.com, "Eliminate bad passwords using Password Protection"
        ("C0ntos0Blank12", 4),
        ("ContoS0Bl@nkf9!", 5),
        # each of the list twice, and a letter
        ("ContosoBlankContosoBlank!", 5),
        ("contoso", 1),
        ("contoso!", 2),
        ("", 0),
    ],
)
def test_the_worked_examples(password: str, points: int) -> None:
    assert score(normalized(password), WORDS) == points
    found = banned(password, WORDS, ())
    assert found == (None if points >= NEEDED else Banned(Rule.WORDS, points))


@pytest.mark.parametrize("password", ["abcdef", "abcdeg", "abxcdef", "abcde", "@bcdef"])
def test_a_word_is_found_by_one_edit(password: str) -> None:
    assert score(normalized(password), ("abcdef",)) == 1


@pytest.mark.parametrize("password", ["abcdgh", "abcdefgh", "abcd", "badcef"])
def test_two_edits_are_another_word(password: str) -> None:
    assert score(normalized(password), ("abcdef",)) > 1


@pytest.mark.parametrize(
    ("password", "name"),
    [
        ("P0lly-123-fb-xyz", "Polly Brandt"),
        ("xx-BRANDT-17-yy", "Polly Brandt"),
        ("my-name.svc#zebr@fink", "zebrafink"),
    ],
)
def test_a_name_of_the_person_is_refused(password: str, name: str) -> None:
    assert banned(password, WORDS, (name,)) == Banned(Rule.NAME)


def test_short_parts_of_names_and_no_list_refuse_nothing() -> None:
    assert banned("Pol-is-in-this-one", WORDS, ("Pol Ek",)) is None
    assert banned("contoso", (), ("contoso",)) is None


def distance(one: str, other: str) -> int:
    """Levenshtein's, by the book."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, against in enumerate(other, 1):
            last, row[j] = (
                row[j],
                min(row[j] + 1, row[j - 1] + 1, last + (letter != against)),
            )
    return row[-1]


def slowly(plain: str, words: tuple[str, ...]) -> int:
    """The same score, with each word compared at each place."""
    fewest = [0] * (len(plain) + 1)
    for start in range(len(plain) - 1, -1, -1):
        fewest[start] = 1 + fewest[start + 1]
        for end in range(start + 1, len(plain) + 1):
            text = plain[start:end]
            near = (w for w in words if text == w or w not in text)
            if any(distance(text, word) <= 1 for word in near):
                fewest[start] = min(fewest[start], 1 + fewest[end])
    return fewest[0]


def test_it_is_the_score_that_comparing_everything_gives() -> None:
    chosen = random.Random(20261130)  # noqa: S311 - the same again
    for _ in range(400):
        words = tuple(
            "".join(chosen.choices("abc", k=chosen.randint(4, 6))) for _ in range(3)
        )
        plain = "".join(chosen.choices("abcd", k=chosen.randint(0, 12)))
        assert score(plain, words) == slowly(plain, words)
        one, other = words[0], "".join(chosen.choices("abc", k=5))
        assert one_edit_apart(one, other) == (distance(one, other) <= 1)


def test_the_longest_password_and_list_take_little() -> None:
    chosen = random.Random(7)  # noqa: S311 - the same again
    letters = "abcdefgh"
    words = tuple("".join(chosen.choices(letters, k=16)) for _ in range(1000))
    password = "".join(chosen.choices(letters, k=256))
    score(password, words)  # the list is read once
    began = time.thread_time()
    score(password, words)
    assert time.thread_time() - began < 1.0  # of seconds; comparing all takes minutes
