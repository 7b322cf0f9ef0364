"""What is tried before the first change: where a plan goes, and who makes it.

As the wizard's pages try it: a typing mistake in a file is then nothing that has to be
taken back.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence

from agent.config.errors import SettingsError
from agent.config.settings import Settings
from agent.config.settings_file import parse
from agent.ldap.connection import read_entry
from wire.text import Text
from wizard.checks.account import check_account
from wizard.checks.people import check_deny_list, check_excluded, check_group
from wizard.checks.relay import check_relay
from wizard.checks.self_service import check_named, lists_of
from wizard.directory.sign_in import as_admin, as_either
from wizard.enrolment.relay_route import requested_endpoint
from wizard.grants.grant_history import container_of
from wizard.plan.change import Change, Context, Plan, StepFailed
from wizard.plan.history import GrantRecord, applied_settings
from wizard.results import Check
from wizard.steps.account import Account
from wizard.steps.account_change import AccountChange, Act
from wizard.steps.enrolment import EnrolmentChange, EnrolmentStep
from wizard.steps.grants import Grants
from wizard.steps.settings_file import SettingsFile

_DACL = 4  # DACL_SECURITY_INFORMATION of sDRightsEffective (MS-ADTS 3.1.1.4.5.4)


def refuse_unready(plan: Plan, context: Context, stop: threading.Event) -> None:
    """Raise StepFailed where a change would fail by what can be tried without it.

    Of the relay its name, port, certificate, clock and code; of the administrator what
    they may create, and whose permissions they may change. Reads only.
    """
    _refuse_failed(_tried(plan.changes, context, stop))


def refuse_unknown_names(plan: Plan, context: Context) -> None:
    """Raise StepFailed where nobody is so named: of the scope, or of self-service.

    With a wrong name nobody at all is reset. What is in force is left alone: writeback
    is turned off without a controller, too.
    """
    writes = any(change.step == SettingsFile.name for change in plan.changes)
    if not (plan.settings and writes):
        return
    before = _in_force(context)
    if before is None or plan.settings.scope != before.scope:
        _refuse_failed(_people(plan.settings, context))
    if before is None or plan.settings.self_service != before.self_service:
        _refuse_failed(_named(plan.settings, context))


def _refuse_failed(rows: Iterable[Check]) -> None:
    for row in rows:
        if row.state == "failed":
            what = Text(
                "{title}: {why} Nothing was changed.",
                title=row.title,
                why=row.detail,
            )
            raise StepFailed(what, row.remedy)


def _tried(
    changes: Sequence[Change], context: Context, stop: threading.Event
) -> Iterator[Check]:
    for change in changes:
        if change.step == EnrolmentStep.name and change.after is not None:
            endpoint = requested_endpoint(EnrolmentChange.of(change).relay, context)
            yield from check_relay(endpoint, context.inputs.enrolment_code, stop)
        elif change.step == Account.name and change.needs_admin:
            yield from _creation(AccountChange.of(change), context, stop)
        elif change.step == Grants.name:
            yield from _permissions(GrantRecord.of(change), context)


def _creation(
    planned: AccountChange, context: Context, stop: threading.Event
) -> Sequence[Check]:
    admin = context.inputs.admin
    if planned.act is not Act.CREATE or admin is None:
        return ()
    return check_account(planned.directory, admin.user, admin.password, "admin", stop)


def _permissions(record: GrantRecord, context: Context) -> Iterator[Check]:
    wanted = "sDRightsEffective"
    with as_admin(record.directory, context) as opened:
        container = container_of(opened, record)
        entry = container and read_entry(opened, container, (wanted,))
    if not entry:
        return  # it is told when its turn comes: as gone, or as hidden
    if not (entry.number(wanted) or 0) & _DACL:
        title = Text("Permissions on {container}", container=entry.dn)
        detail = Text("The administrator may not change them.")
        remedy = Text("Give an administrator who may.")
        yield Check("grants", title, "failed", detail, remedy)


def _people(settings: Settings, context: Context) -> Iterator[Check]:
    scope, directory = settings.scope, settings.directory
    if not (scope.pilot_group or scope.deny_list or scope.exclude_containers):
        return
    with as_either(directory, context) as opened:
        if scope.pilot_group:
            yield check_group(opened, directory.base_dn, scope.pilot_group)[0]
        yield from check_deny_list(opened, directory.base_dn, scope.deny_list)
        yield from check_excluded(opened, scope.exclude_containers)


def _named(settings: Settings, context: Context) -> Iterator[Check]:
    lists, directory = settings.self_service, settings.directory
    if not lists.on or not any(lists_of(lists).values()):
        return
    with as_either(directory, context) as opened:
        yield from check_named(opened, directory.base_dn, lists)


def _in_force(context: Context) -> Settings | None:
    applied = applied_settings(context)
    try:
        return None if applied is None else parse(applied, "")
    except SettingsError:
        return None
