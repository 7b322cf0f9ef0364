"""The journal: what was begun, on disk before it is done.

One file of JSON lines for one plan. Each line is on the disk before the act it tells
of. The file's name says its state: open, sealed (all done), undone (all taken back) or
abandoned (what is left of it was given up); an open one at the start means that a run
was cut off.
"""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from agent.platform.detect import this_platform
from wire.failure import Failure
from wire.text import Text
from wizard.host.interface import own_folders
from wizard.plan.change import Begun, Change, Facts

_OPEN, _SEALED, _UNDONE = ".open.jsonl", ".sealed.jsonl", ".undone.jsonl"
_ABANDONED, _DAMAGED = ".abandoned.jsonl", ".damaged.jsonl"
_OTHERS = ".copied.jsonl"  # of the machine that this one is a copy of
FORM = 1


class JournalDamaged(Failure):
    """A journal can't be read; it is kept, for a person to look at."""

    def __init__(self, path: Path, line: int) -> None:
        super().__init__(
            Text("{path}, line {line}, can't be read.", path=str(path), line=str(line)),
            Text(
                "Compare this machine with the last sealed journal by hand, then have "
                "it put aside: writeback rollback --abandon."
            ),
        )
        self.path = path


class Journal:
    """One plan's journal. Make one by `begin`, or find an open one by `find_open`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def id(self) -> str:
        """What marks things made under this journal."""
        return self.path.name.split(".", maxsplit=1)[0]

    @property
    def started(self) -> datetime:
        """When the plan was begun, in UTC."""
        for number, line in self._lines():
            with self._read_at(number):
                return datetime.fromisoformat(line["at"])
        raise JournalDamaged(self.path, 1)

    @property
    def forward(self) -> bool:
        """Whether something was begun that can't be given back."""
        return any(entry.change.final for entry in self.begun())

    @property
    def removal(self) -> bool:
        """Whether the whole plan takes away, and nothing is made."""
        return all(change.after is None for change in self.planned())

    def planned(self) -> tuple[Change, ...]:
        """Give the whole plan; what was begun, in a journal of old that has none."""
        for number, line in self._lines():
            with self._read_at(number):
                read = zip_longest(line.get("plan", ()), line.get("texts", ()))
                return tuple(Change.of(change, text) for change, text in read)
        return ()

    def rest(self) -> tuple[tuple[int, Change], ...]:
        """Give what was planned and is not known to be done, with its place."""
        done = {entry.index for entry in self.begun() if entry.made is not None}
        return tuple(
            (index, change)
            for index, change in enumerate(self.planned())
            if index not in done
        )

    def intend(self, index: int, change: Change) -> None:
        """Write down that a change is about to be made."""
        # the template stands beside the change: programs of before pass it over there
        text = {"change": change.as_dict(), "text": change.summary.as_dict()}
        self._append({"what": "intend", "index": index, **text})

    def did(self, index: int, made: Facts) -> None:
        """Write down that it was made, and what came of it."""
        self._append({"what": "did", "index": index, "made": dict(made)})

    def undid(self, index: int) -> None:
        """Write down that it was taken back."""
        self._append({"what": "undid", "index": index})

    def seal(self) -> None:
        """Close it: all was done, nothing of it will be taken back."""
        self._rename(_SEALED)

    def close_undone(self) -> None:
        """Close it: all was taken back."""
        self._rename(_UNDONE)

    def abandon(self) -> None:
        """Close it: what it still tells of was given up, and is left as it is."""
        self._rename(_ABANDONED)

    def put_aside(self) -> None:
        """Close one that can't be read; it is kept."""
        self._rename(_DAMAGED)

    def begun(self) -> tuple[Begun, ...]:
        """Give what was begun and not taken back, in the order it was begun."""
        entries: dict[int, Begun] = {}
        for number, line in self._lines():
            with self._read_at(number):
                _take(line, entries)
        return tuple(entries.values())

    def _lines(self) -> Iterator[tuple[int, dict[str, Any]]]:
        lines = self.path.read_bytes().splitlines(keepends=True)
        for number, line in enumerate(lines, 1):
            if number == len(lines) and not line.endswith(b"\n"):
                return  # cut off while it was written: its act was not begun
            with self._read_at(number):
                read = json.loads(line)
            yield number, read

    @contextlib.contextmanager
    def _read_at(self, number: int) -> Iterator[None]:
        """Name the line that can't be read, whatever is wrong with it."""
        try:
            yield
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise JournalDamaged(self.path, number) from error

    def _append(self, line: dict[str, Any]) -> None:
        stamped = {"at": datetime.now(UTC).isoformat()} | line
        with self.path.open("a+b") as file:
            _drop_torn_end(file)
            file.write(json.dumps(stamped).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _rename(self, state: str) -> None:
        self.path = self.path.rename(self.path.with_name(self.id + state))
        _sync_folder(self.path.parent)


def _take(line: dict[str, Any], entries: dict[int, Begun]) -> None:
    """Take one line into what was begun; any error means that it is damaged."""
    match line["what"]:
        case "begin" if line["form"] == FORM:
            datetime.fromisoformat(line["at"])
        case "intend":
            index = int(line["index"])
            entries[index] = Begun(
                index, Change.of(line["change"], line.get("text")), None
            )
        case "did":
            index = int(line["index"])
            entries[index] = replace(entries[index], made=line["made"])
        case "undid":
            del entries[int(line["index"])]
        case _:
            raise ValueError(line)


def begin(folder: Path, planned: Sequence[Change] = ()) -> Journal:
    """Begin a new journal in a folder, with the plan as it was accepted.

    ServiceFailed where others could have made the folder.
    """
    with own_folders():
        this_platform().files.make_folder(folder, 0o700)
    now = datetime.now(UTC)
    # to the microsecond: the names' order is the order the plans were begun in
    name = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
    journal = Journal(folder / f"{name}{_OPEN}")
    os.close(this_platform().files.create(journal.path, mode=0o600))
    plan = [change.as_dict() for change in planned]
    texts = [change.summary.as_dict() for change in planned]
    head = {"what": "begin", "form": FORM, "plan": plan, "texts": texts}
    journal._append(head)  # noqa: SLF001 - its own module
    _sync_folder(folder)
    return journal


def find_open(folder: Path) -> Journal | None:
    """Find a journal that was cut off; one whose first line never came is nothing."""
    for path in sorted(folder.glob(f"*{_OPEN}")):
        with contextlib.suppress(FileNotFoundError):  # it ended while this looked
            if b"\n" in path.read_bytes():
                return Journal(path)
    return None


def drop_empty(folder: Path) -> None:
    """Remove journals whose first line never came; only for who holds the lock."""
    for path in folder.glob(f"*{_OPEN}"):
        if b"\n" not in path.read_bytes():
            path.unlink()


def set_aside(folder: Path) -> None:
    """Keep journals of another machine, whose plans are not this one's to take back."""
    for path in folder.glob(f"*{_SEALED}"):
        path.rename(path.with_name(path.name.replace(_SEALED, _OTHERS)))
    _sync_folder(folder)


def not_taken_back(folder: Path) -> Iterator[tuple[Journal, Begun]]:
    """Give what was done and is left: by plans that ended well, or were abandoned."""
    ended = (*folder.glob(f"*{_SEALED}"), *folder.glob(f"*{_ABANDONED}"))
    for journal in map(Journal, sorted(ended)):
        yield from ((journal, entry) for entry in journal.begun())


def ids(folder: Path) -> frozenset[str]:
    """Name every plan that this machine began, however it ended."""
    others = folder.glob(f"*{_OTHERS}")
    return frozenset(Journal(path).id for path in {*folder.glob("*.jsonl")} - {*others})


def sealed(folder: Path) -> Iterator[Begun]:
    """Give what was done by all plans that ended well, oldest first."""
    for path in sorted(folder.glob(f"*{_SEALED}")):
        yield from Journal(path).begun()


def _drop_torn_end(file: Any) -> None:
    """Cut a last line that a crash left without its end."""
    file.seek(0)
    content = file.read()
    whole = content.rfind(b"\n") + 1
    if whole != len(content):
        file.truncate(whole)


def _sync_folder(folder: Path) -> None:
    this_platform().files.sync_folder(folder)
