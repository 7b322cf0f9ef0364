"""What this machine granted, to whom and on what: from its journals, as it is today.

A container is records by its objectGUID: it may have been renamed or moved since, and
another one may have its name by now. The controllers may be others, too.
"""

from collections.abc import Sequence
from dataclasses import replace

from agent.config.settings import DirectorySettings
from agent.ldap.connection import Connection, read_entry
from agent.ldap.dn import parse as parse_dn
from agent.ldap.errors import DirectoryError, NoSuchObject
from wizard.directory.accounts import is_anothers
from wizard.directory.sign_in import as_either, reached_now
from wizard.plan.change import Context, StepFailed
from wizard.plan.history import GrantRecord, granted


def granted_now(context: Context, directory: DirectorySettings) -> list[GrantRecord]:
    """Give what was granted with the containers' names of today.

    What an account has that another server took over is that server's by now. Raises
    `StepFailed` or `DirectoryError`, with the remedy, where the directory can't be
    asked.
    """
    records = granted(context)
    here = [record for record in records if _is_in(directory, record)]
    others = [record for record in records if not _is_in(directory, record)]
    if not here:
        return others
    with as_either(directory, context) as opened:
        return others + [
            located(opened, with_current_base(record, directory))
            for record in here
            if not is_anothers(opened, record.directory, context)
        ]


def granted_or_recorded(
    context: Context, directory: DirectorySettings | None
) -> list[GrantRecord]:
    """Give the same, with the names of then where nobody can be asked."""
    if directory is None:
        return granted(context)
    try:
        return granted_now(context, directory)
    except (StepFailed, DirectoryError):
        return [with_current_base(record, directory) for record in granted(context)]


def with_current_base(record: GrantRecord, directory: DirectorySettings) -> GrantRecord:
    """Reach what an earlier plan tells of by the controllers of today."""
    now = reached_now(record.directory, directory)
    return replace(record, directory=now)


def located(opened: Connection, record: GrantRecord) -> GrantRecord:
    """Name a container as it is named now; as before where it is not to be found."""
    return replace(record, container=container_of(opened, record) or record.container)


def container_of(opened: Connection, record: GrantRecord) -> str | None:
    """Give a container's name; None where there is none (any more).

    Found by its GUID where it is known (MS-ADTS 3.1.1.3.1.2.4).
    """
    base = f"<GUID={record.guid}>" if record.guid else record.container
    try:
        entry = read_entry(opened, base, ())
    except NoSuchObject:
        return None
    return entry.dn if entry else None


def guid_of(opened: Connection, container: str) -> str | None:
    """Give a container's objectGUID, which no renaming changes."""
    entry = read_entry(opened, container, ("objectGUID",))
    guid = entry.guid("objectGUID") if entry else None
    return str(guid) if guid else None


def rights_held(
    records: Sequence[GrantRecord], container: str, sid: str
) -> frozenset[str]:
    """Name the rights that are known to be granted on a container."""
    at = parse_dn(container)
    return frozenset(
        name
        for record in records
        if record.sid == sid and parse_dn(record.container) == at
        for name in record.rights
    )


def _is_in(directory: DirectorySettings, record: GrantRecord) -> bool:
    return record.directory.domain.casefold() == directory.domain.casefold()
