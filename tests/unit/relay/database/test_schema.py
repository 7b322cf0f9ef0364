"""The relay's file: an older one goes on, a later or damaged one is refused."""

import json
import sqlite3
import time
from pathlib import Path

import pytest

from relay.database.store import Store
from relay.errors import RelayUnusable
from wire.keys import PrivateKeys

# as the release before signed statements made it
OLD_SCHEMA = """
CREATE TABLE portals (
  name TEXT PRIMARY KEY, issuer TEXT NOT NULL UNIQUE, keys TEXT NOT NULL,
  send_key_name TEXT NOT NULL UNIQUE, send_key TEXT NOT NULL
) STRICT;
CREATE TABLE codes (
  lookup TEXT PRIMARY KEY, portal TEXT NOT NULL REFERENCES portals (name),
  expires_at INTEGER NOT NULL, used_at INTEGER, used_by TEXT
) STRICT;
CREATE TABLE agents (
  id TEXT PRIMARY KEY COLLATE NOCASE, portal TEXT NOT NULL REFERENCES portals (name),
  keys TEXT NOT NULL, listen_key TEXT NOT NULL, test_key TEXT NOT NULL,
  code TEXT NOT NULL REFERENCES codes (lookup), enrolled_at INTEGER NOT NULL,
  last_seen INTEGER
) STRICT;
"""
KEYS = json.dumps(PrivateKeys.generate().public.jwks())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (folder / "relay.db").touch(0o600)
    return folder


def test_an_older_file_keeps_its_portals_agents_and_keys(folder: Path) -> None:
    old = sqlite3.connect(folder / "relay.db")
    old.executescript(OLD_SCHEMA)
    portal = ("acme", "https://acme.test", KEYS, "portal-acme", "send")
    old.execute("INSERT INTO portals VALUES (?, ?, ?, ?, ?)", portal)
    for lookup, used in (("a" * 64, 1), ("b" * 64, None)):
        row = (lookup, "acme", 2**40, used, used and "agent1")
        old.execute("INSERT INTO codes VALUES (?, ?, ?, ?, ?)", row)
    agent = ("agent1", "acme", KEYS, "listen", "test", "a" * 64, 7, None)
    old.execute("INSERT INTO agents VALUES (?, ?, ?, ?, ?, ?, ?, ?)", agent)
    old.commit()
    old.close()
    for _ in range(2):
        store = Store(folder)
        (kept,), (enrolled,) = store.portals(), store.agents()
        assert (kept.statement, kept.send_keys(time.time())) == (None, ["send"])
        assert enrolled.listen_keys(time.time()) == ["listen"]
        assert enrolled.keys_since == 7
        # nobody can join the portal's half to a code of before
        assert [code.lookup for code in store.codes()] == ["a" * 64]
        store.close()


def test_a_file_of_a_later_relay_is_left_as_it_is(folder: Path) -> None:
    later = sqlite3.connect(folder / "relay.db")
    later.execute("PRAGMA user_version = 99")
    later.close()
    with pytest.raises(RelayUnusable, match="is of version 99; this relay knows 3"):
        Store(folder)
    later = sqlite3.connect(folder / "relay.db")
    assert later.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    later.close()
