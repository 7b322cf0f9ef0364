"""The audit files are read from their end, within bounds, whatever is in them."""

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from agent.audit.trail import Trail
from tests.unit.wizard.health.staged import NOW, answered
from wizard.health import audit_records
from wizard.health.audit_records import Budget, recent_records

SINCE = NOW - timedelta(days=7)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    return tmp_path / "log/audit.jsonl"


def written(place: Path, count: int, most_bytes: int = 1 << 24) -> None:
    trail = Trail(place, place.parent.with_name("head"), most_bytes=most_bytes)
    for number in range(count):
        trail.add(answered(NOW - timedelta(minutes=count - number), number=number))
    trail.close()


def numbers(place: Path, budget: Budget | None = None) -> Sequence[int]:
    found = recent_records(place, SINCE, budget or Budget())
    return [record["number"] for record in found]


def test_the_newest_comes_first(place: Path) -> None:
    written(place, 5)
    assert numbers(place) == [4, 3, 2, 1, 0]


def test_what_was_rotated_follows(place: Path) -> None:
    written(place, 200, most_bytes=40_000)
    for age, file in enumerate(sorted(place.parent.iterdir())):
        os.utime(file, (age, age))
    assert len(list(place.parent.glob("*.jsonl"))) > 3
    assert numbers(place) == list(range(199, -1, -1))


def test_nothing_recorded_is_nothing_read(place: Path) -> None:
    assert numbers(place) == []
    place.parent.rmdir()
    assert numbers(place) == []


def test_lines_longer_than_a_part_are_read_whole(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_records, "_CHUNK", 100)
    written(place, 7)
    assert numbers(place) == [6, 5, 4, 3, 2, 1, 0]


def test_what_is_no_record_is_counted_and_the_rest_is_read(place: Path) -> None:
    written(place, 2)
    junk = (b"{", b"[" * 60_000, b"7", b"\xff\xfe", b"x" * 300_000, b"9" * 5000)
    with place.open("ab") as file:
        file.write(b"\n".join(junk) + b"\n" + json.dumps({"number": 9}).encode())
    budget = Budget()
    assert numbers(place, budget) == [9, 1, 0]
    assert budget.unreadable == len(junk)


def test_no_more_is_read_than_is_of_use(place: Path) -> None:
    written(place, 50)
    budget = Budget(records=10)
    assert numbers(place, budget) == list(range(49, 39, -1))
    assert budget.spent


def test_a_file_without_an_end_is_read_in_part(place: Path) -> None:
    with place.open("wb") as file:
        file.truncate(1 << 40)
    budget = Budget()
    assert numbers(place, budget) == []
    assert budget.spent


def test_what_is_older_is_not_read_on(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_records, "_CHUNK", 2000)
    with place.open("w") as file:
        for day in range(400, 0, -1):
            old = answered(NOW - timedelta(days=day), number=day)
            file.write(json.dumps(old) + "\n")
    found = numbers(place)
    assert found[:7] == [1, 2, 3, 4, 5, 6, 7]
    assert len(found) < 20


def test_a_pipe_or_a_link_holds_nobody_up(place: Path) -> None:
    os.mkfifo(place)
    with pytest.raises(OSError, match="regular"):
        numbers(place)
    place.unlink()
    place.symlink_to("/etc/shadow")
    with pytest.raises(OSError, match="symbolic"):
        numbers(place)
