"""Facts about the domain that are read once a minute: token, groups, policies.

The agent's own token, the protected groups, who is in the pilot group, the policies.
Each is read again after a minute at most; a policy also after a refusal. What decides
over one password write is never cached: the user's own state.
"""

import threading
import time
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from agent.acl.sid import Sid
from agent.active_directory import users
from agent.active_directory.named_principals import (
    NamedPrincipals,
    read_named_principals,
)
from agent.active_directory.protected_groups import ProtectedGroups, protected_groups
from agent.active_directory.self_service_groups import (
    SelfServiceGroups,
    read_self_service_groups,
)
from agent.active_directory.users import User
from agent.config.scope_containers import ScopeContainers
from agent.config.settings import Settings
from agent.ldap.connection import Connection, read_entry
from agent.ldap.errors import NoSuchObject
from agent.verdict.attributes import AttributeUnreadable
from agent.verdict.password_policy import PasswordPolicy
from wire.text import EMPTY, Text

T = TypeVar("T")

KEPT_S = 60.0
_PILOT_KEPT_S = 30.0
_MOST_KEPT = 10_000


class DomainCache:
    """Facts about the domain of the settings, kept; safe for many threads."""

    def __init__(
        self, settings: Settings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.settings = settings
        self.base_dn = settings.directory.base_dn
        self.containers = ScopeContainers.of(settings.scope)
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, object]] = {}

    def token(self, directory: Connection) -> frozenset[Sid]:
        """Give the SIDs of the agent's own account."""
        return self._keep("token", KEPT_S, lambda: users.own_sids(directory))

    def protected(self, directory: Connection) -> ProtectedGroups:
        """Give the groups whose members are never written to."""
        return self._keep(
            "protected", KEPT_S, lambda: protected_groups(directory, self.base_dn)
        )

    def pdc_emulator(self, directory: Connection) -> str:
        """Give the host name of the PDC emulator; empty where it is hidden."""
        return self._keep(
            "pdc_emulator",
            KEPT_S,
            lambda: users.read_pdc_emulator(directory, self.base_dn),
        )

    def deny_list(self, directory: Connection) -> NamedPrincipals:
        """Give whom the settings deny."""
        entries = self.settings.scope.deny_list
        return self._keep(
            "deny_list",
            KEPT_S,
            lambda: read_named_principals(directory, self.base_dn, entries),
        )

    def self_service(self, directory: Connection) -> SelfServiceGroups:
        """Give the groups that self-service is for, and its roles."""
        return self._keep(
            "self_service",
            KEPT_S,
            lambda: read_self_service_groups(
                directory, self.base_dn, self.settings.self_service
            ),
        )

    def policy(self, directory: Connection, pso: str | None) -> PasswordPolicy:
        """Give the policy of a PSO, or the domain's; or AttributeUnreadable."""
        policy = self._keep(
            ("policy", pso),
            KEPT_S,
            lambda: _policy_or_why(directory, self.base_dn, pso),
        )
        if isinstance(policy, AttributeUnreadable):
            raise AttributeUnreadable(policy.source, policy.attribute, policy.rule)
        return policy

    def forget_policies(self) -> None:
        """Read policies again: a refusal may come from a new one."""
        with self._lock:
            for key in [key for key in self._kept if isinstance(key, tuple)]:
                if key[0] == "policy":
                    del self._kept[key]

    def warm_up(self, directory: Connection) -> None:
        """Read again what every request needs; called in the background."""
        with self._lock:
            for key in (
                *("protected", "deny_list", "self_service", "exclusions", "token"),
            ):
                self._kept.pop(key, None)
        self.protected(directory)
        self.deny_list(directory)
        self.self_service(directory)
        self.why_nobody(directory)
        self.token(directory)

    def why_not_in_scope(self, directory: Connection, user: User) -> Text:
        """Say why a user is out of scope; empty when in it."""
        if why := self.why_nobody(directory):
            return why
        deciding = self.containers.deciding(user.dn)
        if deciding is None:
            return Text("in none of the containers of the scope")
        if not deciding.included:
            name = deciding.container
            return Text("in {container}, which the scope excludes", container=name)
        group = self.settings.scope.pilot_group
        if group is None:
            return EMPTY
        inside = self._keep(
            ("pilot", user.guid),
            _PILOT_KEPT_S,
            lambda: users.in_group(directory, group, user.dn),
        )
        return EMPTY if inside else Text("no member of the pilot group")

    def why_nobody(self, directory: Connection) -> Text:
        """Say why nobody at all is in scope: an excluded container is not found.

        It may be under another name by now, or hidden, and whom it meant with it.
        """
        excluded = self.settings.scope.exclude_containers
        gone = self._keep(
            "exclusions",
            KEPT_S,
            lambda: tuple(each for each in excluded if not _is_there(directory, each)),
        )
        if not gone:
            return EMPTY
        return Text(
            "the excluded container {container} is not found, so it is not known "
            "who is in it",
            container=gone[0],
        )

    def _keep(self, key: Hashable, seconds: float, read: Callable[[], T]) -> T:
        now = self._clock()
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and now < kept[0]:
            return cast("T", kept[1])
        value = read()
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (now + seconds, value)
        return value


def _is_there(directory: Connection, name: str) -> bool:
    try:
        return read_entry(directory, name, ()) is not None
    except NoSuchObject:
        return False


def _policy_or_why(
    directory: Connection, base_dn: str, pso: str | None
) -> PasswordPolicy | AttributeUnreadable:
    """Read a policy; that it is hidden is kept as well, else each person asks anew."""
    try:
        return users.read_policy(directory, base_dn, pso)
    except AttributeUnreadable as error:
        return error
