"""The ledger of requests and their first answers, so that each is done once (SQLite).

A request is entered before its write, with the user's pwdLastSet. Its answer is kept
with it, so that the same token sent again gets the first answer. An entry without an
answer means that the agent ended in between: it is settled by reading pwdLastSet.
No password, no token and no claim of the request is in here; the digest is of the
sealed token, which differs each time.
"""

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from agent.platform.detect import this_platform
from wire.failure import Failure
from wire.text import Text

# Write-ahead log with synchronous=NORMAL: a commit is safe against the end of this
# process (kill -9). All statements of one request cost 0.07 ms (p99 0.5); with FULL,
# an fsync for each commit, 0.9 ms (p99 3.5) on a fast disk and far more on a slow one.
# What a loss of power may lose is the last entries: the same token could then be done
# again until it expires 150 s later, which sets the same password.
_SETUP = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS requests (
    jti TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    at REAL NOT NULL,
    wrote INTEGER NOT NULL,
    user TEXT NOT NULL,
    dn TEXT NOT NULL,
    controller TEXT NOT NULL,
    pwd_last_set INTEGER NOT NULL,
    password_set INTEGER NOT NULL DEFAULT 0,
    answer TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_user ON requests (user, at);
CREATE INDEX IF NOT EXISTS by_time ON requests (at);
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    user TEXT NOT NULL,
    under_way INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS attempts_by_kind ON attempts (kind, at);
"""
# the longest life of a token is 150 s; a day lets an administrator see repeats
KEPT_S = 24 * 3600.0
_SWEEP_S = 600.0

Answer = dict[str, Any]


# SQLite's primary result codes that do not go by themselves, as a full disk may
_FOR_GOOD = frozenset(
    (
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    )
)
_PRIMARY = 0xFF  # an extended code has it in its last byte


class LedgerUnusable(Failure):
    """The file can't be opened; without it a request could be done twice.

    `for_good`: starting again changes nothing.
    """

    for_good: bool

    def __init__(self, path: Path, error: sqlite3.Error) -> None:
        super().__init__(
            Text("{path} can't be used: {error}.", path=str(path), error=str(error)),
            Text(
                "Look whether the disk is full, and run writeback repair, which gives "
                "the file back to the agent. If it is damaged, move it and the files "
                "named like it away and start the agent: only which requests were done "
                "in the last day is lost."
            ),
        )
        self.for_good = error.sqlite_errorcode & _PRIMARY in _FOR_GOOD


class LedgerFailed(Exception):
    """The file can't be read or written now, as on a full disk."""


class AttemptKind(StrEnum):
    """What is counted for a person beside the writes of passwords.

    `UNLOCK`, an unlock by itself; `OLD_PASSWORD`, one that may be wrong; `BY_PORTAL`,
    a reset or unlock, for which nobody but the portal vouches; `REGISTRATION`, of a
    verification method.
    """

    UNLOCK = "unlock"
    OLD_PASSWORD = "old_password"  # noqa: S105 - a kind, not a secret
    BY_PORTAL = "by_portal"
    REGISTRATION = "registration"


@dataclass(frozen=True)
class Entry:
    """One request that was taken at a time in Unix seconds, by the id of its token.

    `digest` is SHA-256 of the token; `controller` where the password was written, with
    `password_set` when that is known to be done; `pwd_last_set` the user's before;
    `answer` is None while it is open.
    """

    jti: str
    digest: bytes
    at: float
    dn: str
    controller: str
    pwd_last_set: int
    password_set: bool
    answer: Answer | None


class Ledger:
    """The file of requests; safe for many threads, and two processes that hand over.

    LedgerUnusable where it can't be opened, written or read; OSError where its folder
    can't be made, or it is another's.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        this_platform().files.make_folder(path.parent)
        self._clock = clock
        self._lock = threading.Lock()
        self._swept = 0.0
        self._base = _opened(path)

    def find(self, jti: str) -> Entry | None:
        """Give the entry of a request, if it was taken before."""
        row = self._row(
            "SELECT jti, digest, at, dn, controller, pwd_last_set, password_set,"
            " answer FROM requests WHERE jti = ?",
            (jti,),
        )
        if row is None:
            return None
        jti, digest, at, dn, controller, before, password_set, text = row
        answer = None if text is None else json.loads(text)
        return Entry(
            jti, digest, at, dn, controller, before, bool(password_set), answer
        )

    def enter(
        self,
        jti: str,
        digest: bytes,
        *,
        user: str,
        dn: str,
        controller: str,
        pwd_last_set: int,
    ) -> None:
        """Note a write that comes next; IntegrityError where it was taken before.

        LedgerFailed, here as in all others: it can't be noted.
        """
        self._do(
            "INSERT INTO requests (jti, digest, at, wrote, user, dn, controller,"
            " pwd_last_set) VALUES (?, ?, ?, 1, ?, ?, ?, ?)",
            (jti, digest, self._clock(), user, dn, controller, pwd_last_set),
        )

    def password_is_set(self, jti: str) -> None:
        """Note that the write is done, before a step that touches pwdLastSet."""
        self._do("UPDATE requests SET password_set = 1 WHERE jti = ?", (jti,))

    def close_entry(self, jti: str, digest: bytes, answer: Mapping[str, Any]) -> None:
        """Keep what was answered first; also for a request that wrote nothing."""
        text = json.dumps(answer, separators=(",", ":"))
        self._do(
            "INSERT INTO requests (jti, digest, at, wrote, user, dn, controller,"
            " pwd_last_set, answer) VALUES (?, ?, ?, 0, '', '', '', 0, ?)"
            " ON CONFLICT (jti) DO UPDATE SET answer = excluded.answer"
            " WHERE answer IS NULL",
            (jti, digest, self._clock(), text),
        )
        self._sweep()

    def writes_for(self, user: str, seconds: float) -> int:
        """Count the writes for one user in the last so many seconds, unlocks too."""
        (writes,) = self._row(
            "SELECT count(*) FROM requests WHERE user = ? AND wrote = 1"
            " AND at > ? AND at < ?",
            (user, *self._about(seconds)),
        )
        unlocks, _ = self.attempts_for(AttemptKind.UNLOCK, user, seconds)
        return int(writes) + unlocks

    def attempt(self, kind: AttemptKind, user: str) -> int:
        """Note what is tried next for a user; give the number it is ended by."""
        (number,) = self._row(
            "INSERT INTO attempts (at, kind, user, under_way) VALUES (?, ?, ?, 1)"
            " RETURNING id",
            (self._clock(), kind.value, user),
        )
        return int(number)

    def end_attempt(self, number: int, *, counts: bool) -> None:
        """Note that it is over, or drop it where it counts for nothing."""
        if counts:
            self._do("UPDATE attempts SET under_way = 0 WHERE id = ?", (number,))
        else:
            self._do("DELETE FROM attempts WHERE id = ?", (number,))

    def attempts_for(
        self, kind: AttemptKind, user: str, seconds: float
    ) -> tuple[int, int]:
        """Count the attempts for one user, and those of them that are under way."""
        count, under_way = self._row(
            "SELECT count(*), coalesce(sum(under_way), 0) FROM attempts"
            " WHERE kind = ? AND user = ? AND at > ? AND at < ?",
            (kind.value, user, *self._about(seconds)),
        )
        return int(count), int(under_way)

    def people_of(self, kind: AttemptKind, seconds: float) -> int:
        """Count the different users of a kind of attempt."""
        (count,) = self._row(
            "SELECT count(DISTINCT user) FROM attempts WHERE kind = ?"
            " AND at > ? AND at < ?",
            (kind.value, *self._about(seconds)),
        )
        return int(count)

    def forget(self, kind: AttemptKind) -> None:
        """Drop every attempt of a kind."""
        self._do("DELETE FROM attempts WHERE kind = ?", (kind.value,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def _about(self, seconds: float) -> tuple[float, float]:
        """Give the times that count: those near now.

        What a clock noted that was set back since counts as long; what one noted that
        was years ahead would count for all that time.
        """
        now = self._clock()
        return now - seconds, now + seconds

    def _do(self, statement: str, values: tuple[object, ...]) -> None:
        with self._lock, _reported():
            self._base.execute(statement, values)

    def _row(self, statement: str, values: tuple[object, ...]) -> Any:
        with self._lock, _reported():
            return self._base.execute(statement, values).fetchone()

    def _sweep(self) -> None:
        """Drop what is older than a day, now and then."""
        now = self._clock()
        if 0 <= now - self._swept < _SWEEP_S:
            return
        self._swept = now
        for table in ("requests", "attempts"):
            self._do(f"DELETE FROM {table} WHERE at < ?", (now - KEPT_S,))  # noqa: S608 - the two names above


@contextlib.contextmanager
def _reported() -> Iterator[None]:
    """Tell of what SQLite can't do as this module's own error."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as error:
        raise LedgerFailed(error.sqlite_errorname) from error


def _opened(path: Path) -> sqlite3.Connection:
    with ExitStack() as undo:
        try:
            base = sqlite3.connect(
                path, check_same_thread=False, isolation_level=None, timeout=5.0
            )
            undo.callback(base.close)
            path.chmod(0o600)
            base.executescript(_SETUP)
        except sqlite3.Error as error:
            raise LedgerUnusable(path, error) from error
        undo.pop_all()
    return base
