"""Whether an account still is the one that this machine made.

Another server may have taken it over since: it writes a mark of its own.
"""

from agent.config.settings import DirectorySettings
from agent.ldap.connection import Connection
from agent.ldap.entry import Entry
from wizard.directory.accounts import MARK, find
from wizard.plan.change import Context
from wizard.plan.history import account_key, made_accounts


def is_ours(entry: Entry, directory: DirectorySettings, context: Context) -> bool:
    """Say whether the account still has the mark of this machine.

    Where no journal tells, that of any earlier setup counts.
    """
    info, key = entry.text("info") or "", account_key(directory)
    made = made_accounts(context)
    marks = (each.mark for each in made if account_key(each.directory) == key)
    mark = next(marks, "")
    return info == mark if mark else info.startswith(MARK)


def is_anothers(
    opened: Connection, directory: DirectorySettings, context: Context
) -> bool:
    """Say whether another server took over an account that was this machine's."""
    if directory.account.kind == "existing":
        return False
    entry = find(opened, directory)
    return entry is not None and not is_ours(entry, directory, context)
