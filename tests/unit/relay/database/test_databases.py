"""Databases that are not there, damaged, backed up and put back."""

import os
import stat
import tarfile
from pathlib import Path

import pytest

from relay.cli.main import main
from relay.database.data_lock import serving
from relay.database.store import Store
from tests.fixtures.relay_stage import RelayStage

COMMANDS = [
    ["code", "--portal", "acme"],
    ["codes"],
    ["portal", "list"],
    ["agents"],
    ["forget", "agent1"],
    ["backup", "FILE"],
    ["serve", "--name", "x", "--cert", "c", "--key", "k"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=[words[0] for words in COMMANDS])
def test_a_command_makes_no_database(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "typo"
    file = str(tmp_path / "file")
    words = [file if word == "FILE" else word for word in words]
    assert main([*words, "--data", str(missing)]) == 1
    assert "there is no relay database in" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0"])
def test_a_damaged_database_is_told_in_a_sentence(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o700)
    database = tmp_path / "relay.db"
    database.write_bytes(content)
    database.chmod(0o600)
    assert main(["agents", "--data", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "Traceback" not in error
    assert "can't be used" in error
    assert database.read_bytes() == content


async def test_a_backup_is_made_while_the_relay_serves_and_put_back(
    stage: RelayStage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await stage.enrol("agent1")
    data, file = stage.folder / "data", tmp_path / "relay.tar"
    settings = tmp_path / "relay.yaml"
    settings.write_text("name: relay.example.com\n")
    more = ["--settings", str(settings)]
    assert main(["backup", str(file), "--data", str(data), *more]) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert main(["backup", str(file), "--data", str(data), *more]) == 1
    assert "not there yet" in capsys.readouterr().err
    await stage.enrol("agent2")
    elsewhere = tmp_path / "elsewhere"
    settings.unlink()
    assert main(["restore", str(file), "--data", str(elsewhere), *more]) == 0
    assert "1 portals, 1 codes, 1 agents" in capsys.readouterr().out
    assert settings.read_text() == "name: relay.example.com\n"
    store = Store(elsewhere)
    assert [agent.id for agent in store.agents()] == ["agent1"]
    store.close()


def test_what_a_backup_replaces_is_kept(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "relay.tar"
    assert main(["setup", "--only-data", "--data", str(data)]) == 0
    assert main(["backup", str(file), "--data", str(data)]) == 0
    (data / "relay.db").write_bytes(b"damaged")
    assert main(["restore", str(file), "--data", str(data)]) == 0
    assert (data / "relay.db.before").read_bytes() == b"damaged"
    assert main(["agents", "--data", str(data)]) == 0


def test_a_database_that_is_served_is_not_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, file = tmp_path / "data", tmp_path / "relay.tar"
    assert main(["setup", "--only-data", "--data", str(data)]) == 0
    assert main(["backup", str(file), "--data", str(data)]) == 0
    with serving(data):
        assert main(["restore", str(file), "--data", str(data)]) == 1
    assert "stop it first" in capsys.readouterr().err
    assert not (data / "relay.db.before").exists()


def _tar(path: Path, name: str, content: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(content)
    with tarfile.open(path, "w") as tar:
        tar.add(part, name)
    part.unlink()


@pytest.mark.parametrize("kind", ["empty", "text", "path", "damaged", "missing"])
def test_a_backup_that_is_none_changes_nothing(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data, file = tmp_path / "data", tmp_path / "backup"
    assert main(["setup", "--only-data", "--data", str(data)]) == 0
    before = (data / "relay.db").read_bytes()
    match kind:
        case "empty":
            file.touch()
        case "text":
            file.write_text("words" * 1000)
        case "path":
            _tar(file, "../relay.db", b"x")
        case "damaged":
            _tar(file, "relay.db", os.urandom(5000))
    assert main(["restore", str(file), "--data", str(data)]) == 1
    assert "backup" in capsys.readouterr().err
    assert (data / "relay.db").read_bytes() == before
    assert not list(data.glob(".relay.db.*"))
    assert not (tmp_path.parent / "relay.db").exists()
