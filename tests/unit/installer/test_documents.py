"""Manual pages and completion hold every word that the programs take."""

import argparse
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from installer import manual
from installer.command_lines import commands, parser_of
from installer.completion import completion
from installer.documents import COMPLETED, PROGRAMS, PROSE

PAGES = pytest.mark.parametrize("name", sorted(PROGRAMS))


def page(name: str) -> str:
    words = parser_of(PROGRAMS[name])
    return manual.page((PROSE / name).read_text(), words, version="1.2.3", epoch=0)


@PAGES
def test_a_page_holds_each_command_and_each_option(name: str) -> None:
    text = page(name)
    for command in commands(parser_of(PROGRAMS[name])):
        if command.name:
            assert f".SS {manual.escaped(command.name)}" in text
        for action in command.arguments:
            for option in action.option_strings:
                assert f"\\fB{manual.escaped(option)}\\fR" in text


@PAGES
def test_a_page_has_its_version_and_date_and_no_place_left_open(name: str) -> None:
    text = page(name)
    assert '"1970-01-01" "Writeback 1.2.3"' in text
    addresses = ("anna@example.com", r"no\-reply@example.com")
    for address in addresses:
        text = text.replace(address, "")
    assert "@" not in text


@PAGES
def test_man_has_nothing_to_say_against_a_page(name: str, tmp_path: Path) -> None:
    if shutil.which("man") is None:
        pytest.skip("man is not installed")
    (tmp_path / name).write_text(page(name))
    argv = ["man", "--warnings", "-l", str(tmp_path / name)]
    plain = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(argv, capture_output=True, text=True, check=True, env=plain)
    assert done.stderr == ""
    assert "SEE ALSO" in done.stdout


def test_text_of_a_parser_can_be_no_request() -> None:
    assert manual.escaped(".so /etc/passwd") == "\\&.so /etc/passwd"
    assert manual.escaped("a\\b --c") == "a\\eb \\-\\-c"


def test_an_option_of_one_command_is_told_there_and_a_common_one_once() -> None:
    parser = argparse.ArgumentParser(prog="x")
    inner = parser.add_subparsers(required=True)
    one, two = inner.add_parser("one", help="first"), inner.add_parser("two")
    for each in (one, two):
        each.add_argument("--both", action="store_true", help="told once")
    one.add_argument("--only", metavar="FILE", help="told there")
    text = manual.page(
        "@COMMANDS@\n.SH OPTIONS\n@OPTIONS@", parser, version="", epoch=0
    )
    before, after = text.split(".SH OPTIONS")
    assert "Told there." in before
    assert "Told once." not in before
    assert after.count("Told once.") == 1


def answers(tmp_path: Path, *words: str) -> list[str]:
    """Ask bash what it would offer for the last word."""
    file = tmp_path / words[0]
    (main,) = [main for name, main in COMPLETED.values() if name == words[0]]
    file.write_text(completion(parser_of(main), "bash"))
    function = f"_shtab_{words[0].replace('-', '_')}"
    asked = (
        f"source {file}; COMP_WORDS=({' '.join(words)}); "
        f"COMP_CWORD={len(words) - 1}; {function}; echo ${{COMPREPLY[*]}}"
    )
    listing = subprocess.run(
        ["bash", "-c", asked], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    return listing.stdout.split()


def test_bash_completes_commands_those_of_commands_and_options(tmp_path: Path) -> None:
    assert answers(tmp_path, "writeback", "ap") == ["apply"]
    assert answers(tmp_path, "writeback", "permissions", "ex") == ["explain"]
    assert answers(tmp_path, "writeback", "apply", "--sett") == ["--settings"]


def test_bash_completes_the_relays_commands(tmp_path: Path) -> None:
    assert answers(tmp_path, "writeback-relay", "res") == ["restore"]
    assert answers(tmp_path, "writeback-relay", "portal", "ad") == ["add"]
    assert "--statement" in answers(tmp_path, "writeback-relay", "setup", "--st")


def test_bash_completes_files_where_an_option_takes_one(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").touch()
    assert "site.yaml" in answers(tmp_path, "writeback", "plan", "--settings", "si")


def test_zsh_gets_each_command_too() -> None:
    words = parser_of(PROGRAMS["writeback.1"])
    text = completion(words, "zsh")
    assert text.startswith("#compdef writeback\n")
    for command in commands(words):
        assert command.name.split()[-1] in text
