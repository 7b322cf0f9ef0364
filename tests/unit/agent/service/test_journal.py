"""Requests and log records come to the journal with their fields."""

import logging
import socket
from contextlib import closing
from pathlib import Path

from agent.platform.systemd.journald import Journald
from agent.service.journal import Handler, Journal


def test_a_request_is_found_by_its_event(
    listening: socket.socket, tmp_path: Path
) -> None:
    with closing(Journal(Journald(tmp_path / "socket"))) as journal:
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
    entry = listening.recv(4096)
    for field in (b"WRITEBACK_EVENT=33004\n", b"WRITEBACK_USER=anna@corp.test\n"):
        assert field in entry
    assert b"PRIORITY=4\n" in entry
    assert b"WRITEBACK_DN" not in entry
    message = b"no_permission: reset for anna@corp.test; first line\\nsecond"
    assert b"MESSAGE=" + message + b"\n" in entry


def test_a_name_can_not_pass_for_a_line_of_its_own(
    listening: socket.socket, tmp_path: Path
) -> None:
    record = {"code": "bad_request", "op": "reset", "detail": "no name"}
    user = {"by": "mail", "value": "anna\nok: reset for bruno\x1b[2J"}
    with closing(Journal(Journald(tmp_path / "socket"))) as journal:
        journal.request({**record, "user": user})
    message, _, _ = listening.recv(4096).partition(b"PRIORITY")
    assert message.startswith(b"MESSAGE=bad_request: reset for anna\\nok: reset")
    assert message.count(b"\n") == 1


def test_a_log_record_has_its_level(listening: socket.socket, tmp_path: Path) -> None:
    record = logging.LogRecord("agent", logging.WARNING, "f.py", 3, "late", None, None)
    with closing(Journal(Journald(tmp_path / "socket"))) as journal:
        Handler(journal).handle(record)
    entry = listening.recv(4096)
    assert b"MESSAGE=late\n" in entry
    assert b"PRIORITY=4\n" in entry
    assert b"CODE_LINE=3\n" in entry
