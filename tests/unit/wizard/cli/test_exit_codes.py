"""Every command ends with the code that the README says, whatever is not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.config import enrolment, secret_store, settings_file
from agent.system import atomic_files
from agent.system.paths import Paths
from tests.fixtures.enrolled import CANARY, enrolled
from tests.unit.wizard.answered import SETTINGS
from wire.keys import PrivateKeys
from wire.secret import Secret
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
    "remove": (Exit.DONE, DOWN),
    "status": (Exit.FINDINGS, DOWN),
    "schema": (READS, READS),
    "export": (NO_SETTINGS, READS),
    "test-reset": (NO_SETTINGS, DOWN),
    "permissions check": (NO_SETTINGS, DOWN),
    "permissions explain": (NO_SETTINGS, DOWN),
    "permissions coverage": (NO_SETTINGS, DOWN),
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
# nothing listens on the first port of this machine
_NOBODY = {"host": "dc1.corp.test", "address": "127.0.0.1"}


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
    more = [word for word in ("--yes", "--check-only") if word in takes]
    person = ["anna@corp.test"] if "user" in takes else []
    person += ["CN=Anna,DC=corp,DC=test"] if "names" in takes else []
    return [*name.split(), *person, *more, "--home", str(home)]


@pytest.fixture
def down(tmp_path: Path) -> Path:
    """A machine that is set up, whose relay and controller do not answer."""
    places = Paths.below(tmp_path / "home")
    plain = SETTINGS.model_dump(mode="json")
    directory = {**plain["directory"], "controllers": [_NOBODY], "port": 1}
    relay = {"url": "https://localhost:1"}
    settings = settings_file.validate({**plain, "relay": relay, "directory": directory})
    atomic_files.write_atomically(places.settings, settings_file.dump(settings))
    enrolment.save(places.enrolment, enrolled())
    secrets = secret_store.in_folder(places.secrets)
    for keys in (secret_store.AGENT_KEYS, secret_store.SELF_TEST_KEYS):
        secrets.put(keys, PrivateKeys.generate().secret())
    for key in (secret_store.LISTEN_KEY, secret_store.TEST_KEY):
        secrets.put(key, Secret("A" * 43 + "="))
    secrets.put(secret_store.DIRECTORY_PASSWORD, Secret(CANARY))
    return places.home


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
