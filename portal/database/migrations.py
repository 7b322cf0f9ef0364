"""Brings a database to this version's tables, and refuses one of a later version.

Alembic's revisions are in `revisions/`; each is written once and never edited. A change
is made whole or not at all; of SQLite a copy of before stays, which the version of
before can restore.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from portal.database.engine import Database
from portal.errors import PortalUnusable
from portal.settings import DATABASE
from wire.server import backup_file, database_file

if TYPE_CHECKING:  # a start on tables of this version needs none of it
    from alembic.config import Config
    from alembic.script import ScriptDirectory

_FOLDER = Path(__file__).parent / "revisions"
_OWN_TABLE = "alembic_version"
_LOCK = 0x57525550  # of PostgreSQL: who changes the tables


def migrate(database: Database, *, keep: bool = True) -> Path | None:
    """Make the tables, or bring them to this version; PortalUnusable: is a later's.

    Gives the backup of SQLite's tables of before, where there were others and it is to
    `keep` one.
    """
    if _is_newest(database):
        return None
    from alembic import command

    kept = _kept(database) if keep else None
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            # nodes that start together
            lock = text("SELECT pg_advisory_xact_lock(:key)")
            connection.execute(lock, {"key": _LOCK})
        _refuse_later(connection)
        command.upgrade(_config(connection), "head")
    return kept


def _kept(database: Database) -> Path | None:
    """Write a backup of tables that another version made; None where there are none."""
    with database.begin() as connection:
        _refuse_later(connection)
        revision = _revision(connection)
    is_sqlite = database.url.drivername == "sqlite"
    if revision in (None, _scripts().get_current_head()) or not is_sqlite:
        return None
    path = Path(str(database.url.database))
    to = path.with_name(f"before-{revision}.tar")
    to.unlink(missing_ok=True)  # of an upgrade that was taken back
    backup_file.write(to, {DATABASE: database_file.snapshot(path)})
    database_file.belongs_to_folder(to)
    return to


def check_version(database: Database) -> None:
    """See that the tables are this version's; PortalUnusable says what to do."""
    if _is_newest(database):
        return
    with database.begin() as connection:
        _refuse_later(connection)
        if _revision(connection) != _scripts().get_current_head():
            raise PortalUnusable(
                "the database is not of this version",
                "run `writeback-portal migrate`",
            )


def _is_newest(database: Database) -> bool:
    """Whether the tables are of the newest revision, by the names of their files."""
    files = (_FOLDER / "versions").glob("[0-9]*.py*")
    newest = max(path.name.partition("_")[0] for path in files)
    with database.begin() as connection:
        return _revision(connection) == newest


def _refuse_later(connection: Connection) -> None:
    revision = _revision(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision is not None and revision not in known:
        raise PortalUnusable(
            "the database is of a later version of the portal",
            "install that version again, or have this one restore the backup of its "
            "tables: before-*.tar beside the database",
        )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_OWN_TABLE):
        return None
    own = text(f"SELECT version_num FROM {_OWN_TABLE}")  # noqa: S608 - a constant
    revision: str | None = connection.scalar(own)
    return revision


def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
