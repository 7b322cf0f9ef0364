"""Which accounts this machine made, and by which mark each is still the one it made.

Another server may have taken one over since: it writes a mark of its own.
"""

from collections.abc import Sequence

from agent.config.settings import DirectorySettings
from agent.ldap.connection import Connection
from agent.ldap.entry import Entry
from wizard.directory.accounts import MARK, find
from wizard.directory.sign_in import named
from wizard.enrolment.clone import is_the_originals
from wizard.plan import journal
from wizard.plan.change import Context


def made_before(context: Context) -> Sequence[tuple[DirectorySettings, str]]:
    """Read from the sealed journals which accounts were made, and not deleted since.

    Each with its mark, by which it is still the one that this machine made.
    """
    if is_the_originals(context):
        return ()  # the journals are the original's too, and so is what they tell of
    found: dict[str, tuple[DirectorySettings, str]] = {}
    for entry in journal.sealed(context.host.places.journal):
        change = entry.change
        if change.step not in ("account", "former"):
            continue
        if change.after is None:
            found.pop(name_of(named(change.before)), None)
        elif change.after["kind"] == "new":
            directory = named(change.after)
            mark = str((entry.made or {}).get("info") or "")
            found[name_of(directory)] = directory, mark
    return tuple(found.values())


def name_of(directory: DirectorySettings) -> str:
    """Give the name by which accounts are told apart; Active Directory folds case."""
    return directory.sign_in_name.casefold()


def is_ours(found: Entry, directory: DirectorySettings, context: Context) -> bool:
    """Say whether the account still has the mark of this machine.

    Where no journal tells, that of any earlier setup counts.
    """
    info, own = found.text("info") or "", name_of(directory)
    marks = [mark for each, mark in made_before(context) if name_of(each) == own]
    known = next(iter(marks), "")
    return info == known if known else info.startswith(MARK)


def is_anothers(
    opened: Connection, directory: DirectorySettings, context: Context
) -> bool:
    """Say whether another server took over an account that was this machine's."""
    if directory.account.kind == "existing":
        return False
    found = find(opened, directory)
    return found is not None and not is_ours(found, directory, context)
