"""What this machine granted, to whom and on what: from its journals, as it is today.

A container is known by its objectGUID: it may have been renamed or moved since, and
another one may have its name by now. The controllers may be others, too.
"""

from collections.abc import Sequence

from agent.config.settings import DirectorySettings
from agent.ldap.connection import Connection, read_entry
from agent.ldap.dn import parse as parse_dn
from agent.ldap.errors import DirectoryError, NoSuchObject
from wizard.directory.account_history import is_anothers
from wizard.directory.sign_in import as_either, reached_now
from wizard.plan.change import Context, Facts, StepFailed, directory_of
from wizard.plan.history import granted


def granted_now(context: Context, directory: DirectorySettings) -> list[Facts]:
    """Give what was granted with the containers' names of today.

    What an account has that another server took over is that server's by now.

    Args:
        context: this machine.
        directory: how the domain is reached today, and as whom.

    Raises:
        StepFailed, DirectoryError: it can't be asked; with the remedy.

    """
    known = granted(context)
    here = [facts for facts in known if _is_in(directory, facts)]
    others = [facts for facts in known if not _is_in(directory, facts)]
    if not here:
        return others
    with as_either(directory, context) as opened:
        return others + [
            located(opened, with_current_base(facts, directory))
            for facts in here
            if not is_anothers(opened, directory_of(facts), context)
        ]


def granted_or_recorded(
    context: Context, directory: DirectorySettings | None
) -> list[Facts]:
    """Give the same, with the names of then where nobody can be asked."""
    if directory is None:
        return granted(context)
    try:
        return granted_now(context, directory)
    except (StepFailed, DirectoryError):
        return [with_current_base(facts, directory) for facts in granted(context)]


def with_current_base(facts: Facts, directory: DirectorySettings) -> Facts:
    """Reach what an earlier plan tells of by the controllers of today."""
    now = reached_now(directory_of(facts), directory)
    return {**facts, "directory": now.model_dump(mode="json")}


def located(opened: Connection, facts: Facts) -> Facts:
    """Name a container as it is named now; as before where it is not to be found."""
    return {**facts, "container": container_of(opened, facts) or facts["container"]}


def container_of(opened: Connection, facts: Facts) -> str | None:
    """Give a container's name; None where there is none (any more).

    Found by its GUID where it is known (MS-ADTS 3.1.1.3.1.2.4).
    """
    guid = facts.get("guid")
    base = f"<GUID={guid}>" if guid else facts["container"]
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


def rights_held(known: Sequence[Facts], container: str, sid: str) -> frozenset[str]:
    """Name the rights that are known to be granted on a container."""
    at = parse_dn(container)
    return frozenset(
        name
        for facts in known
        if facts["sid"] == sid and parse_dn(facts["container"]) == at
        for name in facts["rights"]
    )


def _is_in(directory: DirectorySettings, facts: Facts) -> bool:
    return directory_of(facts).domain.casefold() == directory.domain.casefold()
