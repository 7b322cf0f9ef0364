"""From an installed package to a relay: checked first, then made, and repeatable."""

import time
from pathlib import Path

import pytest
import yaml

from lab.authority import issue, make_authority
from relay.cli.main import main
from relay.database.store import Store
from wire.enrolment_code import parse_half
from wire.keys import PrivateKeys
from wire.portal_statement import PortalStatement

NAME = "relay.example.com"


class Machine:
    """Where a relay is to be set up, with a certificate for it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.settings = folder / "etc" / "relay.yaml"
        self._folder = folder
        self._authority = make_authority(folder / "ca")
        self.pair = self.certificate("good", NAME)

    def certificate(self, label: str, *names: str) -> list[str]:
        issue(self._authority, self._folder / label, list(names), [])
        path = self._folder / label
        return ["--cert", f"{path}.pem", "--key", f"{path}.key"]

    def set_up(self, *words: str) -> int:
        where = ["--data", str(self.data), "--settings", str(self.settings)]
        return main(["setup", *where, *words])

    @property
    def is_untouched(self) -> bool:
        return not self.data.exists() and not self.settings.exists()

    def statement(self) -> str:
        keys, now = PrivateKeys.generate(), int(time.time())
        path = self._folder / "statement"
        path.write_text(PortalStatement.sign("https://acme.test", keys, now).token)
        return str(path)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_it_makes_database_and_settings_and_can_be_repeated(machine: Machine) -> None:
    for _ in range(2):
        assert machine.set_up("--name", NAME.upper(), *machine.pair) == 0
    written = yaml.safe_load(machine.settings.read_text())
    assert written == {
        "name": NAME,
        "certificate": machine.pair[1],
        "key": machine.pair[3],
        "metrics": "127.0.0.1:9469",
    }
    assert (machine.data / "relay.db").is_file()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "setup needs --name"),
        (["--name", NAME], "setup needs --cert"),
        (["--name", "no name", "PAIR"], "name: 'no name' must be a DNS name"),
        (["--name", "other.example.com", "PAIR"], f"but for {NAME}"),
        (["--name", NAME, "PAIR", "--listen", "443"], "listen: '443' must be HOST"),
        (["--name", NAME, "PAIR", "--portal", "acme"], "go together"),
        (
            ["--name", NAME, "PAIR", "--portal", "acme", "--statement", "/nowhere"],
            "/nowhere",
        ),
        (["--name", NAME, "--cert", "/no.pem", "--key", "/no.key"], "/no.pem"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_made(
    machine: Machine,
    words: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = [
        part for word in words for part in (machine.pair if word == "PAIR" else [word])
    ]
    assert machine.set_up(*given) == 1
    assert sentence in capsys.readouterr().err
    assert machine.is_untouched


def test_a_key_of_another_certificate_is_told(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    other = machine.certificate("other", NAME)
    assert machine.set_up("--name", NAME, *machine.pair[:3], other[3]) == 1
    assert "is not the private key" in capsys.readouterr().err
    assert machine.is_untouched


def test_a_first_portal_gets_its_key_and_half_a_code(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--name", NAME, *machine.pair, "--portal", "acme"]
    words += ["--statement", machine.statement()]
    assert machine.set_up(*words) == 0
    said = capsys.readouterr().out
    assert '"send_key_name": "portal-acme"' in said
    half = parse_half(said.splitlines()[-1])
    store = Store(machine.data)
    assert store.code(half.lookup) is not None
    store.close()
    assert machine.set_up(*words) == 0
    assert "registered already" in capsys.readouterr().out


def test_a_statement_that_is_none_is_told_before_anything_is_made(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--name", NAME, *machine.pair, "--portal", "acme"]
    assert machine.set_up(*words, "--statement", machine.pair[1]) == 1
    assert "statement" in capsys.readouterr().err
    assert machine.is_untouched
