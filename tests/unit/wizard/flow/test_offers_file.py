"""The offers file: known fields, values they take, secrets that nobody else reads."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from agent.config.settings import DomainController
from tests.unit.wizard.answered import CANARY
from wire.secret import Secret
from wizard.flow.offers_file import MAX_BYTES, OffersRefused, read_offers

URL = {"path": "relay.url", "value": "https://relay.corp.test", "source": "the lab"}
PASSWORD = {"path": "input.admin_password", "value": CANARY, "source": "the lab"}


def written(folder: Path, *rows: Any, mode: int = 0o600) -> Path:
    path = folder / "offers.json"
    path.write_text(json.dumps(list(rows)))
    path.chmod(mode)
    return path


def row(path: str, value: Any) -> dict[str, Any]:
    return {"path": path, "value": value, "source": "the lab"}


def test_each_row_is_offered_with_its_source(tmp_path: Path) -> None:
    controllers = row("directory.controllers", [{"host": "dc1.corp.test"}])
    containers = row("scope.containers", ["OU=People,DC=corp,DC=test"])
    number = row("limits.per_minute", 5)
    offers = read_offers(
        written(tmp_path, URL, PASSWORD, controllers, containers, number)
    )
    assert offers.values["relay.url"] == "https://relay.corp.test"
    assert offers.values["input.admin_password"] == Secret(CANARY)
    assert offers.values["directory.controllers"] == (
        DomainController(host="dc1.corp.test"),
    )
    assert offers.values["scope.containers"] == ("OU=People,DC=corp,DC=test",)
    assert offers.values["limits.per_minute"] == 5
    assert offers.source("relay.url") == "the lab"
    assert CANARY not in repr(offers)


@pytest.mark.parametrize(
    "bad",
    [
        row("input.unknown", "x"),
        row("version", 1),
        row("relay.url", 5),
        row("relay.url", None),
        row("input.admin_password", [CANARY]),
        row("limits.per_minute", True),
        row("features.unlock", "yes"),
        row("directory.account.kind", "stolen"),
        row("directory.controllers", "dc1.corp.test"),
        row("directory.controllers", [{"host": "dc1.corp.test", "port": 1}]),
        row("scope.containers", [1]),
        {"path": "relay.url", "value": "https://relay.corp.test"},
        {**URL, "more": 1},
        {**URL, "path": ["relay.url"]},
        {**URL, "source": 1},
        "relay.url",
    ],
    ids=str,
)
def test_one_bad_row_and_nothing_is_offered(tmp_path: Path, bad: Any) -> None:
    with pytest.raises(OffersRefused, match="Row 2") as refused:
        read_offers(written(tmp_path, URL, bad))
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_secret_that_others_can_read_is_not_taken(tmp_path: Path, mode: int) -> None:
    with pytest.raises(OffersRefused, match="chmod 600"):
        read_offers(written(tmp_path, URL, PASSWORD, mode=mode))


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_what_others_can_write_offers_nothing(tmp_path: Path, mode: int) -> None:
    with pytest.raises(OffersRefused, match="chmod 600"):
        read_offers(written(tmp_path, URL, mode=mode))


def test_without_a_secret_others_may_read_it(tmp_path: Path) -> None:
    assert set(read_offers(written(tmp_path, URL, mode=0o644)).values) == {"relay.url"}


def test_what_another_user_owns_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, URL)
    assert read_offers(path).values
    owner = path.stat().st_uid
    if owner == 0:  # root's own is everybody's to take
        os.chown(path, 65534, 65534)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(OffersRefused, match="not a file of yours"):
        read_offers(path)


def test_a_file_that_is_no_file_does_not_hold_the_wizard_up(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    with pytest.raises(OffersRefused):
        read_offers(pipe)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[", b"[" * 60_000, b"\xff\xfe", b"[" + b" " * MAX_BYTES + b"]"],
    ids=["empty", "object", "cut off", "deep", "no text", "too large"],
)
def test_what_is_no_list_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "offers.json"
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises(OffersRefused, match=r"offers\.json"):
        read_offers(path)
