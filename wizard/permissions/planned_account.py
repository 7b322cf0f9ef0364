"""What an account will be able to do once it has its grants; it may be made only then.

Pure. The grants are put into each descriptor in memory, as the directory would hand
them down: at the end, where every other entry comes first, and not where inheritance
is off. What the account will be able to read can't be told before it is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from agent.acl.ace import Ace
from agent.acl.descriptor import add_ace
from agent.acl.descriptor_reader import Unreadable, read
from agent.acl.errors import DescriptorError
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.acl.well_known_sids import EVERYONE
from agent.ldap.dn import is_below
from wizard.permissions.grant import KINDS, Grant

# what every account of a domain is in, beside Domain Users (MS-DTYP 2.4.2.4):
# Authenticated Users, NETWORK, This Organization, Users
_EVERY = frozenset(map(Sid.of, ("S-1-5-11", "S-1-5-2", "S-1-5-15", "S-1-5-32-545")))
ANYBODY = _EVERY | {EVERYONE}
_DOMAIN_USERS = 513
# no account ever gets this RID: a domain hands them out from 1000 up to 2^30
_NOBODY = 0xFFFFFFFE


@dataclass(frozen=True, slots=True)
class PlannedAccount:
    """An account to be: its SIDs, and the ACEs people will inherit below containers."""

    token: frozenset[Sid]
    aces: tuple[Ace, ...]
    containers: tuple[str, ...]

    def with_grants(self, raw: bytes, dn: str, classes: frozenset[UUID]) -> bytes:
        """Give a person's descriptor as it will be once the grants are made."""
        if not any(is_below(dn, container) for container in self.containers):
            return raw
        # each class has its own entry, planned where somebody of it is there
        meant = (a for a in self.aces if a.inherited_object_type in classes)
        return _handed_down(raw, tuple(meant))


def planned_account(
    domain: Sid, rights: Sequence[Right], containers: Sequence[str]
) -> PlannedAccount:
    """Foresee a new account in a domain (by its SID), granted rights on containers."""
    own = Sid.of(f"{domain}-{_NOBODY}")
    users = Sid.of(f"{domain}-{_DOMAIN_USERS}")
    return granted_account(own, ANYBODY | {users}, rights, containers)


def granted_account(
    own: Sid, groups: frozenset[Sid], rights: Sequence[Right], containers: Sequence[str]
) -> PlannedAccount:
    """Foresee an account in its groups, once it is granted rights on containers."""
    grants = (Grant(right, kind) for kind in KINDS for right in rights)
    aces = tuple(grant.inherited_ace(own) for grant in grants)
    return PlannedAccount(groups | {own}, aces, tuple(containers))


# most people of a container share one descriptor
@lru_cache(maxsize=256)
def _handed_down(raw: bytes, aces: tuple[Ace, ...]) -> bytes:
    descriptor = read(raw)
    if isinstance(descriptor, Unreadable) or descriptor.protected:
        return raw  # the verdict says what is wrong with it
    try:
        for ace in aces:
            descriptor = add_ace(descriptor, ace)
        return descriptor.to_bytes()
    except DescriptorError:
        return raw  # it takes no more entries, or has no list: everybody may
