"""Whom AdminSDHolder protects, and whether SDProp is there to see to it.

SDProp gives members of the protected groups the permissions of AdminSDHolder, every 60
minutes (MS-ADTS 3.1.1.6.1): until then an entry on their container reaches them. Samba
has none, so that there it reaches them for good.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.acl.sid import Sid
from agent.active_directory.protected_groups import ProtectedGroups, protected_groups
from agent.ldap.connection import Connection, read_entry
from agent.ldap.errors import DirectoryError
from agent.ldap.filters import escape, people_filter

# Administrator and krbtgt are protected themselves (MS-ADTS 3.1.1.6.1)
_ACCOUNTS = (500, 502)
_AT_ONCE = 100  # groups in one filter


@dataclass(frozen=True)
class ProtectedPeople:
    """Members of the protected groups, by folded DN.

    None: the groups can't be seen, or not all of them, as in a forest of several
    domains; then who is marked (adminCount is 1) is taken for one. `stamped`: SDProp
    runs in this domain.
    """

    names: frozenset[str] | None
    stamped: bool

    def holds(self, dn: str, *, marked: bool) -> bool:
        """Say whether somebody is protected."""
        if self.names is None:
            return marked
        return dn.casefold() in self.names


def protected_people(directory: Connection, base_dn: str) -> ProtectedPeople:
    """Find who is protected. DirectoryError where the directory does not answer."""
    stamped = _has_sdprop(directory)
    try:
        groups = protected_groups(directory, base_dn)
    except DirectoryError:  # some of them are hidden; else what follows fails too
        return ProtectedPeople(None, stamped)
    if groups.others:
        return ProtectedPeople(None, stamped)
    return ProtectedPeople(frozenset(_people(directory, base_dn, groups)), stamped)


def _has_sdprop(directory: Connection) -> bool:
    """Say whether the domain is Active Directory's own: Samba names itself."""
    root = read_entry(directory, "", ("vendorName",))
    return root is None or "samba" not in (root.text("vendorName") or "").casefold()


def _people(
    directory: Connection, base_dn: str, groups: ProtectedGroups
) -> Iterator[str]:
    queries = [f"(memberOf={escape(name)})" for name in groups.names.values()]
    queries += [f"(primaryGroupID={rid})" for rid in sorted(groups.primary)]
    head = read_entry(directory, base_dn, ("objectSid",))
    if head and head.sid:
        sids = (Sid.of(f"{head.sid}-{rid}") for rid in _ACCOUNTS)
        queries += [f"(objectSid={escape(sid.raw)})" for sid in sids]
    for at in range(0, len(queries), _AT_ONCE):
        some = queries[at : at + _AT_ONCE]
        for entry in directory.search(
            base_dn, people_filter(f"(|{''.join(some)})"), ()
        ):
            yield entry.dn.casefold()
