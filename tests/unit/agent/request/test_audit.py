"""Audit records: one line each, with the names that alerts know."""

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.audit.event import EventId
from agent.audit.events import EVENTS
from agent.request.answer import Answer, Repeat
from agent.request.audit import Audit, Received, Record, event_of, new_id
from wire.operation import Operation
from wire.outcomes import Code

DONE = Answer(Code.OK)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_record_is_one_line(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "log/audit.jsonl")
    user = {"by": "mail", "value": 'a"b\nc\u2028\udc80@corp.test'}
    audit.write(
        Record(new_id(), "agent-1", DONE, Received(op=Operation.RESET, user=user))
    )
    audit.write(Record(new_id(), "agent-1", Answer(Code.FORGED_REQUEST)))
    first, second = lines(tmp_path / "log/audit.jsonl")
    assert (first["event"], first["event_name"]) == (31002, "PasswordResetSuccess")
    assert (second["code"], second["op"]) == ("forged_request", None)
    audit.close()


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("op", [*Operation, None])
@pytest.mark.parametrize("by_admin", [False, True])
def test_every_outcome_has_an_event_with_a_name(
    code: Code, op: Operation | None, *, by_admin: bool
) -> None:
    assert event_of(code, op, by_admin=by_admin) in EVENTS


def test_31002_means_that_a_password_was_reset() -> None:
    cases = [
        (code, op, by_admin)
        for code in Code
        for op in (*Operation, None)
        for by_admin in (False, True)
        if event_of(code, op, by_admin=by_admin) == EventId.RESET_SUCCESS
    ]
    assert {code for code, _, _ in cases} == {Code.OK, Code.PARTIAL}
    assert not {Operation.CHECK, Operation.UNLOCK, Operation.CHANGE} & {
        op for _, op, _ in cases
    }


@pytest.mark.parametrize(
    ("code", "op", "event"),
    [
        (Code.OK, Operation.CHANGE, EventId.CHANGE_SUCCESS),
        (Code.NOT_IN_SCOPE, Operation.CHANGE, EventId.CHANGE_FAIL),
        (Code.OK, Operation.UNLOCK, EventId.UNLOCK_SUCCESS),
        (Code.PAUSED, Operation.UNLOCK, EventId.UNLOCK_FAIL),
        (Code.PERMISSION_DENIED, Operation.UNLOCK, EventId.AD_PERMISSIONS),
        (Code.OK, Operation.CHECK, EventId.CHECK_SUCCESS),
        (Code.POLICY, Operation.CHECK, EventId.CHECK_FAIL),
        (Code.NOT_IN_SCOPE, Operation.CHECK, EventId.CHECK_FAIL),
        (Code.EXPIRED_REQUEST, Operation.CHECK, EventId.VALIDATION_ERROR),
        (Code.PAUSED, Operation.RESET, EventId.RESET_FAIL),
    ],
)
def test_each_operation_has_events_of_its_own(
    code: Code, op: Operation, event: EventId
) -> None:
    assert event_of(code, op) == event


def test_a_test_of_this_machine_is_a_reset_by_its_administrator() -> None:
    assert event_of(Code.OK, Operation.RESET, by_admin=True) == 31010
    assert event_of(Code.NOT_IN_SCOPE, Operation.RESET, by_admin=True) == 31011
    assert event_of(Code.OK, Operation.CHECK, by_admin=True) == 40001


def test_a_repeat_has_an_event_of_its_own() -> None:
    repeat = Repeat.of(DONE.as_dict("first"))
    record = Record("1", "agent-1", repeat, Received(op=Operation.RESET))
    assert record.event == EventId.ANSWER_REPEATED


