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
from pathlib import Path
from typing import Any

from relay.database.records import Agent, Code, Portal, Rule
from relay.database.schema import bring_up_to_date
from relay.errors import RelayUnusable
from wire.keys import PublicKeys

_FILE = "relay.db"
_BUSY_S = 5.0


class Store:
    """The file, opened. Each method is one short transaction."""

    def __init__(self, folder: Path) -> None:
        """Open the file, or begin it; RelayUnusable, sqlite3.Error: it is of no use."""
        path = _private_file(folder)
        # autocommit: transactions are opened by name, where they are needed
        self._db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            bring_up_to_date(self._db, str(path))
        except (sqlite3.Error, RelayUnusable):
            self._db.close()
            raise

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
            self._put("INSERT", "portals", portal)
        except sqlite3.IntegrityError as error:
            raise RelayUnusable(
                f"a portal with the name {portal.name!r} or the issuer "
                f"{portal.issuer!r} is already registered",
                "choose another name",
            ) from error

    def put_portal(self, portal: Portal) -> None:
        """Keep what changed of a portal; its name does not."""
        row = _row(portal)
        places = ", ".join(f"{name} = :{name}" for name in row)
        self._db.execute(f"UPDATE portals SET {places} WHERE name = :name", row)  # noqa: S608 - fields of ours

    def remove_portal(self, portal: Portal) -> list[str]:
        """Forget a portal, its codes and its agents; give the names of those."""
        with self.transaction():
            agents = [each.id for each in self.agents() if each.portal == portal.name]
            self._db.execute(
                "DELETE FROM rules WHERE agent IN (SELECT id FROM agents WHERE"
                " portal = ?)",
                (portal.name,),
            )
            for table in ("agents", "codes"):
                query = f"DELETE FROM {table} WHERE portal = ?"  # noqa: S608 - of ours
                self._db.execute(query, (portal.name,))
            self._db.execute("DELETE FROM portals WHERE name = ?", (portal.name,))
        return agents

    def portals(self) -> list[Portal]:
        rows = self._db.execute("SELECT * FROM portals ORDER BY name").fetchall()
        return [_portal(row) for row in rows]

    def portal(self, name: str) -> Portal | None:
        row = self._one("SELECT * FROM portals WHERE name = ?", name)
        return _portal(row) if row else None

    def portal_of_key(self, key_name: str) -> Portal | None:
        row = self._one("SELECT * FROM portals WHERE send_key_name = ?", key_name)
        return _portal(row) if row else None

    def portal_of_issuer(self, issuer: str) -> Portal | None:
        row = self._one("SELECT * FROM portals WHERE issuer = ?", issuer)
        return _portal(row) if row else None

    def add_code(
        self,
        lookup: str,
        portal: str,
        expires_at: int,
        agent: tuple[str, str] | tuple[None, None] = (None, None),
    ) -> None:
        """Keep a code; `agent` is the name and key of the one that it is for."""
        self._db.execute(
            "INSERT INTO codes (lookup, portal, expires_at, agent, agent_key)"
            " VALUES (?, ?, ?, ?, ?)",
            (lookup, portal, expires_at, *agent),
        )

    def open_orders(self, portal: str, now: int) -> int:
        """Count the codes that a portal ordered and nobody used, in their time."""
        query = (
            "SELECT count(*) FROM codes WHERE portal = ? AND agent_key IS NOT NULL"
            " AND used_at IS NULL AND expires_at > ?"
        )
        (count,) = self._db.execute(query, (portal, now)).fetchone()
        return int(count)

    def forget_orders(self, portal: str, now: int) -> None:
        """Forget what a portal ordered and nobody used in its time."""
        self._db.execute(
            "DELETE FROM codes WHERE portal = ? AND agent_key IS NOT NULL"
            " AND used_at IS NULL AND expires_at <= ?",
            (portal, now),
        )

    def code(self, lookup: str) -> Code | None:
        row = self._one("SELECT * FROM codes WHERE lookup = ?", lookup)
        return Code(**row) if row else None

    def codes(self) -> list[Code]:
        query = "SELECT * FROM codes ORDER BY expires_at, lookup"
        return [Code(**row) for row in self._db.execute(query).fetchall()]

    def use_code(self, lookup: str, agent: Agent, thumbprint: str, now: int) -> None:
        """Note by which agent, and which signing key, a code was used."""
        self._db.execute(
            "UPDATE codes SET used_at = ?, used_by = ?, used_key = ? WHERE lookup = ?",
            (now, agent.id, thumbprint, lookup),
        )

    def remove_code(self, code: Code) -> bool:
        """Forget a code that nobody used; say whether there was one."""
        query = "DELETE FROM codes WHERE lookup = ? AND used_at IS NULL"
        return self._db.execute(query, (code.lookup,)).rowcount > 0

    def take_order(self, jti: str, until: int, now: int) -> bool:
        """Note what an agent ordered; say whether it is the first time."""
        self._db.execute("DELETE FROM orders WHERE until < ?", (now,))
        query = "INSERT OR IGNORE INTO orders VALUES (?, ?)"
        return self._db.execute(query, (jti, until)).rowcount > 0

    def put_agent(self, agent: Agent) -> None:
        """Enrol an agent, over an older enrolment of that name."""
        self._put("INSERT OR REPLACE", "agents", agent)

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
            self._remove(agent)

    def revoke_agent(self, agent: Agent) -> None:
        """Forget an agent, and have no code that it used let it in again."""
        with self.transaction():
            self._remove(agent)
            thumbprint = PublicKeys.of(agent.keys).signing.thumbprint()
            # no key has an empty thumbprint
            self._db.execute(
                "UPDATE codes SET used_key = '' WHERE used_at IS NOT NULL"
                " AND (used_key = ? OR lower(used_by) = lower(?))",
                (thumbprint, agent.id),
            )

    def _remove(self, agent: Agent) -> None:
        self._db.execute("DELETE FROM agents WHERE id = ?", (agent.id,))
        self._db.execute("DELETE FROM rules WHERE agent = ?", (agent.id,))

    def end_former_keys(self, agent: Agent, until: int) -> None:
        """Set the end of an agent's former keys, unless they changed meanwhile."""
        self._db.execute(
            "UPDATE agents SET former_until = ? WHERE id = ? AND listen_key = ?"
            " AND former_until IS NULL",
            (until, agent.id, agent.listen_key),
        )

    def saw_agents(self, connections: Iterable[str], now: int) -> None:
        with self.transaction():
            self._db.executemany(
                "UPDATE agents SET last_seen = ? WHERE id = ?",
                [(now, connection) for connection in connections],
            )

    def _put(self, verb: str, table: str, item: Portal | Agent) -> None:
        row = _row(item)
        names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
        query = f"{verb} INTO {table} ({names}) VALUES ({places})"
        self._db.execute(query, row)

    def _one(self, query: str, value: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(query, (value,)).fetchone()
        return row


def utc(seconds: int) -> str:
    """Spell a moment that is kept, as people and programs read it (RFC 3339)."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _row(item: Portal | Agent) -> dict[str, Any]:
    """Give the columns of one, which have the names of its fields."""
    return vars(item) | {"keys": json.dumps(item.keys)}


def _portal(row: sqlite3.Row) -> Portal:
    may_order = bool(row["orders_codes"])
    keys = json.loads(row["keys"])
    return Portal(**{**row, "keys": keys, "orders_codes": may_order})


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
