"""The ledger: a request is done once, also when the agent is killed in between."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from agent.request.ledger import KEPT_S, AttemptKind, Ledger, LedgerUnusable
from tests.fixtures.ledger_file import open_entries

JTI = "jti-0123456789abcdef"
DIGEST = bytes(range(32))


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def enter(ledger: Ledger, jti: str = JTI, user: str = "anna") -> None:
    ledger.enter(jti, DIGEST, user=user, dn="CN=A", controller="dc1", pwd_last_set=7)


def test_an_entry_is_open_until_it_is_answered(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    assert ledger.find(JTI) is None
    enter(ledger)
    entry = ledger.find(JTI)
    assert entry is not None
    assert (entry.answer, entry.pwd_last_set, entry.password_set) == (None, 7, False)
    assert (entry.digest, entry.dn, entry.controller) == (DIGEST, "CN=A", "dc1")
    ledger.password_is_set(JTI)
    ledger.close_entry(JTI, DIGEST, {"code": "ok"})
    entry = ledger.find(JTI)
    assert entry is not None
    assert (entry.answer, entry.password_set) == ({"code": "ok"}, True)
    assert open_entries(tmp_path / "ledger.sqlite") == 0
    ledger.close()


def test_a_jti_is_entered_once(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    enter(ledger)
    with pytest.raises(sqlite3.IntegrityError):
        enter(ledger)
    ledger.close()


def test_the_first_answer_stays(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    enter(ledger)
    ledger.close_entry(JTI, DIGEST, {"code": "ok", "id": "first"})
    ledger.close_entry(JTI, DIGEST, {"code": "ok", "id": "second"})
    entry = ledger.find(JTI)
    assert entry is not None
    assert entry.answer == {"code": "ok", "id": "first"}
    ledger.close()


def test_one_that_is_damaged_is_named_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(LedgerUnusable, match=r"not a database.* move it") as refused:
        Ledger(path)
    assert refused.value.for_good
    assert str(path) in str(refused.value)
    assert path.read_bytes().startswith(b"no database")


def test_one_that_another_program_holds_may_be_free_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    opened = sqlite3.connect
    monkeypatch.setattr(
        "agent.request.ledger.sqlite3.connect",
        lambda name, **options: opened(name, **{**options, "timeout": 0.0}),
    )
    holder = opened(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LedgerUnusable, match="locked") as refused:
        Ledger(path)
    assert not refused.value.for_good
    holder.close()


def test_writes_are_counted_for_one_user_and_one_hour(tmp_path: Path) -> None:
    clock = Clock()
    ledger = Ledger(tmp_path / "ledger.sqlite", clock)
    enter(ledger, "one")
    enter(ledger, "two")
    enter(ledger, "three", user="bruno")
    ledger.close_entry("four", DIGEST, {"code": "not_in_scope"})
    assert ledger.writes_for("anna", 3600) == 2
    clock.now += 3601
    assert ledger.writes_for("anna", 3600) == 0
    ledger.close()


def test_entries_are_kept_for_a_day(tmp_path: Path) -> None:
    clock = Clock()
    ledger = Ledger(tmp_path / "ledger.sqlite", clock)
    ledger.close_entry(JTI, DIGEST, {"code": "ok"})
    clock.now += KEPT_S - 60
    ledger.close_entry("second", DIGEST, {"code": "ok"})
    assert ledger.find(JTI) is not None
    clock.now += 700
    ledger.close_entry("third", DIGEST, {"code": "ok"})
    assert ledger.find(JTI) is None
    assert ledger.find("second") is not None
    ledger.close()


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    enter(ledger)
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o077 == 0
    ledger.close()


_CHILD = """
import sys
from pathlib import Path
from agent.request.ledger import Ledger

ledger = Ledger(Path(sys.argv[1]))
for number in range(1_000_000):
    ledger.enter(f"jti-{number}", b"d", user="u", dn="CN=A", controller="dc1",
                 pwd_last_set=number)
    print(number, flush=True)  # what comes next is the write
    ledger.close_entry(f"jti-{number}", b"d", {"code": "ok"})
"""


@pytest.mark.parametrize("after", [1, 7, 40])
def test_what_was_entered_before_kill_9_is_there_after(
    tmp_path: Path, after: int
) -> None:
    path = tmp_path / "ledger.sqlite"
    argv = [sys.executable, "-c", _CHILD, str(path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) == after:
                break
        os.kill(child.pid, signal.SIGKILL)
        rest = child.stdout.read().split()
    last = int(rest[-1]) if rest else after
    ledger = Ledger(path)
    for number in range(last):
        entry = ledger.find(f"jti-{number}")
        assert entry is not None
        assert entry.answer == {"code": "ok"}
    # the last one was about to be written: it is there, open or answered
    entry = ledger.find(f"jti-{last}")
    assert entry is not None
    assert entry.pwd_last_set == last
    assert open_entries(path) <= 1
    ledger.close()


def test_attempts_are_counted_by_kind_and_person_until_they_are_taken_back(
    tmp_path: Path,
) -> None:
    now = [1_800_000_000.0]
    ledger = Ledger(tmp_path / "ledger", clock=lambda: now[0])
    kind = AttemptKind.OLD_PASSWORD
    wrong, right = ledger.attempt(kind, "anna"), ledger.attempt(kind, "anna")
    ledger.attempt(kind, "bruno")
    ledger.attempt(AttemptKind.UNLOCK, "anna")

    assert ledger.attempts_for(kind, "anna", 60) == (2, 2)
    ledger.end_attempt(wrong, counts=True)
    ledger.end_attempt(right, counts=False)
    assert ledger.attempts_for(kind, "anna", 60) == (1, 0)
    assert ledger.people_of(kind, 60) == 2
    assert ledger.writes_for("anna", 60) == 1  # the unlock
    now[0] += 61
    assert ledger.attempts_for(kind, "anna", 60) == (0, 0)
    ledger.forget(kind)
    assert ledger.people_of(kind, 3600) == 0
    ledger.close()


def test_a_ledger_of_an_older_program_counts_attempts_too(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    Ledger(path).close()
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.execute("DROP TABLE attempts")
    ledger = Ledger(path)

    assert ledger.attempt(AttemptKind.UNLOCK, "anna")
    ledger.close()


@pytest.mark.parametrize(("ahead", "counts"), [(600, 1), (40 * 365 * 86400, 0)])
def test_a_clock_that_was_years_ahead_counts_against_nobody(
    tmp_path: Path, ahead: int, counts: int
) -> None:
    """What was noted by one that was set back by minutes still counts."""
    clock = Clock()
    ledger = Ledger(tmp_path / "ledger.sqlite", clock)
    clock.now += ahead
    enter(ledger, "a")
    for kind in (AttemptKind.BY_PORTAL, AttemptKind.OLD_PASSWORD):
        ledger.end_attempt(ledger.attempt(kind, "anna"), counts=True)
    ledger.close_entry("ahead", DIGEST, {})
    clock.now -= ahead
    assert ledger.writes_for("anna", 3600) == counts
    assert ledger.people_of(AttemptKind.BY_PORTAL, 3600) == counts
    tried, _ = ledger.attempts_for(AttemptKind.OLD_PASSWORD, "anna", 3600)
    assert tried == counts
    # and what is old by then is dropped, though it was dropped in the future last
    ledger.close_entry("b", b"", {})
    clock.now += KEPT_S + 700
    ledger.close_entry("c", b"", {})
    assert ledger.find("b") is None
    ledger.close()
