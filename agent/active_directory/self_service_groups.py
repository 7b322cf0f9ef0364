"""The groups of self-service as the directory has them: who belongs to which."""

from dataclasses import dataclass

from agent.acl.sid import Sid
from agent.active_directory.named_principals import (
    NamedPrincipals,
    read_named_principals,
)
from agent.active_directory.users import User
from agent.config.self_service import SelfService
from agent.ldap.connection import Connection
from agent.verdict.membership import Membership

_NOBODY = NamedPrincipals()


@dataclass(frozen=True)
class SelfServiceGroups:
    """The lists of the settings' self_service, each with whom it means."""

    groups: NamedPrincipals = _NOBODY
    exceptions: NamedPrincipals = _NOBODY
    two_proof: NamedPrincipals = _NOBODY
    help_desk: NamedPrincipals = _NOBODY
    auditors: NamedPrincipals = _NOBODY
    administrators: NamedPrincipals = _NOBODY

    def of(self, user: User, token: frozenset[Sid]) -> Membership:
        """Say what a person is; `token` are the groups of the forest's other domains.

        An entry that is not found lets nobody in by it. Where it could have kept people
        out, or asked more of them, it is `unknown`.
        """
        limiting = (*self.exceptions.missing, *self.two_proof.missing)
        roles = (self.help_desk, self.auditors, self.administrators)
        return Membership(
            group=self.groups.entry_for(user, token),
            exception=self.exceptions.entry_for(user, token),
            two_proof=self.two_proof.entry_for(user, token),
            help_desk=self.help_desk.entry_for(user, token),
            auditor=self.auditors.entry_for(user, token),
            administrator=self.administrators.entry_for(user, token),
            unknown=next(iter(limiting), ""),
            unknown_role=next((gone for role in roles for gone in role.missing), ""),
        )


def read_self_service_groups(
    directory: Connection, base_dn: str, settings: SelfService
) -> SelfServiceGroups:
    """Find what the lists of the settings mean; nothing where nobody may anyhow."""
    if not settings.on:
        return SelfServiceGroups()
    roles = settings.roles
    lists = (
        *(settings.groups, settings.exceptions, settings.two_proof_groups),
        *(roles.help_desk, roles.auditors, roles.administrators),
    )
    return SelfServiceGroups(
        *(read_named_principals(directory, base_dn, entries) for entries in lists)
    )
