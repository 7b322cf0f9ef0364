"""A file of everybody judged: whole or not at all, and no formulas."""

import csv
import json
import os
import threading
from pathlib import Path
from uuid import UUID

import pytest

from agent.verdict.causes import Cause
from agent.verdict.verdict import OperationVerdict, State, Verdict
from wire.outcomes import Code
from wire.text import Text
from wizard.permissions.coverage import PersonVerdict
from wizard.permissions.export import COLUMNS, Unfinished, finish, writing
from wizard.plan.change import StepFailed

YES = OperationVerdict(State.YES, Code.OK, Cause.NONE)
DN = "CN=Ünal\\, Ana,OU=People,DC=corp,DC=test"


def judged(sam: str = "ana") -> PersonVerdict:
    return PersonVerdict(
        sam, Verdict(DN, UUID(int=1), YES, YES, YES, YES, (Text("a note"),))
    )


def test_a_row_has_every_column_and_is_utf_8(tmp_path: Path) -> None:
    place = tmp_path / "all.csv"
    with writing(place, "csv") as write:
        write(judged())

    (row,) = csv.DictReader(place.read_text("utf-8-sig").splitlines())
    assert tuple(row) == COLUMNS
    assert (row["person"], row["reset"], row["notes"]) == (DN, "yes", "a note")
    assert place.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["=1+1", "+x", "-x", "@x"])
def test_a_name_is_no_formula(tmp_path: Path, name: str) -> None:
    place = tmp_path / "all.csv"
    with writing(place, "csv") as write:
        write(judged(name))

    (row,) = csv.DictReader(place.read_text("utf-8-sig").splitlines())
    assert row["account"] == f"'{name}"


def test_lines_are_json_as_the_wire_has_it(tmp_path: Path) -> None:
    place = tmp_path / "all.jsonl"
    with writing(place, "jsonl") as write:
        write(judged("=1+1"))

    row = json.loads(place.read_text("utf-8"))
    assert (row["account"], row["dn"]) == ("=1+1", DN)
    assert row["reset"]["cause"] == "none"


def test_what_was_there_stays_when_it_is_stopped(tmp_path: Path) -> None:
    place, stop = tmp_path / "all.csv", threading.Event()
    place.write_text("before")
    stop.set()

    def fill() -> None:
        with writing(place, "csv") as write:
            write(judged())
            finish(stop)

    with pytest.raises(Unfinished):
        fill()

    assert place.read_text() == "before"
    assert list(tmp_path.iterdir()) == [place]


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    victim, place = tmp_path / "victim", tmp_path / "all.csv"
    victim.write_text("theirs")
    place.symlink_to(victim)
    with writing(place, "csv") as write:
        write(judged())

    assert victim.read_text() == "theirs"
    assert not place.is_symlink()


def test_what_is_no_file_is_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(StepFailed, match="no ordinary file"), writing(pipe, "csv"):
        pytest.fail("a pipe or device is not to be replaced")
    assert pipe.is_fifo()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(StepFailed, match="No such file"),
        writing(tmp_path / "none" / "all.csv", "csv"),
    ):
        pytest.fail("nothing can be written")
