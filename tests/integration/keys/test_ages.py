"""How old keys and password are, and when the next come: told by each command."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.config import secret_store as kept
from lab.controller import Lab
from lab.sandbox import sandbox
from tests.integration.keys.test_rotation import sealing_key, until
from tests.integration.wizard.test_install import install
from wizard.cli.main import main

_AGED = ("sealing_key", "shared_keys", "directory_password")


def test_status_and_verify_say_how_old_each_is_and_when_the_next_comes(
    fresh_lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        install(whole)
        until(lambda: sealing_key(whole))
        today, long_ago = datetime.now(UTC), datetime.now(UTC) - timedelta(days=200)
        listen = whole.host.places.secrets / f"{kept.SERVICE}.{kept.LISTEN_KEY}"
        os.utime(listen, (long_ago.timestamp(),) * 2)
        home = ("--home", str(whole.host.places.home))
        due = {
            "sealing_key": (today, today + timedelta(days=30)),
            "shared_keys": (long_ago, long_ago + timedelta(days=180)),
            "directory_password": (today, today + timedelta(days=180)),
        }
        titles = ("Sealing key", "Keys shared with the relay", "Directory password")

        assert main(["status", *home]) == 0
        text = capsys.readouterr().out
        for title, (since, following) in zip(titles, due.values(), strict=True):
            (line,) = [line for line in text.splitlines() if title in line]
            ages = f"since {since:%Y-%m-%d}, the next due on {following:%Y-%m-%d}"
            assert ages in line

        assert main(["status", "--json", *home]) == 0
        keys = json.loads(capsys.readouterr().out)["keys"]
        for key, (since, following) in due.items():
            assert keys[key]["since"].startswith(f"{since:%Y-%m-%d}T")
            assert keys[key]["next"].startswith(f"{following:%Y-%m-%d}T")

        # what is due is worth knowing, and no fault
        assert main(["verify", "--json", *home]) == 0
        rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)["checks"]}
        assert [rows[key]["state"] for key in _AGED] == ["ok", "info", "ok"]
        assert "rotate-keys" in rows["shared_keys"]["remedy"]
        for key, (since, following) in due.items():
            assert f"{since:%Y-%m-%d}" in rows[key]["detail"]
            assert f"{following:%Y-%m-%d}" in rows[key]["detail"]
