"""May the agent's account do its work: for one person, for everybody, and no more.

Reads only. Signs in as the agent's own account, so that what it can't read is found;
for an account that is not made yet an administrator looks, and it is foreseen.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from agent.acl.sid import Sid
from agent.active_directory import users
from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.identifiers import UserFilter, nobody, user_filter
from agent.active_directory.subject_reader import SubjectReader
from agent.active_directory.users import User
from agent.config.settings import Settings
from agent.ldap.connection import Connection
from agent.ldap.errors import NoSuchObject
from agent.ldap.pool import PooledConnection
from agent.verdict import judge
from agent.verdict.account import Account
from agent.verdict.causes import Cause
from agent.verdict.password_policy import PasswordPolicy
from agent.verdict.verdict import State, Verdict
from wire.names import Identifier
from wire.operation import Operation
from wire.outcomes import Code, Refused
from wizard.controller.access import Access
from wizard.directory.sign_in import as_agent, as_either, stored_password
from wizard.grants import grants
from wizard.grants.acl import rights_of
from wizard.grants.grants import Entry, Revocation
from wizard.inputs import Inputs
from wizard.permissions.account_report import find_about_account
from wizard.permissions.coverage import (
    PersonVerdict,
    Scan,
    Tally,
    cover,
)
from wizard.permissions.findings import Finding
from wizard.permissions.inheritance import find_blocked
from wizard.permissions.planned_account import PlannedAccount, planned_account
from wizard.permissions.sid_names import Names
from wizard.plan.change import Context, Plan, StepFailed

_STEP = 50  # people between two reports


@dataclass(frozen=True)
class Seen:
    """How far the judging of everybody is.

    Attributes:
        people: how many are judged.
        would_work: for how many of those judged a reset would work.

    """

    people: int
    would_work: int


@dataclass(frozen=True)
class Coverage:
    """What the judging of everybody came to.

    Attributes:
        people: how many were judged.
        would_work: for how many a reset would work.
        causes: people by cause, for each operation; `Cause.NONE` would work.
        foreseen: the account is not there yet: seen as it will be once granted.
        complete: nobody is left out; not so when it was stopped.

    """

    people: int
    would_work: int
    causes: Mapping[Operation, Mapping[Cause, int]]
    foreseen: bool
    complete: bool = True


@dataclass(frozen=True)
class Explained:
    """One person: the answers, and what they stand on.

    Attributes:
        verdict: the answers.
        account: the state of the account; None when it is hidden.
        policy: the one that holds for them; None when it is hidden.
        controller: who was asked.
        foreseen: the account is not there yet: seen as it will be once granted.

    """

    verdict: Verdict
    account: Account | None
    policy: PasswordPolicy | None
    controller: str
    foreseen: bool


class Permissions:
    """What can be read of permissions; calls block, errors have a remedy."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def explain(
        self, settings: Settings, inputs: Inputs, by: Identifier | None, value: str
    ) -> Explained:
        """Say whether a reset of one person would work, and if not, why.

        Args:
            settings: whose account, scope and features are judged.
            inputs: the account's password or an administrator, where none is stored.
            by: what the value is; None: told by its form, and else what the cloud
                names people by.
            value: who.

        Raises:
            Refused: nobody, or several, are so named, or nobody can be.
            DirectoryError, StepFailed: it can't be asked; with the remedy.

        """
        filters = _possible((by,) if by else identifiers_of(value, settings), value)
        base_dn = settings.directory.base_dn
        with self._scan(settings, inputs) as scan:
            directory = scan.facts.directory
            user = _find(directory, base_dn, filters)
            subject = scan.subjects.read(scan.facts, user, detail=True)
            names = Names(directory, base_dn)
            verdict = judge.judge(subject, scan.operations, names)
        return Explained(
            verdict,
            subject.account,
            subject.policy,
            directory.host,
            foreseen=scan.subjects.planned is not None,
        )

    def coverage(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        each: Callable[[PersonVerdict], None],
        report: Callable[[Seen], None],
        stop: threading.Event,
    ) -> Coverage:
        """Judge everybody in the scope.

        They are not counted before: that would be a fifth of the wait.

        Args:
            settings: whose scope, account and features are judged.
            inputs: the account's password or an administrator, where none is stored.
            each: given everybody, once, in the directory's order.
            report: told how far it is.
            stop: looked at between people; what was judged until then is given.

        Raises:
            DirectoryError, StepFailed: it can't be asked; with the remedy.

        """
        tally = Tally()
        report(_seen(tally))
        with self._scan(settings, inputs, stop.is_set) as scan:
            names = Names(scan.facts.directory, settings.directory.base_dn)
            with closing(cover(scan, names)) as everybody:
                for judged in takewhile(lambda _judged: not stop.is_set(), everybody):
                    tally.add(judged.verdict)
                    each(judged)
                    if tally.people % _STEP == 0:
                        report(_seen(tally))
            complete = not stop.is_set()
            foreseen = scan.subjects.planned is not None
        seen = _seen(tally)
        report(seen)
        causes = {op: dict(found) for op, found in tally.causes.items()}
        return Coverage(seen.people, seen.would_work, causes, foreseen, complete)

    def about_account(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        report: Callable[[int], None],
        stop: threading.Event,
    ) -> tuple[Finding, ...]:
        """Find what is wrong with the account itself; nothing for one to be made.

        Raises:
            DirectoryError, StepFailed: it can't be asked; with the remedy.

        """
        context = self._access.context(inputs)
        if _is_to_be(settings, context):
            return ()
        with as_agent(settings.directory, context) as opened:
            return find_about_account(
                opened, DomainCache(settings), report=report, stop=stop.is_set
            )

    def plan_grant(self, settings: Settings, inputs: Inputs) -> Plan:
        """Say what is missing for the scope; nothing is taken back.

        Raises:
            DirectoryError, StepFailed: it can't be said; with the remedy.

        """
        changes = grants.plan_grant(settings, self._access.context(inputs))
        return Plan(settings, changes)

    def plan_revoke(self, settings: Settings, inputs: Inputs) -> Revocation:
        """Say what earlier plans granted to the account and still is there.

        Raises:
            DirectoryError, StepFailed: it can't be said; with the remedy.

        """
        return grants.plan_revoke(settings, self._access.context(inputs))

    def entries(self, plan: Plan, inputs: Inputs) -> tuple[Entry, ...]:
        """Give each entry of a plan by itself, as other tools write it.

        Raises:
            DirectoryError, StepFailed: the account's SID can't be read.

        """
        if plan.settings is None:
            return ()  # a removal names no account to grant to
        context = self._access.context(inputs)
        return grants.entries(plan.changes, plan.settings, context)

    @contextmanager
    def _scan(
        self,
        settings: Settings,
        inputs: Inputs,
        stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[Scan]:
        context = self._access.context(inputs)
        to_be = _is_to_be(settings, context)
        sign_in = as_either if to_be else as_agent
        with (
            sign_in(settings.directory, context) as pages,
            sign_in(settings.directory, context) as facts,
        ):
            _refuse_missing(facts, settings)
            subjects = SubjectReader(
                DomainCache(settings),
                find_blocked(facts, settings.scope.containers, stop),
                _planned(settings, facts) if to_be else None,
            )
            warm = PooledConnection(facts, facts.root())
            operations = settings.features.operations
            yield Scan(pages, warm, subjects, settings.scope, operations)


def identifiers_of(value: str, settings: Settings) -> tuple[Identifier, ...]:
    """Tell by its form what somebody is named by, then by what the settings say."""
    ways = (_form_of(value), settings.identify_by)
    return tuple(dict.fromkeys(ways))


def _form_of(value: str) -> Identifier:
    with suppress(ValueError):
        UUID(value)
        return "objectGUID"
    return "userPrincipalName" if "@" in value else "sAMAccountName"


def _find(directory: Connection, base_dn: str, filters: Sequence[UserFilter]) -> User:
    """Find somebody by the first filter that finds anybody."""
    for whom in filters:
        try:
            return users.find(directory, base_dn, whom, detail=True)
        except Refused as error:
            if error.code is not Code.USER_NOT_FOUND:
                raise
    tried = " or ".join(whom.by for whom in filters)
    raise nobody(tried, filters[0].value)


def _possible(attributes: Sequence[Identifier], value: str) -> tuple[UserFilter, ...]:
    """Leave out what somebody can't be named by so, such as what is no GUID.

    Raises:
        Refused: bad_request; nothing is left.

    """
    possible, wrong = [], []
    for by in attributes:
        try:
            possible.append(user_filter(by, value))
        except Refused as error:
            wrong.append(error)
    if not possible:
        raise wrong[0]
    return tuple(possible)


def _seen(tally: Tally) -> Seen:
    return Seen(tally.people, tally.states[State.YES])


def _is_to_be(settings: Settings, context: Context) -> bool:
    """Say whether the settings ask for an account that is still to be made."""
    directory, inputs = settings.directory, context.inputs
    if directory.account.kind == "existing" or inputs.account_password:
        return False
    if stored_password(directory, context) is not None:
        return False
    if inputs.admin is None:
        raise StepFailed(
            f"The password of {directory.sign_in_name} is not stored here.",
            "Give an administrator of the domain; it is used once and not stored.",
        )
    return True


def _refuse_missing(opened: Connection, settings: Settings) -> None:
    """Name a container of the scope that is not there."""
    for container in settings.scope.containers:
        try:
            next(opened.search(container, "", (), scope="base", paged=False))
        except NoSuchObject as error:
            raise StepFailed(
                f"There is no container {container}.",
                "Look at scope.containers in the settings.",
            ) from error


def _planned(settings: Settings, opened: Connection) -> PlannedAccount:
    base = settings.directory.base_dn
    head = opened.search(base, "", ("objectSid",), scope="base", paged=False)
    domain = Sid.parse(next(iter(head)).raw("objectSid") or b"")
    return planned_account(
        domain, rights_of(settings.features), settings.scope.containers
    )
