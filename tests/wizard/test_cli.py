"""The command line without a directory: usage, settings, secrets, no Qt."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.settings import schema
from wizard.cli import main

CANARY = "Canary-7f3a-Passw0rd!"
BAD = """
version: 1
agnet: x
relay: {url: "http://relay.corp.example"}
directory:
  domain: corp.example
  controllers: [{host: dc1.corp.example}]
  port: 3268
  account: {name: svc, container: "CN=Users,DC=corp,DC=example"}
scope: {containers: []}
"""


@pytest.fixture(autouse=True)
def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WRITEBACK_HOME", raising=False)


def descriptor(text: str) -> str:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        file.write(text)
    return str(reading)


def test_status_answers_in_its_first_line_when_nothing_is_set_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--home", str(tmp_path)]) == 0
    told = capsys.readouterr().out

    assert told == "Password writeback is not set up on this machine.\n"


def test_without_a_home_it_says_what_to_give(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["status", "--json"]) == 2
    told = capsys.readouterr()

    assert "--home" in json.loads(told.out)["remedy"]
    assert "--home" in told.err


def test_bad_settings_are_listed_with_every_path_and_nothing_is_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, home = tmp_path / "site.yaml", tmp_path / "home"
    file.write_text(BAD)
    code = main(["plan", "--home", str(home), "--settings", str(file), "--json"])
    told = json.loads(capsys.readouterr().out)

    assert code == 2
    assert {problem["path"] for problem in told["problems"]} == {
        "agent",
        "agnet",
        "relay.url",
        "directory.port",
        "scope.containers",
    }
    assert not home.exists()


def test_a_missing_settings_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "none.yaml"

    assert main(["apply", "--home", str(tmp_path), "--settings", str(file)]) == 2
    assert str(file) in capsys.readouterr().err


def test_schema_is_that_of_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema()


def test_rollback_without_a_journal_has_nothing_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rollback", "--home", str(tmp_path), "--yes"]) == 0
    assert capsys.readouterr().out == "Nothing to roll back.\n"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (f'{{"admin_pasword": "{CANARY}"}}', "admin_pasword"),
        (f"{CANARY}", "no JSON"),
        (f'["{CANARY}"]', "no JSON object"),
        ('{"admin_password": 7}', "Must be text: admin_password"),
    ],
)
def test_wrong_secrets_are_refused_by_name_and_never_quoted(
    given: str, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(tmp_path), "--json"]
    code = main(["apply", *home, "--secrets-fd", descriptor(given)])
    told = capsys.readouterr()

    assert code == 2
    assert named in told.err
    assert CANARY not in told.out + told.err


def test_it_runs_where_qt_can_not_be_imported(tmp_path: Path) -> None:
    blocked = "import sys; sys.modules['PySide6'] = None\n"
    run = f"main(['status', '--home', {str(tmp_path)!r}])"
    call = f"from wizard.cli import main; sys.exit({run})"
    done = subprocess.run(
        [sys.executable, "-c", blocked + call],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
