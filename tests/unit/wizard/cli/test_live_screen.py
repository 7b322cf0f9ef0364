"""A terminal is redrawn in place; elsewhere blocks follow each other."""

import io
from collections.abc import Sequence

import pytest

from wizard.cli.health_text import Line
from wizard.cli.live_screen import LiveScreen, fitted

LINES = (Line("is on", "ok", "ok       "), Line("plain"), Line("off", "failed", "no "))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(
    output: io.StringIO, *drawings: Sequence[Line], **environment: str
) -> Sequence[str]:
    screen = LiveScreen(output, {"TERM": "xterm", **environment})
    texts = []
    for lines in drawings:
        screen.show(lines)
        texts.append(output.getvalue())
        output.seek(0)
        output.truncate()
    return texts


def test_a_terminal_is_cleared_once_and_then_drawn_over() -> None:
    first, second = shown(Terminal(), LINES, LINES)
    assert first.startswith("\x1b[H\x1b[2J")
    assert second.startswith("\x1b[H\x1b[")
    assert "\x1b[2J" not in second
    assert second.endswith("\x1b[J")
    assert second.count("\x1b[K") == len(LINES)


def test_the_word_of_a_state_is_coloured_and_is_there_without() -> None:
    (coloured,) = shown(Terminal(), LINES)
    assert "\x1b[32mok       \x1b[0mis on" in coloured
    (plain,) = shown(Terminal(), LINES, NO_COLOR="1")
    assert "ok       is on" in plain
    assert "\x1b[32m" not in plain
    (empty,) = shown(Terminal(), LINES, NO_COLOR="")
    assert empty == coloured


@pytest.mark.parametrize(
    ("output", "environment"), [(io.StringIO(), {}), (Terminal(), {"TERM": "dumb"})]
)
def test_what_is_no_terminal_gets_blocks_of_lines(
    output: io.StringIO, environment: dict[str, str]
) -> None:
    (block,) = shown(output, LINES, **environment)
    assert block == "ok       is on\nplain\nno off\n\n"


def test_a_peers_words_steer_no_screen() -> None:
    (text,) = shown(io.StringIO(), (Line("\x1b]0;owned\x07\n\u202eanna"),))
    assert text == "\\x1b]0;owned\\x07\\n\\u202eanna\n\n"


def test_a_screen_that_is_too_small_is_not_scrolled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    monkeypatch.setenv("LINES", "5")
    lines = [Line(f"line {number} is long") for number in range(20)]
    (text,) = shown(Terminal(), lines)
    rows = text.removeprefix("\x1b[H\x1b[2J").split("\n")[:-1]
    assert [row.removesuffix("\x1b[K") for row in rows] == [
        "line 0 is l…",
        "line 1 is l…",
        "line 2 is l…",
        "…",
    ]


@pytest.mark.parametrize(
    ("text", "columns", "left"),
    [
        ("four", 4, "four"),
        ("fives", 4, "fiv…"),
        ("検証中です", 10, "検証中です"),
        ("検証中です", 9, "検証中…"),
        ("x", 0, "…"),
    ],
)
def test_signs_of_east_asia_take_two_places(text: str, columns: int, left: str) -> None:
    assert fitted(text, columns) == left
