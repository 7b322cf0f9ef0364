"""The ages of keys: from what is stored, and from what the agent says of itself."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.config import secret_store as kept
from tests.unit.wizard.fake_host import FakeHost
from wire.keys import PrivateKeys
from wire.secret import Secret
from wire.text import Text
from wizard.host.interface import Service
from wizard.host.key_ages import (
    DUE_AFTER,
    directory_password,
    key_ages,
    portal_keys,
    sealing_key,
    shared_keys,
)
from wizard.host.systemd.credentials import SystemCredentials
from wizard.steps.key_age_rows import age_rows

LONG_AGO = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path)


def saying(**status: object) -> Service:
    return Service(running=True, status=status)


def stored_on(host: FakeHost, name: str, at: datetime) -> None:
    host.secrets.put(name, Secret("x"))
    path = host.places.secrets / f"{kept.SERVICE}.{name}"
    os.utime(path, (at.timestamp(), at.timestamp()))


def test_what_is_not_there_has_no_age(host: FakeHost) -> None:
    assert {key.since for key in key_ages(host, saying())} == {None}
    assert shared_keys(host).next is None


def test_a_key_is_as_old_as_it_was_stored(host: FakeHost) -> None:
    stored_on(host, kept.LISTEN_KEY, LONG_AGO)
    age = shared_keys(host)
    assert (age.since, age.next) == (LONG_AGO, LONG_AGO + timedelta(days=180))


def test_a_sealed_key_is_as_old_as_its_file(tmp_path: Path) -> None:
    secrets = SystemCredentials(tmp_path / "credentials", seals=False)
    assert secrets.stored_at(kept.LISTEN_KEY) is None
    secrets.put(kept.LISTEN_KEY, Secret("x"))
    os.utime(secrets.place(kept.LISTEN_KEY), (LONG_AGO.timestamp(),) * 2)
    assert secrets.stored_at(kept.LISTEN_KEY) == LONG_AGO


def test_the_agent_says_how_old_its_sealing_key_is() -> None:
    made = int(LONG_AGO.timestamp())
    age = sealing_key(saying(sealing_key={"made": made, "next": made + 86400}))
    assert (age.since, age.next) == (LONG_AGO, LONG_AGO + timedelta(days=1))


@pytest.mark.parametrize(
    "told",
    [
        *(None, 1, "x", [], {}, {"made": "now"}, {"made": None}, {"made": 1e300}),
        *({"made": -1e300}, {"made": float("nan")}, {"made": []}, {"made": 10**30}),
    ],
)
def test_what_the_agent_says_is_looked_at(told: object) -> None:
    assert sealing_key(saying(sealing_key=told)).since is None


def test_new_keys_of_the_portal_are_told_with_the_fingerprint() -> None:
    fingerprint = PrivateKeys.generate().public.fingerprint
    told = {"since": LONG_AGO.timestamp(), "fingerprint": fingerprint}
    assert fingerprint in portal_keys(saying(portal=told)).detail
    until = {"former_until": (LONG_AGO + timedelta(days=7)).timestamp()}
    assert "until 2026-01-09 at most" in portal_keys(saying(portal=told | until)).detail


@pytest.mark.parametrize("fingerprint", ["\x1b[2J", "AB12", "A" * 9000, None, []])
def test_a_fingerprint_that_is_none_is_not_shown(fingerprint: object) -> None:
    told = {"since": LONG_AGO.timestamp(), "fingerprint": fingerprint}
    assert portal_keys(saying(portal=told)).detail == "fingerprint "


@pytest.mark.parametrize(("days", "state"), [(179, "ok"), (181, "info")])
def test_what_is_due_is_worth_knowing(host: FakeHost, days: int, state: str) -> None:
    stored_on(host, kept.DIRECTORY_PASSWORD, datetime.now(UTC) - timedelta(days=days))
    remedy = Text("Replace it.")
    (row,) = age_rows(directory_password(host), remedy)
    assert (row.state, row.id) == (state, "directory_password")
    assert row.remedy == (remedy if state == "info" else "")


def test_what_is_not_known_is_no_row(host: FakeHost) -> None:
    assert age_rows(directory_password(host), Text("Replace it.")) == ()
    assert DUE_AFTER.days == 180
