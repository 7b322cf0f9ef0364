"""The gateway as `check` and `test-message` try it."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.authority import make_authority
from portal.cli.main import main
from tests.fixtures.portal.running import Running
from tests.fixtures.portal.text_gateway import (
    NUMBER,
    GatewayThread,
    settings_for,
    text_gateway,
)

_SECRET = "Canary-of-the-gateway"


@pytest.fixture
def gateway(
    portal: Running, places: list[str], tmp_path: Path
) -> Iterator[GatewayThread]:
    """A gateway that is in the settings, with its secret."""
    authority = make_authority(tmp_path / "ca")
    with text_gateway(authority, tmp_path / "gateway") as made:
        settings = json.loads(Path(places[1]).read_text())
        headers = {"Authorization": "Bearer {secret}"}
        sms = settings_for(made.url, authority.certificate, headers=headers)
        settings["sms"] = sms
        settings["relays"][0]["url"] = "https://localhost:1"
        Path(places[1]).write_text(json.dumps(settings))
        secret = portal.folder / "secrets/sms_secret"
        secret.write_text(f"{_SECRET}\n")
        for path in secret.parent.iterdir():
            path.chmod(0o600)
        yield made


def _checked(
    places: list[str], capsys: pytest.CaptureFixture[str]
) -> dict[str, dict[str, object]]:
    main(["check", "--json", *places])
    printed = capsys.readouterr().out
    assert _SECRET not in printed
    return {each["part"]: each for each in json.loads(printed)}


def test_check_reaches_the_gateway_and_sends_nothing(
    gateway: GatewayThread, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    part = f"text message gateway localhost:{gateway.port}"
    checked = _checked(places, capsys)
    assert checked[part]["ok"]
    assert checked["secret sms_secret"]["ok"]
    gateway.stop()
    checked = _checked(places, capsys)
    assert "can't be reached" in str(checked[part]["what"])
    assert gateway.asked == []


def test_a_secret_of_two_lines_is_none(
    portal: Running,
    gateway: GatewayThread,
    places: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    (portal.folder / "secrets/sms_secret").write_text("a\nX-Other: b")
    checked = _checked(places, capsys)
    part = f"text message gateway localhost:{gateway.port}"
    assert "must be one line of ASCII" in str(checked[part]["what"])


async def test_a_test_message_goes_to_the_number_that_is_given(
    gateway: GatewayThread, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["test-message", "+49 171 392 00 42", *places]
    assert await asyncio.to_thread(main, command) == 0
    assert "took a message to +49 ••• ••42" in capsys.readouterr().out
    asked = gateway.wait_for(1)
    assert asked.headers["Authorization"] == f"Bearer {_SECRET}"
    body = json.loads(asked.body)
    assert body["to"] == [NUMBER]
    assert body["content"]["body"] == "This is a test message of the portal of Contoso."


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [
        ("0171 3920042", 202, "must be a mobile one, with its country, of DE, AT"),
        (NUMBER, 403, "the gateway answered 403"),
    ],
)
async def test_what_is_not_sent_is_said(
    gateway: GatewayThread,
    places: list[str],
    capsys: pytest.CaptureFixture[str],
    *,
    number: str,
    status: int,
    words: str,
) -> None:
    gateway.status = status
    assert await asyncio.to_thread(main, ["test-message", number, *places]) == 1
    assert words in capsys.readouterr().err
