"""The command line without a directory: usage, settings, secrets, no Qt."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.config.settings_file import dump, schema, validate
from tests.unit.wizard.answered import SETTINGS
from wizard.cli.errors import BadUsage
from wizard.cli.main import main
from wizard.cli.output import Exit, Result
from wizard.cli.secrets import CommandSecrets
from wizard.host.sandbox.host import SandboxHost
from wizard.plan import journal

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
    assert main(["status", "--home", str(tmp_path)]) == Exit.FINDINGS
    answer_text = capsys.readouterr().out

    assert answer_text == "Password writeback is not set up on this machine.\n"


def test_settings_that_were_deleted_are_told_and_not_taken_for_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = SandboxHost(tmp_path).places
    places.enrolment.parent.mkdir(parents=True)
    places.enrolment.write_text("{}")
    assert main(["status", "--home", str(tmp_path), "--json"]) == Exit.FINDINGS
    answer_text = json.loads(capsys.readouterr().out)
    assert (answer_text["installed"], answer_text["lost"]) == (
        True,
        str(places.settings),
    )
    for command in (["repair"], ["verify"], ["test-reset", "anna", "--check-only"]):
        assert main([*command, "--home", str(tmp_path)]) == Exit.BAD_USAGE
        printed = capsys.readouterr().err
        assert f"{places.settings} is missing" in printed
        assert "writeback apply --settings FILE" in printed


def test_settings_in_force_that_can_not_be_read_come_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = SandboxHost(tmp_path).places.settings
    place.parent.mkdir(parents=True)
    place.write_text("agent: [a")
    codes = dict.fromkeys(("verify", "repair", "apply"), Exit.BAD_USAGE)
    codes["status"] = Exit.FINDINGS  # a monitor knows 0 and 4 alone
    for command, code in codes.items():
        assert main([command, "--home", str(tmp_path), "--json"]) == code
        answer_text = json.loads(capsys.readouterr().out)
        assert answer_text["problems"]
        assert "Fix the file" in answer_text["remedy"]
    other = tmp_path / "site.yaml"
    other.write_text("agent: [a")
    argv = ["plan", "--home", str(tmp_path / "new"), "--settings", str(other)]
    assert main(argv) == Exit.BAD_USAGE
    assert "Fix the file" not in capsys.readouterr().err


def test_a_secret_that_is_missing_is_named_as_it_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(dump(SETTINGS))
    argv = ["plan", "--home", str(tmp_path / "home"), "--settings", str(file)]
    assert main(argv) == Exit.BAD_USAGE
    assert "admin_user and admin_password by --secrets-fd" in capsys.readouterr().err


def test_two_tables_are_not_written_into_one_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, place = tmp_path / "site.yaml", tmp_path / "all"
    file.write_text(dump(SETTINGS))
    named = ["--csv", str(place), "--jsonl", str(place), "--settings", str(file)]
    home = ["--home", str(tmp_path / "home")]
    assert main(["permissions", "coverage", *named, *home]) == Exit.BAD_USAGE
    assert "Give each its own file" in capsys.readouterr().err
    assert not place.exists()


def test_without_a_home_it_says_what_to_give(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["status", "--json"]) == 2
    answer_text = capsys.readouterr()

    assert "--home" in json.loads(answer_text.out)["remedy"]
    assert "--home" in answer_text.err


def test_bad_settings_are_listed_with_every_path_and_nothing_is_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, home = tmp_path / "site.yaml", tmp_path / "home"
    file.write_text(BAD)
    code = main(["plan", "--home", str(home), "--settings", str(file), "--json"])
    answer_text = json.loads(capsys.readouterr().out)

    assert code == 2
    assert {problem["path"] for problem in answer_text["problems"]} == {
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


def test_another_at_work_is_told_with_who_and_since_when(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    host, began = SandboxHost(tmp_path), datetime.now(UTC)
    journal.begin(host.places.journal)
    with host.lock():
        code = main(["rollback", "--home", str(tmp_path), "--yes", "--json"])
    answer_text = capsys.readouterr()
    answer = json.loads(answer_text.out)

    assert (code, answer["exit"]) == (4, 4)
    for shown in (answer["error"], answer_text.err):
        assert f"(process {os.getpid()})" in shown
        # two days, where it was midnight meanwhile
        days = {f"{each:%Y-%m-%d}" for each in (began, datetime.now(UTC))}
        assert any(day in shown for day in days)
    assert answer["remedy"]


def test_status_tells_of_a_cut_off_run_and_of_what_is_installed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    host = SandboxHost(tmp_path)
    journal.begin(host.places.journal)
    assert main(["status", "--home", str(tmp_path)]) == 4
    answer_text = capsys.readouterr().out
    assert answer_text == "An earlier run was cut off; run writeback rollback.\n"

    host.write(host.places.settings, dump(SETTINGS))
    assert main(["status", "--home", str(tmp_path), "--json"]) == 4
    answer = json.loads(capsys.readouterr().out)
    assert (answer["installed"], answer["cut_off"]) == (True, True)


def test_a_home_that_is_a_file_is_named_and_nothing_is_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "file"
    home.write_text("mine")

    assert main(["status", "--home", str(home), "--json"]) == 2
    assert str(home) in json.loads(capsys.readouterr().out)["error"]
    assert home.read_text() == "mine"


@pytest.mark.parametrize("number", ["-1", "1", "2", "987"])
def test_a_descriptor_that_can_not_be_read_is_named(
    number: str, tmp_path: Path
) -> None:
    argv = ["apply", "--home", str(tmp_path), "--json", "--secrets-fd", number]
    done = subprocess.run(
        [sys.executable, "-m", "wizard.cli.main", *argv],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    assert f"--secrets-fd {number}" in json.loads(done.stdout)["error"]
    assert f"--secrets-fd {number}" in done.stderr


@pytest.mark.parametrize("number", ["1", "2"])
def test_what_is_written_to_is_never_read(number: str, tmp_path: Path) -> None:
    """It is refused where it could be read, too, as a terminal: nobody waits for it."""
    ours, theirs = os.openpty()
    argv = ["apply", "--home", str(tmp_path), "--secrets-fd", number]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "wizard.cli.main", *argv],
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            timeout=60,
            check=False,
        )
        assert done.returncode == 2
        assert f"--secrets-fd {number}" in os.read(ours, 4096).decode()
    finally:
        os.close(theirs)
        os.close(ours)


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_how_secrets_are_given_is_told_as_the_system_can(
    system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(BadUsage) as caught:
        CommandSecrets.read(1)
    descriptor = {"linux": "--secrets-fd 3 3<", "win32": "--secrets-fd 0 <"}
    assert descriptor[system] in caught.value.remedy


def test_secrets_may_have_powershells_mark_before_them(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_bytes(b'\xef\xbb\xbf{"admin_user": "ad\xc3\xa4"}')
    read = CommandSecrets.read(os.open(file, os.O_RDONLY))
    assert read.secrets["admin_user"].reveal() == "ad\u00e4"


def test_secrets_come_by_standard_input_too(tmp_path: Path) -> None:
    argv = ["plan", "--home", str(tmp_path), "--secrets-fd", "0"]
    done = subprocess.run(
        [sys.executable, "-m", "wizard.cli.main", *argv],
        input=f'{{"admin_pasword": "{CANARY}"}}',
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "Not a secret: admin_pasword" in done.stderr
    assert CANARY not in done.stdout + done.stderr


@pytest.mark.parametrize("stopped", [KeyboardInterrupt, EOFError])
def test_who_stops_at_a_question_has_changed_nothing(
    stopped: type[BaseException],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stop() -> str:
        raise stopped

    journal.begin(SandboxHost(tmp_path).places.journal)
    monkeypatch.setattr("builtins.input", stop)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    assert main(["rollback", "--home", str(tmp_path)]) == 2
    assert capsys.readouterr().err.endswith(
        "Stopped at a question. Nothing was changed.\n"
    )
    assert main(["status", "--home", str(tmp_path)]) == 4


def test_stopped_elsewhere_it_says_where_to_look(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stop(_controller: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("wizard.cli.commands.status.status", stop)
    assert main(["status", "--home", str(tmp_path)]) == 3
    assert "writeback status" in capsys.readouterr().err


def test_an_unexpected_error_is_told_by_its_kind_and_place_alone(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(_controller: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr("wizard.cli.commands.status.status", breaks)
    assert main(["status", "--home", str(tmp_path), "--json"]) == 4
    answer_text = capsys.readouterr()
    told = json.loads(answer_text.out)
    assert told["error"] == "ValueError"
    assert told["place"].startswith("wizard.cli.commands.status, line ")
    where = f"An unexpected error of kind ValueError at {told['place']}.\n"
    assert answer_text.err == where


EXISTING = {"account": {"kind": "existing", "name": "svc-2@corp.test"}}


@pytest.mark.parametrize(
    ("installed", "parts", "prompts"),
    [
        (False, {}, ["Name", "Password", "Enrolment code"]),
        (
            False,
            {"directory": EXISTING},
            ["Password of svc-2@corp.test", "Enrolment code"],
        ),
        (True, {"identify_by": "mail"}, []),
        (True, {"directory": EXISTING}, ["Password of svc-2@corp.test"]),
        (True, {"agent": "other"}, ["Enrolment code"]),
        (True, {"relay": {"url": "https://relay2.corp.test"}}, ["Enrolment code"]),
    ],
)
def test_a_terminal_is_asked_for_what_the_settings_need(
    installed: bool,  # noqa: FBT001 - one of the table's columns
    parts: dict[str, Any],
    prompts: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = SETTINGS.model_dump(mode="json")
    for name, part in parts.items():
        plain[name] = plain[name] | part if isinstance(part, dict) else part
    file, home, asked = tmp_path / "site.yaml", tmp_path / "home", []
    file.write_text(dump(validate(plain)))
    if installed:
        SandboxHost(home).write(home / "etc/settings.yaml", dump(SETTINGS))

    def ask(prompt: str = "Name: ") -> str:
        asked.append(prompt.removesuffix(": "))
        return "given"

    def show(*_arguments: object) -> Result:
        return Result(Exit.DONE, "", {})

    monkeypatch.setattr("builtins.input", ask)
    monkeypatch.setattr("getpass.getpass", ask)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("wizard.cli.commands.apply.show_plan", show)

    assert main(["plan", "--home", str(home), "--settings", str(file)]) == 0
    assert asked == prompts


def test_usage_is_told_to_programs_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["aply", "--json"]) == 2
    answer_text = capsys.readouterr()

    assert "aply" in json.loads(answer_text.out)["error"]
    assert "aply" in answer_text.err


@pytest.mark.parametrize(
    ("source", "named"),
    [
        (f'{{"admin_pasword": "{CANARY}"}}', "admin_pasword"),
        (f"{CANARY}", "no JSON"),
        (f'["{CANARY}"]', "no JSON object"),
        ('{"admin_password": 7}', "Must be text: admin_password"),
    ],
)
def test_wrong_secrets_are_refused_by_name_and_never_quoted(
    source: str, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(tmp_path), "--json"]
    code = main(["apply", *home, "--secrets-fd", descriptor(source)])
    answer_text = capsys.readouterr()

    assert code == 2
    assert named in answer_text.err
    assert CANARY not in answer_text.out + answer_text.err


def test_it_runs_where_qt_can_not_be_imported(tmp_path: Path) -> None:
    blocked = "import sys; sys.modules['PySide6'] = None\n"
    run = f"main(['status', '--home', {str(tmp_path)!r}])"
    call = f"from wizard.cli.main import main; sys.exit({run})"
    done = subprocess.run(
        [sys.executable, "-c", blocked + call],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (Exit.FINDINGS, "")
