"""Who a person's manager is, by the directory, and where mail reaches them.

The address alone: nobody is let in by being somebody's manager.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from agent.active_directory.users import User
from agent.ldap import dn
from agent.ldap.connection import Connection, read_entry
from agent.ldap.entry import Entry
from agent.ldap.errors import DirectoryError
from agent.verdict.account import UserFlag
from agent.verdict.attributes import from_filetime

_ENDS = "accountExpires"
_WANTED = ("objectGUID", "mail", "displayName", "userAccountControl", _ENDS)


@dataclass(frozen=True)
class Manager:
    """One who can be written to; name and address are as the directory has them."""

    guid: UUID
    name: str
    mail: str


def read_manager(directory: Connection, user: User) -> Manager | None:
    """Read a person's manager (MS-ADA2 2.53); None where there is none to be told.

    One without an address, whose account can't sign in, who is hidden or in another
    domain, or is the person, is none.
    """
    try:
        entry = read_entry(directory, user.dn, ("manager",))
        named = None if entry is None else entry.text("manager")
        if not named or dn.same(named, user.dn):
            return None
        found = read_entry(directory, named, _WANTED)
    except DirectoryError:  # of a controller of another domain, or not to be read
        return None
    return None if found is None else _reachable(found)


def _reachable(found: Entry) -> Manager | None:
    guid, mail = found.guid("objectGUID"), found.text("mail")
    if guid is None or not mail or not _signs_in(found):
        return None
    return Manager(guid, found.text("displayName") or "", mail)


def _signs_in(found: Entry) -> bool:
    """Whether the account is on, and its time not over; what is hidden says no."""
    flags, ends = found.number("userAccountControl"), found.number(_ENDS)
    if flags is None or flags & UserFlag.DISABLED or ends is None or ends < 0:
        return False
    until = from_filetime(ends)
    return until is None or until > datetime.now(UTC)