class Clock:
    """A time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def flood(audit: Audit, code: Code, count: int, received: Received) -> None:
    for _ in range(count):
        answer = Answer(code)
        audit.write(Record(new_id(), "agent-1", answer, received, admitted=False))


def test_forged_requests_are_counted_and_written_once_a_minute(tmp_path: Path) -> None:
    clock, journal = Clock(), list[Mapping[str, Any]]()
    audit = Audit(tmp_path / "audit.jsonl", journal.append, clock=clock)
    flood(audit, Code.FORGED_REQUEST, 5000, Received())
    (only,) = lines(tmp_path / "audit.jsonl")
    assert only["code"] == "forged_request"
    clock.now += 61
    audit.settle()
    _, count = lines(tmp_path / "audit.jsonl")
    assert (count["event_name"], count["code"]) == ("RequestsCounted", "forged_request")
    assert count["count"] == 4999
    assert len(journal) == 2
    audit.settle()
    assert len(journal) == 2
    flood(audit, Code.FORGED_REQUEST, 3, Received())
    audit.close()
    assert [each.get("count") for each in journal] == [None, 4999, None, 2]


@pytest.mark.parametrize(
    "code", [Code.EXPIRED_REQUEST, Code.REPLAYED_REQUEST, Code.TOO_MANY, Code.PAUSED]
)
def test_what_a_relay_sends_again_is_counted_too(tmp_path: Path, code: Code) -> None:
    clock = Clock()
    audit = Audit(tmp_path / "audit.jsonl", clock=clock)
    known = Received(op=Operation.RESET, portal="https://portal.corp.test")
    flood(audit, code, 1000, known)
    assert len(lines(tmp_path / "audit.jsonl")) == 10
    audit.close()
    assert lines(tmp_path / "audit.jsonl")[-1]["count"] == 990


def test_what_was_let_in_is_recorded_whatever_else_comes(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl", clock=Clock())
    flood(audit, Code.FORGED_REQUEST, 1000, Received())
    for number in range(50):
        audit.write(Record(str(number), "agent-1", DONE))
    audit.close()
    ids = [each["id"] for each in lines(tmp_path / "audit.jsonl")]
    assert set(map(str, range(50))) <= set(ids)


def test_a_file_that_was_moved_away_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    audit = Audit(path)
    audit.write(Record("1", "agent-1", DONE))
    path.rename(tmp_path / "audit.jsonl.1")
    audit.write(Record("2", "agent-1", DONE))
    assert [line["id"] for line in lines(path)] == ["2"]
    assert [line["id"] for line in lines(tmp_path / "audit.jsonl.1")] == ["1"]
    audit.close()


def test_a_folder_that_is_gone_closes_nobody_elses_file(tmp_path: Path) -> None:
    folder, kept = tmp_path / "log", tmp_path / "kept"
    audit = Audit(folder / "audit.jsonl")
    folder.rename(kept)
    others = []
    for name in "12":
        audit.write(Record(name, "agent-1", DONE))
        others.append(os.open(os.devnull, os.O_RDONLY))
    assert all(stat.S_ISCHR(os.fstat(other).st_mode) for other in others)
    # written on to the file that is still open, wherever it is now
    assert [line["id"] for line in lines(kept / "audit.jsonl")] == ["1", "2"]
    for other in others:
        os.close(other)
    audit.close()


def test_a_file_that_can_not_be_made_anew_is_reported_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "log"
    audit = Audit(folder / "audit.jsonl")
    folder.rename(tmp_path / "kept")
    for name in "12":
        audit.write(Record(name, "agent-1", DONE))
    (message,) = [each.getMessage() for each in caplog.records]
    assert str(folder / "audit.jsonl") in message
    assert "No such file" in message
    folder.mkdir()
    audit.write(Record("3", "agent-1", DONE))
    assert [line["id"] for line in lines(folder / "audit.jsonl")] == ["3"]
    folder.rename(tmp_path / "again")
    audit.write(Record("4", "agent-1", DONE))
    assert len(caplog.records) == 2
    audit.close()


def test_a_record_that_no_file_keeps_is_an_error_and_goes_to_the_journal(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    records: list[Mapping[str, Any]] = []
    path = tmp_path / "log/audit.jsonl"
    audit = Audit(path, records.append, head=tmp_path / "audit.head")
    path.unlink()
    path.parent.rmdir()
    with pytest.raises(FileNotFoundError):
        audit.write(Record("1", "agent-1", DONE))
    assert [line["id"] for line in records] == ["1"]
    assert str(path) in caplog.text
    audit.close()
