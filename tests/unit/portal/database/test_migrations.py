"""Tables of another version: brought on whole or not at all, and kept as they were."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from portal.cli.main import main
from portal.database import migrations
from portal.database.engine import Database
from portal.database.migrations import migrate
from portal.errors import PortalUnusable

_NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", "{head}"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("agent", sa.Column("colour", sa.String(8)))
    {more}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "portal.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{file}")
    assert migrate(opened) is None  # there were none to keep
    with opened.begin() as connection:
        connection.execute(
            text("INSERT INTO setting (name, value) VALUES ('x', '\"kept\"')")
        )
    yield opened
    opened.close()


def _later_version(
    folder: Path, monkeypatch: pytest.MonkeyPatch, more: str = "pass"
) -> None:
    """Have a next version's revisions, with one more."""
    scripts = ScriptDirectory(str(migrations._FOLDER))
    head = scripts.get_current_head()
    copied = folder / "revisions"
    shutil.copytree(
        migrations._FOLDER, copied, ignore=shutil.ignore_patterns("__pycache__")
    )
    text = _NEXT.format(head=head, more=more)
    (copied / "versions/9999_next.py").write_text(text)
    monkeypatch.setattr(migrations, "_FOLDER", copied)


def _has_column(database: Database) -> bool:
    columns = inspect(database.engine).get_columns("agent")
    return "colour" in {each["name"] for each in columns}


def test_the_version_of_before_takes_back_what_an_upgrade_kept(
    database: Database, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as later:
        _later_version(tmp_path, later)
        kept = migrate(database)
        assert kept is not None
        assert kept.parent == file.parent
        assert kept.stat().st_mode & 0o077 == 0
        assert migrate(database) is None  # nothing more to do
        with database.begin() as connection:
            connection.execute(text("DELETE FROM setting"))
    assert _has_column(database)
    with pytest.raises(PortalUnusable, match=r"later version.*before-\*\.tar"):
        migrate(database)
    database.close()
    settings = tmp_path / "portal.yaml"
    settings.write_text(
        json.dumps(
            {
                "base_url": "https://portal.contoso.test",
                "organization": "Contoso",
                "issuer": "https://portal.contoso.test",
                "database": f"sqlite:///{file}",
            }
        )
    )
    assert main(["restore", str(kept), "--settings", str(settings)]) == 0
    again = Database(f"sqlite:///{file}")
    try:
        assert not _has_column(again)
        assert migrate(again) is None
        with again.begin() as connection:
            value = connection.scalar(text("SELECT value FROM setting"))
        assert value == '"kept"'
    finally:
        again.close()


def test_what_fails_half_way_changes_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _later_version(tmp_path, monkeypatch, 'raise ValueError("half way")')
    with pytest.raises(ValueError, match="half way"):
        migrate(database)
    assert not _has_column(database)
    with database.begin() as connection:
        assert connection.scalar(text("SELECT value FROM setting")) == '"kept"'
    assert [*tmp_path.glob("before-*.tar")]


def test_a_backup_of_a_later_version_is_refused(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.backup import restore
    from wire.server import backup_file, database_file

    path = Path(str(database.url.database))
    with monkeypatch.context() as later:
        _later_version(tmp_path, later)
        migrate(database)
    file = tmp_path / "later.tar"
    backup_file.write(file, {"portal.db": database_file.snapshot(path)})
    database.close()
    before = path.read_bytes()
    with pytest.raises(PortalUnusable, match="later version"):
        restore(file, f"sqlite:///{path}", tmp_path / "x", now=1, keep_codes=False)
    assert path.read_bytes() == before
    assert not [*tmp_path.glob(".portal.db.*")]


def test_the_newest_revision_is_known_by_the_names_of_the_files() -> None:
    scripts = ScriptDirectory(str(migrations._FOLDER))
    files = [*(migrations._FOLDER / "versions").glob("[0-9]*.py")]
    named = {path.name.partition("_")[0] for path in files}
    assert named == {script.revision for script in scripts.walk_revisions()}
    assert max(named) == scripts.get_current_head()


def test_a_start_on_tables_of_this_version_needs_no_alembic(
    database: Database, file: Path
) -> None:
    database.close()
    starts = f"""
import sys
import portal.cli.main
from portal.database.engine import Database
from portal.database.migrations import check_version, migrate
database = Database("sqlite:///{file}")
assert migrate(database) is None
check_version(database)
print([name for name in sys.modules if name.partition(".")[0] == "alembic"])
"""
    argv = [sys.executable, "-c", starts]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
