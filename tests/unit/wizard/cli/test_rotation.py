"""Rotate: by a timer too, which finds nothing to do most of the time."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.config import secret_store as kept
from agent.config import settings_file
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost
from wire.secret import Secret
from wizard.cli.main import main
from wizard.cli.output import Exit

PASSWORD, KEYS = "rotate-password", "rotate-keys"
AGED = {PASSWORD: kept.DIRECTORY_PASSWORD, KEYS: kept.LISTEN_KEY}


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    made = FakeHost(tmp_path)
    made.write(made.places.settings, settings_file.dump(SETTINGS))
    return made


def stored(host: FakeHost, name: str, days: float) -> None:
    host.secrets.put(name, Secret("x"))
    at = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(host.places.secrets / f"{kept.SERVICE}.{name}", (at, at))


def run(
    host: FakeHost, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, dict[str, Any]]:
    home = ("--home", str(host.places.home), "--json")
    code = main([*words, *home])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("command", [PASSWORD, KEYS])
def test_what_is_young_enough_is_left(
    host: FakeHost, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    stored(host, AGED[command], 179.9)
    code, data = run(host, capsys, command, "--older-than", "180", "--yes")
    assert (code, data["changes"]) == (Exit.DONE, [])
    assert "replaced" in data


@pytest.mark.parametrize("command", [PASSWORD, KEYS])
def test_what_is_older_is_planned(
    host: FakeHost, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """Here without an account and an enrolment, so that the plan says what is amiss."""
    stored(host, AGED[command], 180.1)
    code, data = run(host, capsys, command, "--older-than", "180", "--yes")
    assert code != Exit.DONE
    assert data["error"]


def test_what_a_wrong_clock_stored_in_the_future_is_old(
    host: FakeHost, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(host, AGED[PASSWORD], -400.0)
    code, _ = run(host, capsys, PASSWORD, "--older-than", "180", "--yes")
    assert code != Exit.DONE


@pytest.mark.parametrize("days", ["0", "-1", "3651", "9" * 30])
def test_no_days_are_refused(
    host: FakeHost, capsys: pytest.CaptureFixture[str], days: str
) -> None:
    code, data = run(host, capsys, PASSWORD, "--older-than", days)
    assert code == Exit.BAD_USAGE
    assert "1 to 3650 days" in data["error"]


@pytest.mark.parametrize("command", [PASSWORD, KEYS])
def test_where_nothing_is_set_up_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    code, _ = run(FakeHost(tmp_path), capsys, command, "--yes")
    assert code == Exit.BAD_USAGE
