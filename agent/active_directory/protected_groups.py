"""Who is protected by AdminSDHolder: the groups, those inside them, their members.

SDProp marks members only once an hour (MS-ADTS 3.1.1.6.1), so the groups themselves
are asked. What memberOf shows is all there is where a forest has one domain. Where it
has several, a user may be in groups of the others, such as the Enterprise Admins of the
forest's root, and only a controller with a global catalog shows some of these: there
the user's whole token is read.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass

from agent.acl.sid import Sid
from agent.acl.well_known_sids import (
    PROTECTED,
    PROTECTED_BUILTIN,
    domain_rid,
    is_protected,
    well_known,
)
from agent.active_directory.users import User, needed_entry, sids_of
from agent.ldap.connection import Connection
from agent.ldap.dn import BadName, same
from agent.ldap.entry import Entry
from agent.ldap.errors import DirectoryError
from agent.ldap.filters import escape, member_filter
from agent.ldap.whole_list import whole_list
from wire.text import EMPTY, Text, verbatim

_DOMAIN_ADMINS, _ADMINISTRATORS = 512, "S-1-5-32-544"
_CONFIGURATION = "configurationNamingContext"
# FLAG_CR_NTDS_NC and FLAG_CR_NTDS_DOMAIN: what is a domain of the forest
# (MS-ADTS 2.2.10; the bits by 3.1.1.3.4.4.1)
_DOMAINS = "(&(objectClass=crossRef)(systemFlags:1.2.840.113556.1.4.803:=3))"
_LET_READ = Text("let the service account read the groups of the domain")


@dataclass(frozen=True)
class ProtectedGroups:
    """The groups that AdminSDHolder protects, with the groups inside them.

    `names` has them by folded DN; `primary` are the RIDs that protect as a primary
    group. With `others` the forest has other domains, or may have: a user's token
    counts too.
    """

    names: dict[str, str]
    primary: frozenset[int] = PROTECTED
    others: bool = False

    def of(self, user: User) -> Text:
        """Name the protected group that a user is seen to be in; or nothing."""
        primary = user.entry.number("primaryGroupID")
        if primary is not None and primary in self.primary:
            return Text("the primary group {rid}", rid=primary)
        for dn in user.entry.texts("memberOf"):
            if dn.casefold() in self.names:
                return verbatim(self.names[dn.casefold()])
        return EMPTY


def protected_groups(directory: Connection, base_dn: str) -> ProtectedGroups:
    """Find the protected groups; DirectoryError also where some are hidden."""
    domain = _sid(directory, needed_entry(directory, base_dn, ("objectSid",)))
    sids = [f"{domain}-{rid}" for rid in PROTECTED]
    sids += [f"S-1-5-32-{rid}" for rid in PROTECTED_BUILTIN]
    filters = (f"(objectSid={escape(Sid.of(each).raw)})" for each in sids)
    outer = _groups(directory, base_dn, filters)
    _check_shown(directory, outer, f"{domain}-{_DOMAIN_ADMINS}", _ADMINISTRATORS)
    inner = _groups(directory, base_dn, (member_filter(top.dn) for top in outer))
    groups = (*outer, *inner)
    rids = {domain_rid(_sid(directory, group)) for group in groups} - {None}
    return ProtectedGroups(
        {group.dn.casefold(): group.dn for group in groups},
        PROTECTED | {rid for rid in rids if rid is not None},
        _others(directory, base_dn),
    )


def token_of(directory: Connection, dn: str) -> frozenset[Sid]:
    """Read all groups a user is in, through any number of groups of any domain.

    The controller asks a global catalog for them, and gives them in a search of the
    one object only (MS-ADTS 3.1.1.4.5.19). Empty: they are hidden, as everybody is in
    their primary group.
    """
    entry = needed_entry(directory, dn, ("tokenGroups",))
    return sids_of(directory, entry.values("tokenGroups"))


def of_token(token: frozenset[Sid]) -> Text:
    """Name the protected group that is in a token; or nothing.

    That of a domain which is not of the forest, as by a SID history, counts too.
    """
    held = sorted((sid for sid in token if is_protected(sid)), key=str)
    return verbatim(f"{well_known(held[0])} ({held[0]})") if held else EMPTY


def _others(directory: Connection, base_dn: str) -> bool:
    """Say whether the forest has other domains; also where that can't be seen."""
    head = needed_entry(directory, "", (_CONFIGURATION,))
    partitions = f"CN=Partitions,{head.text(_CONFIGURATION)}"
    try:
        domains = directory.search(partitions, _DOMAINS, ("nCName",), scope="one")
        found = whole_list(directory.host, domains)
        names = [domain.text("nCName") or "" for domain in found]
    except DirectoryError as error:
        if error.result is None:
            raise
        return True
    with contextlib.suppress(BadName):
        return len(names) != 1 or not same(names[0], base_dn)
    return True


def _check_shown(directory: Connection, groups: list[Entry], *needed: str) -> None:
    """See to it that groups which every domain has are among those that are shown."""
    shown = {str(_sid(directory, group)) for group in groups}
    if hidden := [sid for sid in needed if sid not in shown]:
        names = " and ".join(hidden)
        what = Text("the protected groups {names} are hidden", names=names)
        raise DirectoryError(directory.host, what, _LET_READ)


def _groups(directory: Connection, base_dn: str, either: Iterable[str]) -> list[Entry]:
    query = f"(&(objectClass=group)(|{''.join(either)}))"
    found = directory.search(base_dn, query, ("objectSid",))
    return whole_list(directory.host, found)


def _sid(directory: Connection, entry: Entry) -> Sid:
    """Read an objectSid; without it nobody knows whose primary group it is."""
    if entry.sid is None:
        what = Text("the objectSid of {dn} is hidden", dn=entry.dn)
        raise DirectoryError(directory.host, what, _LET_READ)
    return entry.sid
