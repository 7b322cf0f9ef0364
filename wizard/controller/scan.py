"""What judging signs in with: as the agent's account, or as it is foreseen."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from agent.acl.sid import Sid
from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.subject_reader import SubjectReader
from agent.active_directory.users import own_sids
from agent.config.settings import Settings
from agent.ldap.connection import Connection
from agent.ldap.errors import NoSuchObject
from agent.ldap.pool import PooledConnection
from wire.text import Text
from wizard.directory.accounts import sid_of
from wizard.directory.sign_in import as_agent, as_either, stored_password
from wizard.grants.acl import rights_of
from wizard.permissions.coverage import Scan
from wizard.permissions.inheritance import find_blocked, find_blocked_around
from wizard.permissions.planned_account import (
    PlannedAccount,
    granted_account,
    planned_account,
)
from wizard.plan.change import Context, StepFailed


@contextmanager
def open_scan(
    settings: Settings,
    context: Context,
    stop: Callable[[], bool] = lambda: False,
    *,
    granted: bool = False,
    within: str = "",
) -> Iterator[Scan]:
    """Sign in twice, for pages and for facts, and read what all people share.

    An account that is there is seen as it is, or as it will be once `granted`. Of the
    scope only the container `within` is looked in, where one is named.
    DirectoryError: nobody is let in, or answers. StepFailed: no password is known, or
    a container of the scope is not there.
    """
    planned = is_planned(settings, context)
    sign_in = as_either if planned else as_agent
    with (
        sign_in(settings.directory, context) as pages,
        sign_in(settings.directory, context) as facts,
    ):
        _refuse_missing(facts, settings)
        subjects = SubjectReader(
            DomainCache(settings),
            _blocked(facts, settings.scope.containers, within, stop),
            _planned(settings, facts, planned=planned, granted=granted),
        )
        warm = PooledConnection(facts, facts.root())
        operations = settings.features.operations
        yield Scan(pages, warm, subjects, settings.scope, operations, within)


def is_planned(settings: Settings, context: Context) -> bool:
    """Say whether the settings ask for an account that is not there yet.

    StepFailed: they do, and no administrator is given to look in its place.
    """
    directory, inputs = settings.directory, context.inputs
    if directory.account.kind == "existing" or inputs.account_password:
        return False
    if stored_password(directory, context) is not None:
        return False
    if inputs.admin is None:
        what = Text(
            "The password of {account} is not stored here.",
            account=directory.sign_in_name,
        )
        remedy = Text(
            "Give an administrator of the domain; it is used once and not stored."
        )
        raise StepFailed(what, remedy)
    return True


def _blocked(
    opened: Connection,
    containers: Sequence[str],
    within: str,
    stop: Callable[[], bool],
) -> tuple[str, ...]:
    if within:
        return find_blocked_around(opened, containers, within, stop)
    return find_blocked(opened, containers, stop)


def _refuse_missing(opened: Connection, settings: Settings) -> None:
    """Name a container of the scope that is not there."""
    for container in settings.scope.containers:
        try:
            next(opened.search(container, "", (), scope="base", paged=False))
        except NoSuchObject as error:
            what = Text("There is no container {container}.", container=container)
            remedy = Text("Look at scope.containers in the settings.")
            raise StepFailed(what, remedy) from error


def _planned(
    settings: Settings, opened: Connection, *, planned: bool, granted: bool
) -> PlannedAccount | None:
    if planned:
        return _foreseen(settings, opened)
    if not granted:
        return None
    own, rights = sid_of(opened, settings.directory), rights_of(settings.features)
    return granted_account(own, own_sids(opened), rights, settings.scope.containers)


def _foreseen(settings: Settings, opened: Connection) -> PlannedAccount:
    base = settings.directory.base_dn
    head = opened.search(base, "", ("objectSid",), scope="base", paged=False)
    domain = Sid.parse(next(iter(head)).raw("objectSid") or b"")
    return planned_account(
        domain, rights_of(settings.features), settings.scope.containers
    )
