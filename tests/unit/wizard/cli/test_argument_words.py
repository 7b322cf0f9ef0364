"""The words of argparse are among ours, and are said in the language asked for."""

import argparse
import ast
import gettext
from collections.abc import Iterator
from pathlib import Path

import pytest

from wizard.cli.argument_words import WORDS
from wizard.cli.main import main
from wizard.translation import DOMAIN

# what only who writes a program meets: a wrong declaration, a file that is opened
_OTHERS = (
    *("conflicting", "cannot", "dest=", "'required'", ".__call__", "mutually"),
    *("%r is not callable", "invalid option string", "invalid conflict_resolution"),
    *("can't open", "%(prog)s: error", "unknown parser", 'argument "-"'),
    *("unexpected option string", "argument '%(argument", "command '", "option '"),
    *(" (default", "%(prog)s: warning", "subcommands"),
)


@pytest.fixture(autouse=True)
def _own_domain(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANGUAGE", "de")
    gettext.textdomain("messages")  # as a program begins
    yield
    gettext.textdomain("messages")


def asked() -> Iterator[str]:
    tree = ast.parse(Path(argparse.__file__).read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            first = node.args[0] if node.args else None
            gets = node.func.id in ("_", "ngettext")
            if gets and isinstance(first, ast.Constant):
                yield str(first.value)


def test_every_sentence_that_a_person_can_meet_is_in_the_catalog() -> None:
    found = {each for each in asked() if not each.startswith(_OTHERS)}
    assert found
    assert found <= {each.template for each in WORDS}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify", "--hom"], "Unbekannte Argumente: --hom."),
        (["plan", "--settings"], "Argument --settings: ein Argument erwartet."),
        (["rekey", "--secrets-fd", "x"], "Argument --secrets-fd: ungültiger Wert"),
    ],
)
def test_wrong_words_are_told_in_the_language_asked_for(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(words)
    assert said in capsys.readouterr().err


def test_help_is_in_one_language(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["plan", "--help"])
    printed = capsys.readouterr().out
    assert printed.startswith("Aufruf: writeback plan")
    assert "Optionen:" in printed
    assert "diese Hilfe anzeigen" in printed


def test_help_says_in_that_language_what_the_version_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    printed = capsys.readouterr().out
    assert "--version" in printed
    assert "show program's version" not in printed


def test_programs_read_english(capsys: pytest.CaptureFixture[str]) -> None:
    main(["plan", "--json", "--settings"])
    assert "expected one argument" in capsys.readouterr().out.lower()
    assert gettext.textdomain() != DOMAIN
