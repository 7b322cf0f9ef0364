"""What the relay knows: portals, enrolment codes, agents. One SQLite file.

Codes are kept as hashes; the keys that sign tokens have to be kept as they are
(HMAC), so the folder is 0700 and the file 0600. Commands and the server work on the
file at the same time (write-ahead log).
"""

import json
import os
import sqlite3
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relay.errors import RelayUnusable

LISTEN_KEY_NAME = "listen"
TEST_KEY_NAME = "self-test"
_FILE = "relay.db"
_BUSY_S = 5.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS portals (
  name TEXT PRIMARY KEY, issuer TEXT NOT NULL UNIQUE, keys TEXT NOT NULL,
  send_key_name TEXT NOT NULL UNIQUE, send_key TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS codes (
  lookup TEXT PRIMARY KEY, portal TEXT NOT NULL REFERENCES portals (name),
  expires_at INTEGER NOT NULL, used_at INTEGER, used_by TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS agents (
  id TEXT PRIMARY KEY COLLATE NOCASE, portal TEXT NOT NULL REFERENCES portals (name),
  keys TEXT NOT NULL, listen_key TEXT NOT NULL, test_key TEXT NOT NULL,
  code TEXT NOT NULL REFERENCES codes (lookup), enrolled_at INTEGER NOT NULL,
  last_seen INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS rules (
  name TEXT PRIMARY KEY, agent TEXT NOT NULL COLLATE NOCASE, key TEXT NOT NULL,
  listens INTEGER NOT NULL, sends INTEGER NOT NULL
) STRICT;
"""

Jwks = list[dict[str, Any]]


@dataclass(frozen=True)
class Portal:
    """Someone who sends: its public keys, and the key its tokens are signed with."""

    name: str
    issuer: str
    keys: Jwks
    send_key_name: str
    send_key: str = field(repr=False)


@dataclass(frozen=True)
class Rule:
    """A key with rights of the owner's choice on one connection, as in Azure."""

    name: str
    agent: str
    key: str = field(repr=False)
    listens: bool
    sends: bool


@dataclass(frozen=True)
class Code:
    """An enrolment code, known by the hash of its secret. Times are Unix seconds."""

    lookup: str
    portal: str
    expires_at: int
    used_at: int | None
    used_by: str | None


@dataclass(frozen=True)
class Agent:
    """An enrolled agent: its connection has its name."""

    id: str
    portal: str
    keys: Jwks
    code: str
    enrolled_at: int
    last_seen: int | None
    listen_key: str = field(repr=False)
    test_key: str = field(repr=False)


class Store:
    """The file, opened. Each method is one short transaction."""

    def __init__(self, folder: Path) -> None:
        path = _private_file(folder)
        # autocommit: transactions are opened by name, where they are needed
        self._db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do several things or none; others wait to write until it is over."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def add_portal(self, portal: Portal) -> None:
        """Register a portal; RelayUnusable where the name or the issuer is taken."""
        try:
            self._db.execute(
                "INSERT INTO portals VALUES (?, ?, ?, ?, ?)",
                (
                    portal.name,
                    portal.issuer,
                    json.dumps(portal.keys),
                    portal.send_key_name,
                    portal.send_key,
                ),
            )
        except sqlite3.IntegrityError as error:
            raise RelayUnusable(
                f"a portal with the name {portal.name!r} or the issuer "
                f"{portal.issuer!r} is already registered",
                "choose another name",
            ) from error

    def portal(self, name: str) -> Portal | None:
        row = self._one("SELECT * FROM portals WHERE name = ?", name)
        return _portal(row) if row else None

    def portal_of_key(self, key_name: str) -> Portal | None:
        row = self._one("SELECT * FROM portals WHERE send_key_name = ?", key_name)
        return _portal(row) if row else None

    def add_code(self, lookup: str, portal: str, expires_at: int) -> None:
        self._db.execute(
            "INSERT INTO codes (lookup, portal, expires_at) VALUES (?, ?, ?)",
            (lookup, portal, expires_at),
        )

    def code(self, lookup: str) -> Code | None:
        row = self._one("SELECT * FROM codes WHERE lookup = ?", lookup)
        return Code(**row) if row else None

    def use_code(self, lookup: str, agent: str, now: int) -> None:
        self._db.execute(
            "UPDATE codes SET used_at = ?, used_by = ? WHERE lookup = ?",
            (now, agent, lookup),
        )

    def put_agent(self, agent: Agent) -> None:
        """Enrol an agent, over an older enrolment of that name."""
        self._db.execute(
            "INSERT OR REPLACE INTO agents (id, portal, keys, listen_key, test_key,"
            " code, enrolled_at, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                agent.id,
                agent.portal,
                json.dumps(agent.keys),
                agent.listen_key,
                agent.test_key,
                agent.code,
                agent.enrolled_at,
                agent.last_seen,
            ),
        )

    def agent(self, connection: str) -> Agent | None:
        row = self._one("SELECT * FROM agents WHERE id = ?", connection)
        return _agent(row) if row else None

    def agents(self) -> list[Agent]:
        rows = self._db.execute("SELECT * FROM agents ORDER BY id").fetchall()
        return [_agent(row) for row in rows]

    def add_rule(self, rule: Rule) -> None:
        """Add a rule; RelayUnusable where the name is taken."""
        if self.portal_of_key(rule.name) is not None or self.rule(rule.name):
            what = f"there is a key with the name {rule.name!r} already"
            raise RelayUnusable(what, "choose another name")
        self._db.execute(
            "INSERT INTO rules (name, agent, key, listens, sends) VALUES"
            " (?, ?, ?, ?, ?)",
            (rule.name, rule.agent, rule.key, int(rule.listens), int(rule.sends)),
        )

    def rule(self, name: str) -> Rule | None:
        row = self._one("SELECT * FROM rules WHERE name = ?", name)
        return _rule(row) if row else None

    def rules(self) -> list[Rule]:
        rows = self._db.execute("SELECT * FROM rules ORDER BY name").fetchall()
        return [_rule(row) for row in rows]

    def remove_rule(self, name: str) -> None:
        self._db.execute("DELETE FROM rules WHERE name = ?", (name,))

    def remove_agent(self, agent: Agent) -> None:
        """Forget an agent for good: its code stays used, its name is free."""
        with self.transaction():
            self._db.execute("DELETE FROM agents WHERE id = ?", (agent.id,))
            self._db.execute("DELETE FROM rules WHERE agent = ?", (agent.id,))

    def forget_agent(self, agent: Agent) -> None:
        """Undo an enrolment: the code that made it can be used again."""
        with self.transaction():
            self._db.execute("DELETE FROM agents WHERE id = ?", (agent.id,))
            self._db.execute("DELETE FROM rules WHERE agent = ?", (agent.id,))
            self._db.execute(
                "UPDATE codes SET used_at = NULL, used_by = NULL WHERE lookup = ?",
                (agent.code,),
            )

    def saw_agents(self, connections: Iterable[str], now: int) -> None:
        with self.transaction():
            self._db.executemany(
                "UPDATE agents SET last_seen = ? WHERE id = ?",
                [(now, connection) for connection in connections],
            )

    def _one(self, query: str, value: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(query, (value,)).fetchone()
        return row


def utc(seconds: int) -> str:
    """Spell a moment that is kept, as people and programs read it (RFC 3339)."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _portal(row: sqlite3.Row) -> Portal:
    return Portal(**{**row, "keys": json.loads(row["keys"])})


def _rule(row: sqlite3.Row) -> Rule:
    rights = {name: bool(row[name]) for name in ("listens", "sends")}
    return Rule(**{**row, **rights})


def _agent(row: sqlite3.Row) -> Agent:
    return Agent(**{**row, "keys": json.loads(row["keys"])})


def _private_file(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / _FILE
    # SQLite gives the write-ahead log the mode of the file, so 0600 must come first
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if os.name == "posix":
        _refuse_readable(folder, "0700")
        _refuse_readable(path, "0600")
    return path


def _refuse_readable(path: Path, wanted: str) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise RelayUnusable(
            f"{path} can be read or changed by others (mode {mode:04o}) and holds the "
            "relay's keys",
            f"set its mode to {wanted}, and replace the keys if others may have read "
            "them",
        )
