"""`backup` and `restore`: what was there comes back; secrets where asked for alone."""

import json
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from portal.cli.main import main
from portal.database.engine import Database
from portal.database.events import read
from portal.settings import read_settings
from tests.fixtures.portal.running import ANNA, Running


async def _back_up(portal: Running, places: list[str], *more: str) -> Path:
    browser = portal.browser()
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password="wrong")
    file = portal.folder / "backup.tar"
    assert main(["backup", str(file), *places, *more]) == 0
    return file


def _elsewhere(places: list[str], folder: Path) -> list[str]:
    """Give the places of a machine that has nothing but settings."""
    settings = json.loads(Path(places[1]).read_text())
    settings["database"] = f"sqlite:///{folder}/new/portal.db"
    path = folder / "new.yaml"
    path.write_text(json.dumps(settings))
    return ["--settings", str(path), "--secrets", str(folder / "new/secrets")]


async def test_it_comes_back_elsewhere(
    portal: Running, places: list[str], tmp_path: Path
) -> None:
    file = await _back_up(portal, places, "--with-secrets")
    assert file.stat().st_mode & 0o077 == 0
    new = _elsewhere(places, tmp_path)
    assert main(["restore", str(file), *new]) == 0
    assert main(["events", "verify", *new]) == 0
    url = read_settings(Path(new[1])).database
    with closing(Database(url)) as database, database.begin() as connection:
        assert len([*read(connection)]) == 1
    pepper = tmp_path / "new/secrets/pepper"
    assert pepper.read_text() == (portal.folder / "secrets/pepper").read_text()
    assert pepper.stat().st_mode & 0o077 == 0
    assert main(["restore", str(file), *new]) == 0
    assert (tmp_path / "new/portal.db.before").exists()


async def test_secrets_are_not_in_it_unasked(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    file = await _back_up(portal, places)
    with tarfile.open(file) as tar:
        assert tar.getnames() == ["portal.db", "portal.yaml"]
    assert "The secrets are not in it" in capsys.readouterr().out
    assert main(["backup", str(file), *places]) == 1
    assert "not there yet" in capsys.readouterr().err


async def test_nothing_is_restored_under_a_portal_that_serves(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    file = await _back_up(portal, places)
    assert main(["restore", str(file), *places]) == 1
    assert "stop it first" in capsys.readouterr().err


def test_what_is_no_backup_is_refused(
    places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "none.tar"
    file.write_bytes(b"no tar")
    assert main(["restore", str(file), *places]) == 1
    assert "no backup of a portal" in capsys.readouterr().err


def test_of_postgresql_it_names_the_tool(
    places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = json.loads(Path(places[1]).read_text())
    settings["database"] = "postgresql://portal@/portal"
    Path(places[1]).write_text(json.dumps(settings))
    assert main(["backup", str(tmp_path / "x"), *places]) == 1
    assert "use pg_dump" in capsys.readouterr().err


async def test_what_another_tool_put_back_is_settled_by_a_command(
    portal: Running,
    places: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = await _back_up(portal, places, "--with-secrets")
    assert main(["restored", *places]) == 1
    assert "stop it first" in capsys.readouterr().err
    new = _elsewhere(places, tmp_path)
    assert main(["restore", str(file), *new]) == 0
    capsys.readouterr()
    assert main(["restored", *new]) == 0
    assert "Used up: all 0 recovery codes" in capsys.readouterr().out
    assert main(["restored", "--keep-recovery-codes", *new]) == 0
    assert "are good again" in capsys.readouterr().out
