"""Brings a database to this version's tables, and refuses one of a later version.

Alembic's revisions are in `revisions/`; each is written once and never edited.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from portal.database.engine import Database
from portal.errors import PortalUnusable

_FOLDER = Path(__file__).parent / "revisions"


def migrate(database: Database) -> None:
    """Make the tables, or bring them to this version; PortalUnusable: is a later's."""
    with database.begin() as connection:
        _refuse_later(connection)
        command.upgrade(_config(connection), "head")


def check_version(database: Database) -> None:
    """See that the tables are this version's; PortalUnusable says what to do."""
    with database.begin() as connection:
        _refuse_later(connection)
        if _revision(connection) != _scripts().get_current_head():
            raise PortalUnusable(
                "the database is not of this version",
                "run `writeback-portal migrate`",
            )


def _refuse_later(connection: Connection) -> None:
    revision = _revision(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision is not None and revision not in known:
        raise PortalUnusable(
            "the database is of a later version of the portal",
            "install that version again, or restore a backup of before",
        )


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
