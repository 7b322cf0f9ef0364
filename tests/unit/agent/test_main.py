"""The command `writeback-agent`: its exit codes, and what it says."""

import errno
import json
import logging
import ssl
from pathlib import Path

import pytest

from agent.__main__ import main
from agent.config import secret_store
from agent.system.paths import Paths
from wire.log_limit import LogLimit


def test_everything_missing_is_named_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--home", str(tmp_path)]) == 2
    text = capsys.readouterr().err
    for name in ("settings.yaml", "enrolment.json", *secret_store.NAMES[:3]):
        assert name in text
    assert main(["check", "--json", "--home", str(tmp_path)]) == 2
    results = json.loads(capsys.readouterr().out)
    assert {each["state"] for each in results} == {"failed"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x"), 1),
        (OSError(errno.EMFILE, "Too many open files"), 1),
        (FileNotFoundError(errno.ENOENT, "No such file", "/ca.pem"), 2),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), 2),
        (ssl.SSLError(1, "no certificate"), 2),
    ],
)
def test_what_may_pass_by_itself_has_it_started_again(
    places: Paths,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: OSError,
    code: int,
) -> None:
    """Exit code 2 is the one that systemd does not start it again for."""

    def fails(*_arguments: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr("agent.__main__.Service", fails)
    assert main(["run", "--home", str(places.home)]) == code
    assert str(error.strerror) in capsys.readouterr().err


def test_a_ledger_that_can_not_be_opened_is_named(
    places: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    places.ledger.parent.mkdir(parents=True, exist_ok=True)
    places.ledger.write_bytes(b"no database " * 1000)
    assert main(["run", "--home", str(places.home)]) == 2
    text = capsys.readouterr().err
    assert f"{places.ledger} can't be used" in text
    assert "Traceback" not in text


def test_the_log_of_an_agent_is_limited(
    places: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    main(["run", "--home", str(places.home / "nowhere")])
    (handler,) = root.handlers
    assert [type(each) for each in handler.filters] == [LogLimit]
