"""What systemd is told and what it gives: notices, journal fields, credentials."""

import logging
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.config import systemd_credentials
from agent.config.secret_store import SecretsUnavailable
from agent.service import journald
from agent.service.sd_notify import Notifier
from agent.system.paths import Paths
from lab.sandbox import CANARY
from wire.secret import Secret


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind(str(tmp_path / "socket"))
        made.settimeout(5)
        yield made


def test_each_word_is_one_datagram(listening: socket.socket) -> None:
    notifier = Notifier(str(listening.getsockname()))
    notifier.ready()
    notifier.status("two\nlines")
    notifier.succeeded_by(7)
    said = [listening.recv(100) for _ in range(3)]
    assert said[:2] == [b"READY=1", b"STATUS=two lines"]
    # what the successor said before was not heard: its time starts anew
    assert said[2].splitlines() == [b"MAINPID=7", b"WATCHDOG=1"]


def test_an_abstract_address_is_understood() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind("\0writeback-test-notify")
        made.settimeout(5)
        Notifier.of({"NOTIFY_SOCKET": "@writeback-test-notify"}).alive()
        assert made.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize(
    ("given", "seconds"), [("30000000", 30.0), ("", None), ("0", None), ("x", None)]
)
def test_the_watchdog_is_read(given: str, seconds: float | None) -> None:
    assert Notifier.of({"WATCHDOG_USEC": given}).watchdog_s == seconds


def test_nobody_to_tell_is_no_error(tmp_path: Path) -> None:
    Notifier().ready()
    Notifier(str(tmp_path / "nobody")).ready()


def test_a_request_is_found_by_its_event(
    listening: socket.socket, tmp_path: Path
) -> None:
    with closing(journald.Journal(tmp_path / "socket")) as journal:
        journal.request(
            {
                "code": "no_permission",
                "op": "reset",
                "detail": "first line\nsecond",
                "event": 33004,
                "event_name": "ADPermissionsError",
                "user": {"by": "mail", "value": "anna@corp.test"},
                "dn": None,
            }
        )
    said = listening.recv(4096)
    for field in (b"WRITEBACK_EVENT=33004\n", b"WRITEBACK_USER=anna@corp.test\n"):
        assert field in said
    assert b"PRIORITY=4\n" in said
    assert b"WRITEBACK_DN" not in said
    # what has a line break goes with its length
    message = b"no_permission: reset for anna@corp.test; first line\nsecond"
    length = len(message).to_bytes(8, "little")
    assert b"MESSAGE\n" + length + message + b"\n" in said


def test_a_name_can_not_pass_for_a_line_of_its_own(
    listening: socket.socket, tmp_path: Path
) -> None:
    record = {"code": "bad_request", "op": "reset", "detail": "no name"}
    user = {"by": "mail", "value": "anna\nok: reset for bruno\x1b[2J"}
    with closing(journald.Journal(tmp_path / "socket")) as journal:
        journal.request({**record, "user": user})
    message, _, _ = listening.recv(4096).partition(b"PRIORITY")
    assert message.startswith(b"MESSAGE=bad_request: reset for 'anna\\nok: reset")
    assert message.count(b"\n") == 1


def test_a_log_record_has_its_level(listening: socket.socket, tmp_path: Path) -> None:
    record = logging.LogRecord("agent", logging.WARNING, "f.py", 3, "told", None, None)
    with closing(journald.Journal(tmp_path / "socket")) as journal:
        journald.Handler(journal).handle(record)
    said = listening.recv(4096)
    assert b"MESSAGE=told\n" in said
    assert b"PRIORITY=4\n" in said
    assert b"CODE_LINE=3\n" in said


def test_credentials_are_read_and_never_written(tmp_path: Path) -> None:
    (tmp_path / "agent-keys").write_text(CANARY)
    given = systemd_credentials.of_service({"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert given is not None
    assert given.get("agent-keys") == Secret(CANARY)
    assert given.get("other") is None
    with pytest.raises(SecretsUnavailable) as refused:
        given.put("other", Secret(CANARY))
    assert CANARY not in str(refused.value)
    assert systemd_credentials.of_service({}) is None
    (tmp_path / "agent-keys").write_bytes(b"\xff" + CANARY.encode())
    with pytest.raises(SecretsUnavailable, match="agent-keys is damaged") as damaged:
        given.get("agent-keys")
    assert CANARY not in str(damaged.value)


def test_what_root_reads_again_is_not_the_agents_to_write() -> None:
    places = Paths.of_system()
    for kept in (places.journal, places.settings, places.enrolment, places.secrets):
        assert not kept.is_relative_to(places.state)
