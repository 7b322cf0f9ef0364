"""The tables of the relay's file, and how an older file becomes one of today."""

import sqlite3

from relay.errors import RelayUnusable

_FIRST = (
    """
CREATE TABLE IF NOT EXISTS portals (
  name TEXT PRIMARY KEY, issuer TEXT NOT NULL UNIQUE, keys TEXT NOT NULL,
  send_key_name TEXT NOT NULL UNIQUE, send_key TEXT NOT NULL
) STRICT""",
    """
CREATE TABLE IF NOT EXISTS codes (
  lookup TEXT PRIMARY KEY, portal TEXT NOT NULL REFERENCES portals (name),
  expires_at INTEGER NOT NULL, used_at INTEGER, used_by TEXT
) STRICT""",
    """
CREATE TABLE IF NOT EXISTS agents (
  id TEXT PRIMARY KEY COLLATE NOCASE, portal TEXT NOT NULL REFERENCES portals (name),
  keys TEXT NOT NULL, listen_key TEXT NOT NULL, test_key TEXT NOT NULL,
  code TEXT NOT NULL REFERENCES codes (lookup), enrolled_at INTEGER NOT NULL,
  last_seen INTEGER
) STRICT""",
)
_TWO_KEYS = (
    "ALTER TABLE portals ADD COLUMN statement TEXT",
    "ALTER TABLE portals ADD COLUMN key_since INTEGER",
    "ALTER TABLE portals ADD COLUMN former_send_key TEXT",
    "ALTER TABLE portals ADD COLUMN former_until INTEGER",
    "ALTER TABLE codes ADD COLUMN used_key TEXT",
    "ALTER TABLE agents ADD COLUMN keys_since INTEGER",
    "ALTER TABLE agents ADD COLUMN former_listen_key TEXT",
    "ALTER TABLE agents ADD COLUMN former_test_key TEXT",
    "ALTER TABLE agents ADD COLUMN former_until INTEGER",
    """
CREATE TABLE IF NOT EXISTS rules (
  name TEXT PRIMARY KEY, agent TEXT NOT NULL COLLATE NOCASE, key TEXT NOT NULL,
  listens INTEGER NOT NULL, sends INTEGER NOT NULL
) STRICT""",
    "CREATE TABLE orders (jti TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT",
    "UPDATE agents SET keys_since = enrolled_at",
    # of the form before portals made their half of a code: no wizard takes them
    "DELETE FROM codes WHERE used_at IS NULL",
)
_ORDERED_CODES = (
    "ALTER TABLE portals ADD COLUMN orders_codes INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE codes ADD COLUMN agent TEXT",
    "ALTER TABLE codes ADD COLUMN agent_key TEXT",
)
_VERSIONS = (_FIRST, _TWO_KEYS, _ORDERED_CODES)


def bring_up_to_date(db: sqlite3.Connection, source: str) -> None:
    """Make or change the tables of a file, all or nothing; its version is kept in it.

    RelayUnusable where a later relay made the file.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        _change(db, source)
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _change(db: sqlite3.Connection, source: str) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(_VERSIONS):
        raise RelayUnusable(
            f"{source} is of version {version}; this relay knows {len(_VERSIONS)}",
            "run the later version of writeback-relay that made it",
        )
    for change in _VERSIONS[version:]:
        for statement in change:
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {len(_VERSIONS)}")
