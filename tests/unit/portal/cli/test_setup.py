"""From an installed package to a portal: checked first, then made, and repeatable."""

import io
import json
from pathlib import Path

import pytest
import yaml

from portal.cli.main import main
from portal.settings import read_settings

_GOOD = ("--base-url", "https://password.contoso.test", "--organization", "Contoso")


class Place:
    """Where a portal is to be set up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings, self.secrets = folder / "etc/portal.yaml", folder / "secrets"
        self.database = folder / "data/portal.db"

    def run(self, *words: str) -> int:
        where = ("--settings", str(self.settings), "--secrets", str(self.secrets))
        return main([*words, *where])

    def set_up(self, *words: str) -> int:
        return self.run("setup", "--database", f"sqlite:///{self.database}", *words)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("sys.stdin", io.StringIO())  # nobody to ask
    return Place(tmp_path)


def test_it_makes_all_and_keeps_it_when_repeated(place: Place) -> None:
    assert place.set_up(*_GOOD) == 0
    made = {path: path.read_bytes() for path in place.secrets.iterdir()}
    assert {path.name for path in made} == {"wire_keys", "row_keys", "pepper"}
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}
    assert place.database.stat().st_mode & 0o777 == 0o600
    settings = read_settings(place.settings)
    assert settings.issuer == settings.base_url
    assert [str(each) for each in settings.trusted_proxies] == [
        "127.0.0.1/32",
        "::1/128",
    ]
    place.settings.write_text(f"{place.settings.read_text()}# by hand\n")
    assert place.set_up("--base-url", "https://other.test") == 0
    assert place.settings.read_text().endswith("# by hand\n")
    assert made == {path: path.read_bytes() for path in place.secrets.iterdir()}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--organization", "X"), "setup needs --base-url"),
        (_GOOD[:2], "setup needs --organization"),
        (("--base-url", "http://x", "--organization", "X"), "must be https://"),
        ((*_GOOD, "--cert", "/x"), "--cert and --key go together"),
        ((*_GOOD, "--mail", "mail.test"), "mail.sender"),
        ((*_GOOD, "--mail", "mail.test:x", "--mail-sender", "a@b"), "mail.port"),
        ((*_GOOD, "--proxy", "everybody"), "trusted_proxies"),
        (
            (*_GOOD, "--mail", "m.test", "--mail-sender", "a@b", "--mail-user", "u"),
            "setup needs --mail-password-file",
        ),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_made(
    place: Place,
    words: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert place.set_up(*words) == 1
    assert said in capsys.readouterr().err
    assert [*place.folder.iterdir()] == []


def test_passwords_are_secrets_and_in_no_settings(place: Place) -> None:
    for name in ("mail", "database"):
        (place.folder / name).write_text(f"canary-{name}\n")
    more = ("--mail", "mail.test:25", "--mail-sender", "a@b.test", "--mail-user", "u")
    files = ["--mail-password-file", str(place.folder / "mail")]
    files += ["--database-password-file", str(place.folder / "database")]
    words = ("setup", "--database", "postgresql://portal@db.test/portal")
    assert place.run(*words, *_GOOD, *more, *files) == 0
    assert "canary" not in place.settings.read_text()
    assert (place.secrets / "mail_password").read_text() == "canary-mail\n"
    assert (place.secrets / "database_password").read_text() == "canary-database\n"
    mail = read_settings(place.settings).mail
    assert mail is not None
    assert (mail.host, mail.port, mail.user) == ("mail.test", 25, "u")


def test_a_relay_and_its_agents_come_by_commands(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.set_up(*_GOOD) == 0

    def granted(key: str) -> int:
        text = json.dumps({"send_key_name": "portal-acme", "send_key": key})
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        return place.run("add-relay", "main", "--url", "https://relay.test")

    assert granted("first") == 0
    assert granted("second") == 0  # its Send key was changed
    agent = ("add-agent", "srv1", "--domain", "corp", "--fingerprint")
    assert place.run(*agent, "abcd") == 1
    assert "64 hexadecimal digits" in capsys.readouterr().err
    assert place.run(*agent, *["ABCD"] * 16) == 0
    written = yaml.safe_load(place.settings.read_text())
    assert [each["id"] for each in written["relays"]] == ["main"]
    assert read_settings(place.settings).agents[0].fingerprint == "abcd" * 16
    key = place.secrets / "send_key_main"
    assert (key.read_text(), key.stat().st_mode & 0o777) == ("second\n", 0o600)
    assert "second" not in place.settings.read_text()


@pytest.mark.parametrize("typed", ["", "no json", "[]", '{"send_key": 1}'])
def test_what_no_relay_granted_is_refused(
    place: Place,
    typed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert place.set_up(*_GOOD) == 0
    before = place.settings.read_text()
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert place.run("add-relay", "main", "--url", "https://relay.test") == 1
    assert "not what a relay grants" in capsys.readouterr().err
    assert place.settings.read_text() == before
