"""The subject of a verdict: what was read of a user, put together once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from agent.acl.access_check import token_on
from agent.acl.sid import Sid
from agent.active_directory import users
from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.protected_groups import of_token, token_of
from agent.active_directory.users import User
from agent.config.errors import quoted
from agent.ldap.connection import Connection
from agent.ldap.dn import is_below
from agent.ldap.errors import DirectoryError, NoSuchObject
from agent.ldap.pool import PooledConnection
from agent.verdict.account import Account
from agent.verdict.attributes import AttributeUnreadable
from agent.verdict.effective_rights import READING, unreadable_attributes
from agent.verdict.password_policy import PasswordPolicy
from agent.verdict.subject import Subject
from wire.text import EMPTY, Text

_SPN = "servicePrincipalName"
_PSO, _GROUP, _TOKEN = "msDS-ResultantPSO", "primaryGroupID", "tokenGroups"


class Planned(Protocol):
    """An account that is not made yet (`wizard.permissions.planned_account`)."""

    @property
    def token(self) -> frozenset[Sid]:
        """The SIDs that it will have."""
        ...

    def with_grants(self, raw: bytes, dn: str, classes: frozenset[UUID]) -> bytes:
        """Give a user's descriptor as it will be once the grants are made."""
        ...


@dataclass(frozen=True)
class SubjectReader:
    """Makes the subjects of users that were found; safe for many threads.

    `blocked` are the containers whose inheritance is off, the deepest first; `planned`
    is for whose token users are judged, None: who reads them.
    """

    domain: DomainCache
    blocked: Sequence[str] = ()
    planned: Planned | None = None

    def read(self, warm: PooledConnection, user: User, *, detail: bool) -> Subject:
        """Read what a verdict needs, the scope too.

        `warm` is the connection the user was read on. Without `detail` the policy is
        left out, as only an explanation needs it.
        """
        why_not = self.domain.why_not_in_scope(warm.directory, user)
        token = self._forest_token(warm.directory, user)
        return self._subject(warm, user, token, detail=detail, why_not=why_not)

    def read_in_scope(self, warm: PooledConnection, user: User) -> Subject:
        """Read everything of a user that a search of the scope has found."""
        why_nobody = self.domain.why_nobody(warm.directory)
        try:
            token = self._forest_token(warm.directory, user)
        except DirectoryError as error:
            if error.result is None and not isinstance(error, NoSuchObject):
                raise
            token = None  # one who is gone by now, say: the others are still read
        return self._subject(warm, user, token, detail=True, why_not=why_nobody)

    def _forest_token(self, directory: Connection, user: User) -> frozenset[Sid] | None:
        """Read a user's groups of the forest's other domains, where it has some.

        Those of its own are in memberOf, those of the others in the user's token alone;
        who is protected by what is seen needs no more. None: they are hidden.
        """
        protected = self.domain.protected(directory)
        if not protected.others or protected.of(user):
            return frozenset()
        return token_of(directory, user.dn) or None

    def _subject(
        self,
        warm: PooledConnection,
        user: User,
        forest_token: frozenset[Sid] | None,
        *,
        detail: bool,
        why_not: Text = EMPTY,
    ) -> Subject:
        settings, directory = self.domain.settings, warm.directory
        token, groups = self.domain.token(directory), forest_token or frozenset()
        unseen = self._unseen(user, token)
        if forest_token is None:
            unseen |= {_TOKEN}
        account, policy, hidden = self._state(directory, user, unseen, detail)
        blocked = next((each for each in self.blocked if is_below(user.dn, each)), "")
        protected = self.domain.protected(directory)
        return Subject(
            dn=user.dn,
            guid=user.guid,
            object_sid=user.sid,
            classes=user.classes,
            descriptor=self._descriptor(user, blocked),
            account=account,
            policy=policy,
            agent_sids=self.planned.token if self.planned else token,
            hints=users.hints_of(warm.root, wanted=settings.directory.policy_hints)
            is not None,
            read_at=datetime.now(UTC),
            in_scope=not why_not,
            why_not_in_scope=why_not,
            protected_group=protected.of(user) or of_token(groups),
            denied_by=self.domain.deny_list(directory).why_denied(user, groups),
            membership=self.domain.self_service(directory).of(user, groups),
            service_account=self._service_account(user),
            inheritance_off_at=blocked,
            unreadable=hidden,
            unseen=unseen,
        )

    def _service_account(self, user: User) -> Text:
        """Say what makes a user an account that the settings exclude; or nothing."""
        names = user.entry.texts(_SPN)
        if not (names and self.domain.settings.scope.exclude_service_accounts):
            return EMPTY
        return Text("servicePrincipalName is {name}", name=quoted(names[0]))

    def _unseen(self, user: User, token: frozenset[Sid]) -> frozenset[str]:
        """Leave out what the settings do not look at."""
        unseen = _unseen(user, token)
        excludes = self.domain.settings.scope.exclude_service_accounts
        return unseen if excludes else unseen - {_SPN}

    def _descriptor(self, user: User, blocked: str) -> bytes | None:
        raw = user.entry.descriptor
        if self.planned is None or raw is None or blocked:
            return raw
        return self.planned.with_grants(raw, user.dn, user.classes)

    def _state(
        self,
        directory: Connection,
        user: User,
        unseen: frozenset[str],
        detail: bool,  # noqa: FBT001 - as `read` was asked
    ) -> tuple[Account | None, PasswordPolicy | None, Text]:
        """Read the account and the policy; with what is hidden of them."""
        account = None
        try:
            account = users.account_of(user)
            policy = self._policy(directory, user, unseen) if detail else None
        except AttributeUnreadable as error:
            return account, None, error.whole
        return account, policy, EMPTY

    def _policy(
        self, directory: Connection, user: User, unseen: frozenset[str]
    ) -> PasswordPolicy:
        if _PSO in unseen:  # the domain's holds only for who has none
            raise AttributeUnreadable(user.dn, _PSO, Text("is not set, or hidden"))
        return self.domain.policy(directory, user.entry.text(_PSO))


def _unseen(user: User, token: frozenset[Sid]) -> frozenset[str]:
    """Give the attributes that are absent and not known to be readable.

    Absence means something only where the token may read. primaryGroupID and objectSid
    every user has (MS-SAMR 3.1.1.8.1), so that they are hidden where they are absent.
    """
    entry = user.entry
    gone = frozenset(name for name in READING if entry.raw(name) is None)
    raw, sids = entry.descriptor, token_on(token, user.sid)
    hidden = gone & unreadable_attributes(raw, sids, user.classes)
    always = {_GROUP: entry.raw(_GROUP), "objectSid": user.sid}
    return hidden | {name for name, value in always.items() if value is None}
