"""A coverage as a file: CSV for a spreadsheet, JSON lines for a program.

The file appears whole or not at all: a judging that is stopped leaves what was there.
"""

import csv
import json
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from agent.verdict.verdict import OperationVerdict
from wire.printable import printable
from wire.text import Text
from wizard.permissions.coverage import PersonVerdict
from wizard.plan.change import StepFailed

COLUMNS = (
    *("person", "account", "objectGUID", "reset", "cause", "shown_by", "remedy"),
    *("until", "change", "unlock", "must_change", "notes"),
)
_OTHER = Text("Name another file.")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Form = Literal["csv", "jsonl"]
Write = Callable[[PersonVerdict], None]


class Unfinished(Exception):
    """Raised within `writing`: the file is not to appear."""


def finish(stop: threading.Event) -> None:
    """Let the file appear; `Unfinished` where what fills it was stopped."""
    if stop.is_set():
        raise Unfinished


@contextmanager
def writing(place: Path, form: Form) -> Iterator[Write]:
    """Write one row a person; `StepFailed` where the file can't be written."""
    with whole_file(place) as file:
        yield _rows(file) if form == "csv" else _lines(file)


@contextmanager
def whole_file(place: Path) -> Iterator[IO[str]]:
    """Give a file that appears in its place when all is written, for its owner only.

    `StepFailed` where it can't be written.
    """
    if place.exists() and not place.is_file():
        raise StepFailed(Text("{file} is no ordinary file.", file=str(place)), _OTHER)
    new: Path | None = None
    try:
        # made anew and for its owner only: it tells whose password can be reset, and
        # nobody else may have put a link in its place
        number, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        new = Path(name)
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            yield file
        new.replace(place)
    except OSError as error:
        why = str(error.strerror)
        what = Text("{file} can't be written: {why}.", file=str(place), why=why)
        raise StepFailed(what, _OTHER) from error
    finally:
        if new is not None:
            new.unlink(missing_ok=True)


def _rows(file: IO[str]) -> Write:
    # the mark makes spreadsheets read UTF-8
    file.write("\ufeff")
    rows = csv.writer(file)
    rows.writerow(COLUMNS)
    return lambda judged: rows.writerow([_plain(cell) for cell in _cells(judged)])


def _lines(file: IO[str]) -> Write:
    def write(judged: PersonVerdict) -> None:
        row = {"account": judged.sam} | judged.verdict.as_dict()
        file.write(f"{json.dumps(row)}\n")

    return write


def _cells(judged: PersonVerdict) -> Sequence[str]:
    verdict = judged.verdict
    reset = verdict.reset
    return (
        *(verdict.dn, judged.sam, str(verdict.guid)),
        *(reset.state.value, reset.cause.value, reset.shown_by, reset.remedy),
        reset.until.isoformat(timespec="seconds") if reset.until else "",
        *map(_short, (verdict.change, verdict.unlock, verdict.must_change)),
        "; ".join(verdict.notes),
    )


def _short(answer: OperationVerdict) -> str:
    return "yes" if answer.state == "yes" else f"{answer.state}: {answer.cause}"


def _plain(cell: str) -> str:
    """Keep a spreadsheet from taking a name as a formula, and a row to its line."""
    cell = printable(cell)
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
