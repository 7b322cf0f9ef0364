"""What the agent knows of its domain for a short while, so that a reset is quick.

The agent's own token, the protected groups, who is in the pilot group, the policies.
Each is read again after a minute at most; a policy also after a refusal. What decides
over one password write is never cached: the user's own state.
"""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TypeVar, cast

from agent.acl.access_check import token_on
from agent.acl.sid import Sid
from agent.active_directory import users
from agent.active_directory.protected_groups import (
    ProtectedGroups,
    of_token,
    protected_groups,
    token_of,
)
from agent.active_directory.users import User
from agent.config.settings import Settings
from agent.ldap import dn
from agent.ldap.connection import Connection
from agent.ldap.errors import DirectoryError, NoSuchObject
from agent.ldap.pool import PooledConnection
from agent.verdict.attributes import AttributeUnreadable
from agent.verdict.effective_rights import READING, unreadable
from agent.verdict.password_policy import PasswordPolicy
from agent.verdict.subject import Subject

T = TypeVar("T")

KEPT_S = 60.0
_PILOT_KEPT_S = 30.0
_MOST_KEPT = 10_000
_PSO, _GROUP, _TOKEN = "msDS-ResultantPSO", "primaryGroupID", "tokenGroups"


class Domain:
    """Facts about the domain of the settings; safe for many threads."""

    def __init__(
        self, settings: Settings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self.base_dn = settings.directory.base_dn
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, object]] = {}

    def token(self, directory: Connection) -> frozenset[Sid]:
        """Give the SIDs of the agent's own account."""
        return self._keep("token", KEPT_S, lambda: users.own_sids(directory))

    def protected(self, directory: Connection) -> ProtectedGroups:
        """Give the groups whose members are never written to."""
        return self._keep(
            "protected",
            KEPT_S,
            lambda: protected_groups(directory, self.base_dn),
        )

    def policy(self, directory: Connection, pso: str | None) -> PasswordPolicy:
        """Give the policy of a PSO, or the domain's.

        Raises:
            PolicyUnreadable: it is hidden.

        """
        found = self._keep(
            ("policy", pso),
            KEPT_S,
            lambda: _policy_or_why(directory, self.base_dn, pso),
        )
        if isinstance(found, AttributeUnreadable):
            raise AttributeUnreadable(found.source, found.attribute, found.rule)
        return found

    def forget_policies(self) -> None:
        """Read policies again: a refusal may come from a new one."""
        with self._lock:
            for key in [key for key in self._kept if isinstance(key, tuple)]:
                if key[0] == "policy":
                    del self._kept[key]

    def warm_up(self, directory: Connection) -> None:
        """Read again what every request needs; called in the background."""
        with self._lock:
            for what in ("protected", "token"):
                self._kept.pop(what, None)
        self.protected(directory)
        self.token(directory)

    def why_not_in_scope(self, directory: Connection, user: User) -> str:
        """Say why a user is out of scope; empty when in it."""
        scope = self._settings.scope
        if not any(dn.is_below(user.dn, each) for each in scope.containers):
            return "in none of the containers of the scope"
        group = scope.pilot_group
        if group is None:
            return ""
        inside = self._keep(
            ("pilot", user.guid),
            _PILOT_KEPT_S,
            lambda: users.in_group(directory, group, user.dn),
        )
        return "" if inside else "no member of the pilot group"

    def subject(self, warm: PooledConnection, user: User, *, detail: bool) -> Subject:
        """Gather what a verdict needs.

        Args:
            warm: the connection the user was read on.
            user: as found.
            detail: the user was read with everything; else the policy is left out,
                as only an explanation needs it.

        """
        found = self._subject(warm, user, detail=detail)
        outside = self.why_not_in_scope(warm.directory, user)
        found = replace(found, in_scope=not outside, why_not_in_scope=outside)
        return self._with_token(warm.directory, found)

    def subject_of_scope(self, warm: PooledConnection, user: User) -> Subject:
        """Gather everything of a user that a search of the scope has found."""
        found = self._subject(warm, user, detail=True)
        try:
            return self._with_token(warm.directory, found)
        except DirectoryError as error:
            if error.result is None and not isinstance(error, NoSuchObject):
                raise
            # one who is gone by now, say: the others are still told of
            return _without_token(found)

    def _with_token(self, directory: Connection, found: Subject) -> Subject:
        """Add what only the user's token tells: groups of the forest's other domains.

        Raises:
            DirectoryError: this controller can't find it out; another one may.

        """
        if found.protected_group or not self.protected(directory).others:
            return found
        token = token_of(directory, found.dn)
        if not token:
            return _without_token(found)
        return replace(found, protected_group=of_token(token))

    def _subject(self, warm: PooledConnection, user: User, *, detail: bool) -> Subject:
        hints = users.hints_of(warm.root, wanted=self._settings.directory.policy_hints)
        token = self.token(warm.directory)
        unseen = _unseen(user, token)
        account, hidden, policy = None, "", None
        try:
            account = users.account_of(user)
            if detail:
                policy = self._policy_of(warm.directory, user, unseen)
        except AttributeUnreadable as error:
            hidden = str(error)
        return Subject(
            dn=user.dn,
            guid=user.guid,
            object_sid=user.sid,
            classes=user.classes,
            descriptor=user.entry.raw("nTSecurityDescriptor"),
            account=account,
            policy=policy,
            agent_sids=token,
            hints=hints is not None,
            protected_group=self.protected(warm.directory).of(user),
            unreadable=hidden,
            unseen=unseen,
        )

    def _policy_of(
        self, directory: Connection, user: User, unseen: frozenset[str]
    ) -> PasswordPolicy:
        """Give the policy of a user who was read with everything."""
        if _PSO in unseen:  # the domain's holds only for who has none
            raise AttributeUnreadable(user.dn, _PSO, "is not set, or hidden")
        return self.policy(directory, user.entry.text(_PSO))

    def _keep(self, key: Hashable, seconds: float, read: Callable[[], T]) -> T:
        now = self._clock()
        with self._lock:
            found = self._kept.get(key)
        if found is not None and now < found[0]:
            return cast("T", found[1])
        value = read()
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (now + seconds, value)
        return value


def _policy_or_why(
    directory: Connection, base_dn: str, pso: str | None
) -> PasswordPolicy | AttributeUnreadable:
    """Read a policy; that it is hidden is kept as well, else each person asks anew."""
    try:
        return users.read_policy(directory, base_dn, pso)
    except AttributeUnreadable as error:
        return error


def _unseen(user: User, token: frozenset[Sid]) -> frozenset[str]:
    """Give the attributes that are absent and not known to be readable.

    Absence means something only where the token may read. primaryGroupID every user
    has (MS-SAMR 3.1.1.8.1), so that it is hidden where it is absent.
    """
    entry = user.entry
    gone = frozenset(name for name in READING if entry.raw(name) is None)
    raw, sids = entry.raw("nTSecurityDescriptor"), token_on(token, user.sid)
    hidden = gone & unreadable(raw, sids, user.classes)
    return hidden if entry.raw(_GROUP) is not None else hidden | {_GROUP}


def _without_token(found: Subject) -> Subject:
    return replace(found, unseen=found.unseen | {_TOKEN})
