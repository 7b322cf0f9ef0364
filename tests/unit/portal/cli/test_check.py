"""`check` tries each part, says what to do, and fails where one fails."""

import asyncio
import json
from pathlib import Path

import pytest

from portal.cli.main import main
from portal.database.schema import EVENT
from tests.fixtures.portal.picture import png
from tests.fixtures.portal.running import ANNA, Running


def _checked(
    places: list[str], capsys: pytest.CaptureFixture[str]
) -> dict[str, dict[str, object]]:
    """Check a portal whose relay and front proxy are nowhere: these always fail."""
    settings = json.loads(Path(places[1]).read_text())
    settings["sms"] = None
    settings["base_url"] = "https://localhost:1"
    settings["listen"] = "127.0.0.1:1"
    settings["relays"][0]["url"] = "https://localhost:1"
    Path(places[1]).write_text(json.dumps(settings))
    assert main(["check", "--json", *places]) == 1
    return {each["part"]: each for each in json.loads(capsys.readouterr().out)}


def _close(portal: Running) -> None:
    for path in (portal.folder / "secrets").iterdir():
        path.chmod(0o600)


def test_what_is_well_and_what_is_not(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    _close(portal)
    checked = _checked(places, capsys)
    failed = [part for part, each in checked.items() if not each["ok"]]
    around = ["clock", "front proxy", "server 127.0.0.1:1"]
    assert failed == ["agent srv1", *around, "address https://localhost:1"]
    assert all(each["remedy"] for part, each in checked.items() if part in failed)
    assert checked["agent srv1"]["remedy"]
    assert checked["database"]["what"] == "of this version; the audit is whole"


def test_a_secret_that_others_read_fails(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    _close(portal)
    (portal.folder / "secrets/pepper").chmod(0o644)
    (portal.folder / "secrets/row_keys").write_text("none")
    checked = _checked(places, capsys)
    assert "chmod 600" in str(checked["secret pepper"]["remedy"])
    assert not checked["secret row_keys"]["ok"]


async def test_an_audit_that_was_changed_fails(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    browser = portal.browser()
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password="wrong")
    with portal.portal.services.database.begin() as connection:
        connection.execute(EVENT.update().values(code="ok"))
    checked = await asyncio.to_thread(_checked, places, capsys)
    database = checked["database"]
    assert not database["ok"]
    assert "event 1 was changed" in str(database["what"])


def test_a_mail_server_that_is_away_fails(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = json.loads(Path(places[1]).read_text())
    settings["mail"] = {"host": "localhost", "port": 1, "sender": "a@contoso.test"}
    Path(places[1]).write_text(json.dumps(settings))
    mail = _checked(places, capsys)["mail server localhost"]
    assert not mail["ok"]
    assert "it can't be asked" in str(mail["what"])


def test_an_identity_provider_that_is_away_fails(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = json.loads(Path(places[1]).read_text())
    settings["identity_provider"] = {
        "issuer": "https://localhost:1",
        "client_id": "portal",
        "name": "Contoso ID",
    }
    Path(places[1]).write_text(json.dumps(settings))
    checked = _checked(places, capsys)
    provider = checked["identity provider Contoso ID"]
    assert not provider["ok"]
    assert "it can't be asked" in str(provider["what"])
    (portal.folder / "secrets/provider_secret").unlink()
    checked = _checked(places, capsys)
    assert not checked["secret provider_secret"]["ok"]


def test_settings_that_are_not_there_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--settings", str(tmp_path / "none.yaml")]) == 1
    assert "FAILED  settings: there is no" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "ok", "words"),
    [(png(), True, "can be shown"), (b"<svg/>", False, "can hold scripts")],
)
def test_a_logo_is_looked_through(
    portal: Running,
    places: list[str],
    capsys: pytest.CaptureFixture[str],
    content: bytes,
    words: str,
    *,
    ok: bool,
) -> None:
    file = portal.folder / "logo.png"
    file.write_bytes(content)
    settings = json.loads(Path(places[1]).read_text())
    settings["brand"] = {"logo": str(file)}
    Path(places[1]).write_text(json.dumps(settings))
    found = _checked(places, capsys)["logo"]
    assert (found["ok"], words in str(found["what"])) == (ok, True)
