"""Somebody with an editor meets the audit files: each edit is found and named."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.audit import files
from agent.audit.verification import MOST_FINDINGS
from tests.unit.agent.audit.trail_files import Files, with_own_hash


def test_what_was_written_is_sound(trail: Files) -> None:
    trail.write(10)
    report = trail.verify()
    assert report.sound
    assert (report.records, report.first, report.last.seq) == (10, 1, 10)
    assert report.last.hash in trail.lines()[-1]


def test_a_changed_record_is_named(trail: Files) -> None:
    trail.write(10)
    lines = trail.lines()
    lines[4] = lines[4].replace('"number": 4', '"number": 5')
    trail.edit(lines)
    assert trail.findings() == ["Record 5 was changed (audit.jsonl)."]


def test_a_record_that_was_made_anew_with_its_hash_is_named(trail: Files) -> None:
    trail.write(10)
    lines = trail.lines()
    lines[4] = with_own_hash(lines[4], '"number": 4', '"number": 5')
    trail.edit(lines)
    after = "Record 5 is not the one that record 6 was written after."
    assert trail.findings() == [after]


def test_the_last_record_made_anew_with_its_hash_is_named(trail: Files) -> None:
    trail.write(10)
    lines = trail.lines()
    lines[-1] = with_own_hash(lines[-1], '"number": 9', '"number": 8')
    trail.edit(lines)
    assert trail.findings() == ["Record 10 is not the one that was written."]


@pytest.mark.parametrize(
    ("cut", "named"),
    [
        (slice(0, 1), "Record 1 is missing."),
        (slice(0, 3), "Records 1–3 are missing."),
        (slice(4, 5), "Record 5 is missing."),
        (slice(4, 7), "Records 5–7 are missing."),
        (slice(9, 10), "Record 10 is missing."),
        (slice(5, 10), "Records 6–10 are missing."),
        (slice(0, 10), "Records 1–10 are missing."),
    ],
)
def test_dropped_records_are_named(trail: Files, cut: slice, named: str) -> None:
    trail.write(10)
    lines = trail.lines()
    del lines[cut]
    trail.edit(lines)
    assert trail.findings() == [named]


def test_reordered_records_are_named(trail: Files) -> None:
    trail.write(10)
    lines = trail.lines()
    lines[3], lines[6] = lines[6], lines[3]
    trail.edit(lines)
    assert trail.findings() == [
        "Record 5 stands after record 7 (audit.jsonl).",
        "Record 6 stands after record 7 (audit.jsonl).",
        "Record 4 stands after record 7 (audit.jsonl).",
    ]


def test_a_record_that_is_there_twice_is_named(trail: Files) -> None:
    trail.write(10)
    lines = trail.lines()
    trail.edit([*lines, lines[2]])
    assert trail.findings() == ["Record 3 is there twice (audit.jsonl)."]


def test_a_record_cut_in_its_middle_is_named(trail: Files) -> None:
    trail.write(10)
    lines = trail.lines()
    lines[4] = lines[4][:40]
    trail.edit(lines)
    assert trail.findings() == [
        "Line 5 of audit.jsonl is no whole record.",
        "Record 5 is missing.",
    ]


def test_the_end_cut_off_is_named(trail: Files) -> None:
    trail.write(10)
    os.truncate(trail.path, trail.path.stat().st_size - 30)
    assert trail.findings() == ["Record 10 is missing."]


def test_a_line_of_another_program_is_named(trail: Files) -> None:
    trail.write(3)
    trail.edit([*trail.lines(), '{"event": 31002}', "[" * 50_000])
    inserted, odd = trail.findings()
    assert inserted.startswith("Line 4 of audit.jsonl is in no chain: ")
    assert odd == "Line 5 of audit.jsonl is no whole record."


def test_an_older_file_that_is_dropped_is_named(trail: Files) -> None:
    trail.write(30, most_bytes=2000, most_files=50)
    oldest, second, *_ = files.rotated(trail.path)
    kept = oldest.read_bytes()
    oldest.unlink()
    last = int(oldest.stem.partition("-")[2])
    assert trail.findings() == [f"Records 1–{last} are missing."]
    oldest.write_bytes(kept)
    second.unlink()
    until = int(second.stem.partition("-")[2])
    assert trail.findings() == [f"Records {last + 1}–{until} are missing."]


def test_a_hash_that_was_noted_elsewhere_must_be_there(trail: Files) -> None:
    trail.write(5)
    noted = trail.verify().last.hash
    trail.write(5)
    assert trail.verify(noted).sound
    # all of it made anew with other content, the head too
    trail.path.unlink()
    trail.head.unlink()
    trail.write(1)
    trail.edit([with_own_hash(trail.lines()[0], '"number": 0', '"number": 1')])
    trail.head.unlink()
    trail.write(9)
    assert trail.verify().sound
    assert list(trail.verify(noted).findings) == [f"No record has the hash {noted}."]


def test_a_file_of_another_is_reported_in_few_words(trail: Files) -> None:
    trail.write(1)
    with trail.path.open("a") as file:
        file.write("nothing\n" * 5000)
    report = trail.verify()
    assert (len(report.findings), report.more) == (MOST_FINDINGS, 5000 - MOST_FINDINGS)


def test_a_line_without_an_end_is_read_in_parts(trail: Files) -> None:
    trail.write(1)
    with trail.path.open("ab") as file:
        file.truncate(300 * 1024 * 1024)
    assert trail.verify().findings[0] == "Line 2 of audit.jsonl is no whole record."


@pytest.mark.parametrize("make", [os.mkfifo, lambda at: at.symlink_to("/dev/zero")])
def test_a_pipe_or_a_link_for_a_file_holds_nobody_up(
    trail: Files, make: Callable[[Path], None]
) -> None:
    trail.write(1)
    make(trail.path.with_name("audit.jsonl.1"))
    assert trail.verify().records == 1
