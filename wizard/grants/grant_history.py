"""What this machine granted, to whom and on what: from its journals, as it is today.

A container is known by its objectGUID: it may have been renamed or moved since, and
another one may have its name by now. The controllers may be others, too.
"""

from collections.abc import Hashable, Sequence

from agent.config.settings import DirectorySettings
from agent.ldap.connection import Connection
from agent.ldap.dn import parse as parse_dn
from agent.ldap.errors import DirectoryError, NoSuchObject
from wizard.directory.account_history import is_anothers
from wizard.directory.sign_in import as_either, named, reached_now
from wizard.enrolment.clone import is_the_originals
from wizard.plan import journal
from wizard.plan.change import Context, Facts, StepFailed


def granted_before(context: Context) -> list[Facts]:
    """Read from the sealed journals what is granted, to whom and where.

    Each with the rights by the names of `Grant`, the container as it was named when
    something was last done there, its `guid`, and the account's `sid`.
    """
    if is_the_originals(context):
        return []  # the journals are the original's too, and so is what they tell of
    found: dict[Hashable, Facts] = {}
    for entry in journal.sealed(context.host.places.journal):
        facts = entry.change.after or entry.change.before
        if entry.change.step != "grants" or facts is None or entry.made is None:
            continue
        facts = {**facts, "sid": str(entry.made["sid"])}
        facts["guid"] = entry.made.get("guid") or facts.get("guid")
        facts.pop("stood", None)
        key = _key(facts)
        earlier = found.pop(key, {"rights": []})["rights"]
        gone = entry.change.after is None
        # what stood there already is not ours; journals of old do not tell
        added = [] if gone else entry.made.get("rights", facts["rights"])
        over = facts["rights"] if gone else added  # somebody else had removed those
        rights = [*(name for name in earlier if name not in over), *added]
        if rights:
            found[key] = {**facts, "rights": rights}
    return list(found.values())


def _key(facts: Facts) -> Hashable:
    return facts.get("guid") or parse_dn(facts["container"]), facts["sid"]


def granted_now(context: Context, directory: DirectorySettings) -> list[Facts]:
    """Give what was granted with the containers' names of today.

    What an account has that another server took over is that server's by now.

    Args:
        context: this machine.
        directory: how the domain is reached today, and as whom.

    Raises:
        StepFailed, DirectoryError: it can't be asked; with the remedy.

    """
    known = granted_before(context)
    here = [facts for facts in known if _is_in(directory, facts)]
    others = [facts for facts in known if not _is_in(directory, facts)]
    if not here:
        return others
    with as_either(directory, context) as opened:
        return others + [
            located(opened, with_current_base(facts, directory))
            for facts in here
            if not is_anothers(opened, named(facts), context)
        ]


def granted_or_recorded(
    context: Context, directory: DirectorySettings | None
) -> list[Facts]:
    """Give the same, with the names of then where nobody can be asked."""
    if directory is None:
        return granted_before(context)
    try:
        return granted_now(context, directory)
    except (StepFailed, DirectoryError):
        return [
            with_current_base(facts, directory) for facts in granted_before(context)
        ]


def with_current_base(facts: Facts, directory: DirectorySettings) -> Facts:
    """Reach what an earlier plan tells of by the controllers of today."""
    now = reached_now(named(facts), directory)
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
        found = next(opened.search(base, "", (), scope="base", paged=False), None)
    except NoSuchObject:
        return None
    return found.dn if found else None


def guid_of(opened: Connection, container: str) -> str | None:
    """Give a container's objectGUID, which no renaming changes."""
    wanted = ("objectGUID",)
    found = opened.search(container, "", wanted, scope="base", paged=False)
    guid = next((entry.guid("objectGUID") for entry in found), None)
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
    return named(facts).domain.casefold() == directory.domain.casefold()
