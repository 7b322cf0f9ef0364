"""The people and groups that a list of the settings names, and whom they mean.

Groups are followed through any number of groups, as those of AdminSDHolder are. An
entry that is not found, or is hidden, is kept apart: nobody can be told from whom it
meant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.acl.sid import Sid
from agent.acl.well_known_sids import domain_rid
from agent.active_directory.users import User
from agent.ldap.connection import Connection, read_entry
from agent.ldap.dn import is_below
from agent.ldap.entry import Entry
from agent.ldap.errors import NoSuchObject
from agent.ldap.filters import escape, member_filter
from agent.ldap.whole_list import whole_list
from wire.text import EMPTY, Text

_READ = ("objectSid", "objectClass")


@dataclass(frozen=True)
class NamedPrincipals:
    """Who is meant, each with the entry of the settings that means them.

    `names` are of people, and of what people lie below; `groups` has the folded DNs of
    groups, those inside them too, and `primary` their RIDs as a primary group. `sids`
    are of all; `missing` is what was not found.
    """

    names: tuple[str, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    primary: Mapping[int | None, str] = field(default_factory=dict)
    sids: Mapping[Sid, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def entry_for(self, user: User, token: frozenset[Sid]) -> str:
        """Name the entry that means a user, by what is seen of them; or nothing.

        `token` are the groups of other domains too, where they were read.
        """
        return self._by_name(user) or self._by_group(user) or self._by_sid(user, token)

    def why_denied(self, user: User, token: frozenset[Sid]) -> Text:
        """Say why a user is denied where this is the deny list; or nothing.

        Where an entry is not found everybody is.
        """
        if self.missing:
            return Text(
                "{entry} is not found, so it is not known whom it means",
                entry=self.missing[0],
            )
        means = self.entry_for(user, token)
        return Text("{entry} is on it", entry=means) if means else EMPTY

    def _by_name(self, user: User) -> str:
        return next((name for name in self.names if is_below(user.dn, name)), "")

    def _by_group(self, user: User) -> str:
        primary = user.entry.number("primaryGroupID")
        if primary is not None and primary in self.primary:
            return self.primary[primary]
        folded = (dn.casefold() for dn in user.entry.texts("memberOf"))
        return next((self.groups[dn] for dn in folded if dn in self.groups), "")

    def _by_sid(self, user: User, token: frozenset[Sid]) -> str:
        held = token if user.sid is None else {*token, user.sid}
        return next((self.sids[sid] for sid in held if sid in self.sids), "")


def read_named_principals(
    directory: Connection, base_dn: str, entries: Sequence[str]
) -> NamedPrincipals:
    """Find what the entries of the settings mean, distinguished names and SIDs.

    A SID that nobody has here counts all the same: one of another domain is seen in
    tokens alone.
    """
    if not entries:
        return NamedPrincipals()
    known = {entry: _principal(directory, base_dn, entry) for entry in entries}
    tops = {entry: top for entry, top in known.items() if top is not None}
    groups = [
        (entry, group)
        for entry, top in tops.items()
        if "group" in top.texts("objectClass")
        for group in (top, *_inside(directory, base_dn, top))
    ]
    sids = {Sid.of(entry): entry for entry in entries if _is_sid(entry)}
    found = ((entry, object_.sid) for entry, object_ in (*tops.items(), *groups))
    sids |= {sid: entry for entry, sid in found if sid is not None}
    return NamedPrincipals(
        names=tuple(entry for entry in tops if not _is_sid(entry)),
        groups={group.dn.casefold(): entry for entry, group in groups},
        primary={_rid(group): entry for entry, group in groups},
        sids=sids,
        missing=tuple(e for e in entries if e not in tops and not _is_sid(e)),
    )


def _is_sid(entry: str) -> bool:
    return entry.startswith("S-1-")


def _rid(group: Entry) -> int | None:
    return None if group.sid is None else domain_rid(group.sid)


def _principal(directory: Connection, base_dn: str, entry: str) -> Entry | None:
    if _is_sid(entry):
        query = f"(objectSid={escape(Sid.of(entry).raw)})"
        return next(iter(directory.search(base_dn, query, _READ, paged=False)), None)
    try:
        return read_entry(directory, entry, _READ)
    except NoSuchObject:
        return None


def _inside(directory: Connection, base_dn: str, group: Entry) -> list[Entry]:
    query = f"(&(objectClass=group){member_filter(group.dn)})"
    return whole_list(directory.host, directory.search(base_dn, query, _READ))
