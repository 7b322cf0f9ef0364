"""Who is protected by AdminSDHolder: the groups, those inside them, their members.

SDProp marks members only once an hour (MS-ADTS 3.1.1.6.1), so the groups themselves
are asked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agent.accounts import IN_CHAIN, User, only
from agent.ace import DescriptorError, Sid
from agent.directory import Directory, DirectoryError, Entry, escape
from agent.trustees import domain_rid

# groups that AdminSDHolder protects (MS-ADTS 3.1.1.6.1): RIDs of the domain ...
_PROTECTED = (512, 516, 518, 519, 521, 526, 527)
# ... and of Builtin: administrators, operators, replicator
_PROTECTED_BUILTIN = (544, 548, 549, 550, 551, 552)
_DOMAIN_ADMINS, _ADMINISTRATORS = 512, "S-1-5-32-544"
_LET_READ = "let the agent's account read the groups of the domain"


@dataclass(frozen=True)
class ProtectedGroups:
    """The groups that AdminSDHolder protects, with the groups inside them.

    Attributes:
        names: their DNs, folded, with the name of each.
        primary: the RIDs that protect as a primary group.

    """

    names: dict[str, str]
    primary: frozenset[int] = frozenset(_PROTECTED)

    def of(self, user: User) -> str:
        """Name the protected group that a user is seen to be in; or nothing."""
        if user.entry.number("primaryGroupID") in self.primary:
            return f"the primary group {user.entry.number('primaryGroupID')}"
        for dn in user.entry.texts("memberOf"):
            if dn.casefold() in self.names:
                return self.names[dn.casefold()]
        return ""


def protected_groups(directory: Directory, base_dn: str) -> ProtectedGroups:
    """Find the protected groups.

    Raises:
        DirectoryError: the directory did not answer, or groups are hidden.

    """
    head = directory.search(base_dn, "", ("objectSid",), scope="base", paged=False)
    domain = _sid(directory, only(directory, head))
    sids = [f"{domain}-{rid}" for rid in _PROTECTED]
    sids += [f"S-1-5-32-{rid}" for rid in _PROTECTED_BUILTIN]
    tops = _groups(directory, base_dn, _any("objectSid", sids, _sid_bytes))
    _see(directory, tops, f"{domain}-{_DOMAIN_ADMINS}", _ADMINISTRATORS)
    above = [top.dn for top in tops]
    inner = _groups(directory, base_dn, _any(f"memberOf:{IN_CHAIN}:", above))
    found = (*tops, *inner)
    rids = {domain_rid(_sid(directory, group)) for group in found} - {None}
    return ProtectedGroups(
        {group.dn.casefold(): group.dn for group in found},
        frozenset(_PROTECTED) | {rid for rid in rids if rid is not None},
    )


def _see(directory: Directory, groups: list[Entry], *needed: str) -> None:
    """See to it that groups which every domain has are among those that are shown."""
    shown = {str(_sid(directory, group)) for group in groups}
    if hidden := [sid for sid in needed if sid not in shown]:
        what = f"the protected groups {' and '.join(hidden)} are hidden"
        raise DirectoryError(directory.host, what, _LET_READ)


def _groups(directory: Directory, base_dn: str, which: str) -> list[Entry]:
    query = f"(&(objectClass=group){which})"
    return list(directory.search(base_dn, query, ("objectSid",)))


def _sid(directory: Directory, entry: Entry) -> Sid:
    """Read an objectSid; without it nobody knows whose primary group it is."""
    try:
        return Sid.parse(entry.raw("objectSid") or b"")
    except DescriptorError:
        what = f"the objectSid of {entry.dn} is hidden"
        raise DirectoryError(directory.host, what, _LET_READ) from None


def _sid_bytes(text: str) -> str:
    return escape(Sid.of(text).raw)


def _any(
    attribute: str, values: Iterable[str], spell: Callable[[str], str] = escape
) -> str:
    parts = "".join(f"({attribute}={spell(value)})" for value in values)
    return f"(|{parts})" if parts else "(!(objectClass=*))"
