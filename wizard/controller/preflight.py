"""What is tried before the first change: where a plan goes, and who makes it.

As the wizard's pages try it: a typing mistake in a file is then nothing that has to be
taken back.
"""

import threading
from collections.abc import Iterator, Sequence

from agent.ldap.connection import read_entry
from wire.text import Text
from wizard.checks.account import check_account
from wizard.checks.relay import check_relay
from wizard.directory.sign_in import as_admin
from wizard.enrolment.relay_route import requested_endpoint
from wizard.grants.grant_history import container_of
from wizard.plan.change import Change, Context, Plan, StepFailed
from wizard.plan.history import GrantRecord
from wizard.results import Check
from wizard.steps.account import Account
from wizard.steps.account_change import AccountChange, Act
from wizard.steps.enrolment import EnrolmentChange, EnrolmentStep
from wizard.steps.grants import Grants

_DACL = 4  # DACL_SECURITY_INFORMATION of sDRightsEffective (MS-ADTS 3.1.1.4.5.4)


def refuse_unready(plan: Plan, context: Context, stop: threading.Event) -> None:
    """Raise StepFailed where a change would fail by what can be tried without it.

    Of the relay its name, port, certificate, clock and code; of the administrator what
    they may create, and whose permissions they may change. Reads only.
    """
    for row in _tried(plan.changes, context, stop):
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
