"""A backup of the relay: database and settings in one file, and the way back.

It holds the keys that tokens are signed with: whoever has the file can send and listen
as this relay's portals and agents until they are rotated.
"""

from pathlib import Path

from relay.database.data_lock import DATABASE, serving
from wire.server import backup_file, database_file
from wire.server.backup_file import BackupKind

_SETTINGS = "relay.yaml"
_KIND = BackupKind("relay", DATABASE)
_TABLES = ("portals", "codes", "agents")


def back_up(data: Path, settings: Path, to: Path) -> None:
    """Write a new file that its owner alone may read; the server goes on meanwhile."""
    content = {DATABASE: database_file.snapshot(data / DATABASE)}
    if settings.is_file():
        content[_SETTINGS] = settings.read_bytes()
    backup_file.write(to, content)


def restore(file: Path, data: Path, settings: Path) -> dict[str, int]:
    """Put a backup in place of what is there; say how much of each kind it has.

    What was there before stays beside it as `relay.db.before`. The settings are
    written only where there are none.
    """
    content = _KIND.read(file, (DATABASE, _SETTINGS).__contains__)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = data / DATABASE
    with serving(data), database_file.beside(database) as new:
        new.write_bytes(content[DATABASE])
        counts = database_file.counted(new, _TABLES)
        if counts is None:
            raise _KIND.refused(file)
        database_file.put_in_place(new, database)
    if _SETTINGS in content and not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_bytes(content[_SETTINGS])
    return counts
