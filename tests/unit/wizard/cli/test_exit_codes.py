"""Every command ends with the code that the README says, whatever is not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.enrolled import CANARY
from wizard.cli.command import Command, Group
from wizard.cli.commands.order import COMMANDS
from wizard.cli.main import main
from wizard.cli.output import Exit

NO_SETTINGS, DOWN, READS = Exit.BAD_USAGE, Exit.FINDINGS, Exit.DONE
# where nothing is set up; and where relay, controller and agent do not answer
CODES = {
    "plan": (NO_SETTINGS, DOWN),
    "apply": (NO_SETTINGS, DOWN),
    "verify": (NO_SETTINGS, DOWN),
    "rollback": (Exit.DONE, Exit.DONE),
    "repair": (NO_SETTINGS, DOWN),
    "rekey": (NO_SETTINGS, DOWN),
    "rotate-keys": (NO_SETTINGS, DOWN),
    "rotate-password": (NO_SETTINGS, DOWN),
    "remove": (Exit.DONE, DOWN),
    "status": (Exit.FINDINGS, DOWN),
    "schema": (READS, READS),
    "export": (NO_SETTINGS, READS),
    "test-reset": (NO_SETTINGS, DOWN),
    "diagnose": (Exit.FINDINGS, DOWN),
    "permissions check": (NO_SETTINGS, DOWN),
    "permissions explain": (NO_SETTINGS, DOWN),
    "self-service show": (NO_SETTINGS, READS),
    "self-service check": (NO_SETTINGS, DOWN),
    "self-service guide": (NO_SETTINGS, READS),
    "permissions coverage": (NO_SETTINGS, DOWN),
    "permissions prove": (NO_SETTINGS, DOWN),
    "permissions plan": (NO_SETTINGS, DOWN),
    "permissions grant": (NO_SETTINGS, DOWN),
    "permissions revoke": (NO_SETTINGS, DOWN),
    "directory check": (NO_SETTINGS, DOWN),
    "audit verify": (Exit.DONE, Exit.DONE),
    "breaker close": (Exit.DONE, Exit.DONE),
    "deny list": (NO_SETTINGS, READS),
    "deny add": (NO_SETTINGS, DOWN),
    "deny remove": (NO_SETTINGS, DOWN),
}


def commands() -> Iterator[tuple[str, Command]]:
    for entry in COMMANDS:
        if isinstance(entry, Command):
            yield entry.name, entry
            continue
        assert isinstance(entry, Group)
        for each in entry.commands:
            yield f"{entry.name} {each.name}", each


def words_of(name: str, home: Path) -> list[str]:
    command = dict(commands())[name]
    takes = {word for argument in command.arguments for word in argument.names}
    more: list[str] = [each for each in ("--yes", "--check-only") if each in takes]
    person = ["anna@corp.test"] if "user" in takes else []
    person += ["CN=Anna,DC=corp,DC=test"] if "names" in takes else []
    # of no person: nobody may reset by the settings here
    person += ["help-desk"] if "material" in takes else []
    more += ["--portal", "https://portal.corp.test"] if "--portal" in takes else []
    return [*name.split(), *person, *more, "--home", str(home)]


def test_every_command_has_its_codes_here() -> None:
    assert set(CODES) == {name for name, _ in commands()}


@pytest.mark.parametrize("name", CODES)
def test_where_nothing_is_set_up(name: str, tmp_path: Path) -> None:
    assert main(words_of(name, tmp_path / "home")) == CODES[name][0]


@pytest.mark.parametrize("name", CODES)
def test_where_relay_controller_and_agent_are_down(name: str, down: Path) -> None:
    assert main(words_of(name, down)) == CODES[name][1]


@pytest.mark.parametrize("name", CODES)
def test_words_that_are_none_are_usage(name: str, down: Path) -> None:
    assert main([*words_of(name, down), "--nonsense"]) == Exit.BAD_USAGE


@pytest.mark.parametrize("name", [name for name, each in commands() if each.reads])
def test_what_only_reads_is_never_unclean(
    name: str, down: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_invocation: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr("wizard.cli.main.Invocation", breaks)
    assert main(words_of(name, down)) == Exit.FINDINGS


def test_a_file_that_names_a_controller_that_is_none_is_bad_settings(
    down: Path, tmp_path: Path
) -> None:
    """In force it was of use once: there the controller is down."""
    file = tmp_path / "site.yaml"
    file.write_bytes((down / "etc/settings.yaml").read_bytes())
    words = ["apply", "--yes", "--home", str(down)]
    assert main(words) == Exit.FINDINGS
    assert main([*words, "--settings", str(file)]) == Exit.BAD_USAGE
