"""Audit records: one line each, with the names that alerts know."""

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.request.answer import Answer
from agent.request.audit import NAMES, Audit, Received, Record, event_of, new_id
from wire.operation import Operation
from wire.outcomes import OUTCOMES, Code

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
def test_every_outcome_has_an_event_with_a_name(
    code: Code, op: Operation | None
) -> None:
    assert event_of(code, op) in NAMES
    if op is not Operation.CHANGE:
        assert event_of(code, op) == OUTCOMES[code].event


def test_a_change_has_its_own_events() -> None:
    assert event_of(Code.OK, Operation.CHANGE) == 31007
    assert event_of(Code.NOT_IN_SCOPE, Operation.CHANGE) == 31008


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
    audit = Audit(path, records.append)
    path.unlink()
    path.parent.rmdir()
    with pytest.raises(FileNotFoundError):
        audit.write(Record("1", "agent-1", DONE))
    assert [line["id"] for line in records] == ["1"]
    assert str(path) in caplog.text
    audit.close()
