"""`events export` and `events verify`, beside a portal that serves."""

import csv
import json
from pathlib import Path

import pytest

from portal.cli.main import main
from portal.database.schema import EVENT
from tests.fixtures.portal.running import ANNA, Running


async def _refused(portal: Running) -> None:
    browser = portal.browser()
    await browser.open("/account/sign-in")
    for _ in range(2):
        await browser.send(name=ANNA.upn, password="wrong")


async def test_events_are_written_out(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    await _refused(portal)
    assert main(["events", "export", *places, "--after", "1"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["code"] == "wrong_password"
    assert main(["events", "export", *places, "--format", "csv", "--most", "1"]) == 0
    _, row = csv.reader(capsys.readouterr().out.splitlines())
    assert row[0] == "1"
    assert main(["events", "export", *places, "--format", "cef"]) == 0
    assert capsys.readouterr().out.count("CEF:0|Writeback|Portal|") == 2


async def test_verify_says_which_was_changed(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["events", "verify", *places]) == 0
    await _refused(portal)
    assert main(["events", "verify", *places]) == 0
    assert "up to 2" in capsys.readouterr().out
    with portal.portal.services.database.begin() as connection:
        changed = EVENT.update().where(EVENT.c.number == 2)
        connection.execute(changed.values(code="ok"))
    assert main(["events", "verify", *places]) == 1
    assert "event 2 was changed" in capsys.readouterr().out


def test_without_a_database_it_says_so(
    tmp_path: Path, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = json.loads(Path(places[1]).read_text())
    settings["database"] = f"sqlite:///{tmp_path}/none.db"
    Path(places[1]).write_text(json.dumps(settings))
    assert main(["events", "export", *places]) == 1
    assert "there is no" in capsys.readouterr().err
    assert not (tmp_path / "none.db").exists()
