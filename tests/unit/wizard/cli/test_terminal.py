"""A question on a terminal is answered in the language that it is asked in."""

import sys

import pytest

from wizard.cli.terminal import confirm_on_terminal
from wizard.translation import CHOICE


class Terminal:
    """A terminal on which somebody types."""

    def isatty(self) -> bool:
        return True

    def write(self, _text: str) -> int:
        return 0

    def flush(self) -> None:
        """Show what was written."""


@pytest.mark.parametrize(
    ("language", "typed", "accepted"),
    [
        ("en", "y", True),
        ("en", "Yes ", True),
        ("en", "j", False),
        ("en", "", False),
        ("de", "j", True),
        ("de", "JA", True),
        ("de", "y", True),
        ("de", "n", False),
        ("fr", "o", True),
        ("fr", "oui", True),
        ("fr", "non", False),
        ("es", "sí", True),
        ("es", "Si", True),
        ("es", "no", False),
        ("ja", "y", True),
        ("ja", "はい", True),
        ("ja", "いいえ", False),
    ],
)
def test_yes_is_what_the_language_says(
    monkeypatch: pytest.MonkeyPatch, language: str, typed: str, *, accepted: bool
) -> None:
    monkeypatch.setenv(CHOICE, language)
    for name in ("stdin", "stderr"):
        monkeypatch.setattr(sys, name, Terminal())
    monkeypatch.setattr("builtins.input", lambda: typed)
    assert confirm_on_terminal("Writes the settings file") is accepted
