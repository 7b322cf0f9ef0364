"""The trail goes on: over rotations, starts, machines that stop, and two processes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from agent.audit import files
from agent.audit.head import Head
from agent.audit.trail import Trail
from tests.unit.agent.audit.trail_files import Files


def test_a_deleted_file_is_named_for_good(trail: Files) -> None:
    trail.write(10)
    trail.path.unlink()
    assert trail.findings() == ["Records 1–10 are missing."]
    trail.write(1)
    assert trail.findings() == ["Records 1–10 are missing."]
    assert json.loads(trail.lines()[0])["event_name"] == "AuditRecordsMissing"


def test_a_start_hides_nothing_that_was_cut_off(trail: Files) -> None:
    trail.write(10)
    trail.edit(trail.lines()[:8])
    trail.write(3)
    assert trail.findings() == ["Records 9–10 are missing."]


def test_the_line_that_a_machine_stopped_in_is_no_finding(trail: Files) -> None:
    trail.write(10)
    with trail.path.open("a") as file:
        file.write('{"seq": 11, "prev": "')
    report = trail.verify()
    assert report.sound
    assert report.unfinished
    trail.write(1)
    report = trail.verify()
    assert (report.sound, report.unfinished) == (True, False)
    cut_off = json.loads(trail.lines()[10])
    assert (cut_off["event_name"], cut_off["bytes"]) == ("AuditLineCutOff", 21)


@pytest.mark.parametrize("at", range(4, 400, 60))
def test_a_machine_that_stopped_before_the_head_was_settled_goes_on(
    trail: Files, at: int
) -> None:
    trail.write(3)
    head, settled = trail.head.read_bytes(), trail.path.stat().st_size
    trail.write(3)
    # what was not forced to the disk by then
    trail.head.write_bytes(head)
    os.truncate(trail.path, settled + at)
    assert trail.verify().sound
    trail.write(2)
    assert trail.findings() == []


def test_records_of_before_the_chain_are_counted(trail: Files) -> None:
    trail.path.parent.mkdir()
    trail.path.write_text('{"event": 31002, "id": "1"}\n{"event": 31003, "id": "2"}\n')
    trail.write(2)
    report = trail.verify()
    assert (report.sound, report.unchained, report.records) == (True, 2, 2)


def test_the_chain_goes_on_over_rotations_and_starts(trail: Files) -> None:
    for _ in range(3):
        trail.write(20, most_bytes=2000, most_files=50)
    assert len(files.rotated(trail.path)) > 5
    report = trail.verify()
    assert (report.sound, report.records, report.last.seq) == (True, 60, 60)


def test_what_is_kept_is_bounded_and_the_chain_still_whole(trail: Files) -> None:
    trail.write(200, most_bytes=2000, most_files=4)
    kept = files.all_files(trail.path)
    assert len(kept) == 4
    assert sum(each.stat().st_size for each in kept) <= 4 * 2000
    report = trail.verify()
    assert (report.sound, report.last.seq) == (True, 200)
    assert report.first > 150


def test_a_file_that_logrotate_moved_is_a_part_of_the_chain(trail: Files) -> None:
    trail.write(5)
    trail.path.rename(trail.path.with_name("audit.jsonl.1"))
    trail.write(5)
    report = trail.verify()
    assert (report.sound, report.records) == (True, 10)


def test_a_chain_without_its_head_goes_on_as_after_a_removal(trail: Files) -> None:
    trail.write(30, most_bytes=2000, most_files=4)
    trail.head.unlink()
    first = trail.verify().first
    trail.write(1)
    report = trail.verify()
    assert (report.sound, report.first, report.last.seq) == (True, first, 31)


def test_a_process_that_is_stopped_with_the_lock_is_waited_for_in_vain_once(
    trail: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.audit.head._WAIT_S", 0.05)
    opened, other = Trail(trail.path, trail.head), Head(trail.head)
    with other.locked(), pytest.raises(TimeoutError):
        opened.add({"event": 31002})
    opened.add({"event": 31002})
    opened.close()
    other.close()
    assert trail.verify().records == 1


_WRITER = """
import sys
from pathlib import Path
from agent.audit.trail import Trail
trail = Trail(Path(sys.argv[1]), Path(sys.argv[2]), most_bytes=4000, most_files=99)
for number in range(80):
    trail.add({"event": 31002, "by": sys.argv[3], "number": number})
    if number % 20 == 0:
        trail.settle()
trail.close()
"""


@pytest.fixture
def writers(trail: Files) -> Iterator[list[subprocess.Popen[bytes]]]:
    command = [sys.executable, "-c", _WRITER, str(trail.path), str(trail.head)]
    started = [subprocess.Popen([*command, name]) for name in "ab"]
    yield started
    for each in started:
        each.kill()
        each.wait()


def test_two_processes_that_hand_over_write_one_chain(
    trail: Files, writers: list[subprocess.Popen[bytes]]
) -> None:
    for each in writers:
        assert each.wait(60) == 0
    report = trail.verify()
    assert (report.findings, report.records) == ((), 160)
    assert report.last.seq == 160


def test_a_check_while_the_agent_writes_and_rotates_is_sound(
    trail: Files, writers: list[subprocess.Popen[bytes]]
) -> None:
    while any(each.poll() is None for each in writers):
        if trail.path.exists():
            assert trail.findings() == []
    assert trail.verify().records == 160


def test_a_process_that_is_killed_at_any_moment_leaves_a_whole_chain(
    trail: Files, writers: list[subprocess.Popen[bytes]]
) -> None:
    while not trail.path.exists() or trail.verify().records < 50:
        assert writers[0].poll() is None
    for each in writers:
        each.kill()
        each.wait()
    trail.write(1)
    assert trail.findings() == []
