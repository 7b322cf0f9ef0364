"""The least permissions for the scope: single entries, added and taken back one by one.

A deny is never removed and nothing else of a permission list is touched. What is
effective already, by whatever entry, is not granted again.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice

from agent.acl import descriptor
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.active_directory.users import own_sids
from agent.config.settings import Settings
from agent.ldap.connection import Connection
from agent.ldap.dn import same
from agent.ldap.errors import DirectoryError
from wire.text import Text
from wizard.directory.accounts import find, is_ours, sid_of
from wizard.directory.sign_in import as_admin, as_agent, as_either, finding
from wizard.grants import grant_history, grants, policy_grant
from wizard.grants.acl import Edit, descriptor_of, refuse_protected, rewrite, rights_of
from wizard.grants.grant_rows import PROOF_TITLE, proof_row, row_of
from wizard.grants.grant_targets import grant_targets
from wizard.permissions.coverage import people_in
from wizard.permissions.grant import Grant
from wizard.permissions.planned_account import ANYBODY
from wizard.permissions.proof import PAGE, WANTED, Proof
from wizard.plan.change import Begun, Change, Context, Facts, StepFailed
from wizard.plan.history import GrantRecord
from wizard.plan.step import Step, Target
from wizard.results import Check
from wizard.steps.account import Account, sets_password


class Grants(Step):
    """Permissions of the agent's account on the containers of the scope."""

    name = "grants"

    def plan(self, target: Target) -> Sequence[Change]:
        wanted = target.settings
        recorded = grant_history.granted_now(target.context, wanted.directory)
        revoked = tuple(_revoked(wanted, recorded))
        losing = tuple(_left_by(wanted, revoked))
        return (*_granted(target, losing, recorded), *revoked)

    def plan_removal(self, context: Context) -> Sequence[Change]:
        if context.inputs.keep_account:
            return ()
        settings = context.settings
        directory = settings.directory if settings else None
        recorded = grant_history.granted_or_recorded(context, directory)
        found = _unrecorded(settings, context, recorded) if settings else ()
        return [
            grants.revoke_change(record, record.rights)
            for record in (*recorded, *found)
        ]

    def apply(self, change: Change, context: Context) -> Facts:
        record = GrantRecord.of(change)
        with as_admin(record.directory, context) as opened:
            if change.after is None:
                return _take(opened, record)
            return _give(opened, record, sid_of(opened, record.directory))

    def undo(self, begun: Begun, context: Context) -> None:
        record = GrantRecord.of(begun.change, begun.made)
        with as_admin(record.directory, context) as opened:
            sid = _sid(opened, record)
            container = grant_history.container_of(opened, record)
            if sid is None or container is None:
                return  # the account or the container went, and the entries with it
            names = record.rights if record.added is None else record.added
            aces = [Grant.of(name).ace(sid) for name in names]
            edit = (
                descriptor.add_ace
                if begun.change.after is None
                else descriptor.remove_ace
            )
            rewrite(opened, container, aces, edit)

    def reversal(self, change: Change) -> Text:
        if change.after is None:
            return Text("Adds the same entries again.")
        return Text("Removes these entries one by one, and no other.")

    def left(self, begun: Begun, context: Context) -> Text:  # noqa: ARG002 - as others
        record = GrantRecord.of(begun.change, begun.made)
        rights = record.rights if record.added is None else record.added
        shown = {"container": record.container, "rights": ", ".join(rights)}
        shown |= {"account": record.sid or record.directory.sign_in_name}
        if begun.change.after is None:
            return Text("On {container}, lost by {account}: {rights}.", **shown)
        return Text("Entries of {account} on {container}: {rights}.", **shown)

    def verify(self, target: Target) -> Sequence[Check]:
        try:
            judged = grants.judged_scope(target.settings, target.context)
            policies = _policy_rows(target)
        except (DirectoryError, StepFailed) as error:
            title = Text("Permissions of the service account")
            return (finding(self.name, title, error),)
        rights = rights_of(target.settings.features)
        rows = [row_of(container, judgement, rights) for container, judgement in judged]
        return [*rows, *policies, *_by_the_controller(target)]


def _policy_rows(target: Target) -> Sequence[Check]:
    """Tell whether the policies can be read, where the settings ask for that."""
    if not target.settings.features.read_password_settings:
        return ()
    with as_agent(target.settings.directory, target.context) as opened:
        return (policy_grant.row(opened, target.settings, own_sids(opened)),)


def _by_the_controller(target: Target) -> Iterator[Check]:
    """Compare the first people of the scope with what the controller itself says."""
    directory = target.settings.directory
    try:
        with as_agent(directory, target.context) as opened:
            proof = Proof(own_sids(opened))
            people = people_in(opened, target.settings.scope, WANTED, PAGE)
            for entry in islice(people, PAGE):
                deque(proof.add(entry), maxlen=0)
    except (DirectoryError, StepFailed) as error:
        yield finding("grants/proof", PROOF_TITLE, error)
        return
    yield proof_row(proof)


def _give(opened: Connection, record: GrantRecord, sid: Sid) -> Facts:
    container = record.container
    # it may have become a protected one since the plan
    refuse_protected(opened, container, record.directory.base_dn)
    added = _edit(opened, container, record.rights, sid, descriptor.add_ace)
    list_now = descriptor_of(opened, container)
    kept = [
        n for n in record.stood if descriptor.has_ace(list_now, Grant.of(n).ace(sid))
    ]
    return {
        "container": container,
        "guid": grant_history.guid_of(opened, container),
        "sid": str(sid),
        "rights": [*added, *kept],
        "added": added,
    }


def _take(opened: Connection, record: GrantRecord) -> Facts:
    container, sid = grant_history.container_of(opened, record), Sid.of(record.sid)
    made = {"container": container or record.container, "sid": str(sid)}
    if container is None:
        detail = Text(
            "The container is not there any more, and the entries went with it."
        )
        return {**made, "rights": [], "told": detail}
    edit = descriptor.remove_ace
    return {**made, "rights": _edit(opened, container, record.rights, sid, edit)}


def _edit(
    opened: Connection, container: str, names: Sequence[str], sid: Sid, edit: Edit
) -> list[str]:
    """Edit entries by the names of `Grant`; give those that were not so before."""
    aces = {Grant.of(name).ace(sid): name for name in names}
    return [aces[ace] for ace in rewrite(opened, container, tuple(aces), edit)]


def _granted(
    target: Target, losing: Sequence[str], recorded: Sequence[GrantRecord]
) -> Iterator[Change]:
    wanted, accounts = target.settings, target.changes_of(Account.name)
    if accounts and wanted.directory.account.kind == "new":
        there = sets_password(accounts[0])
        yield from _before_sign_in(wanted, target.context, recorded, there=there)
        return
    for dn, lacking in grants.missing(wanted, target.context, losing):
        if lacking:
            yield grants.grant_change(wanted, dn, lacking)


def _before_sign_in(
    wanted: Settings, context: Context, recorded: Sequence[GrantRecord], *, there: bool
) -> Iterator[Change]:
    """Judge for an account that can't sign in yet: made now, or taken over.

    What it has as everybody does counts; its groups do not, as it will have none. The
    entries of one that is taken over become this machine's, to be taken back by it.
    """
    with as_admin(wanted.directory, context) as opened:
        own = sid_of(opened, wanted.directory) if there else None
        where = grant_targets(opened, wanted.scope)
        for dn in where.containers:
            judged = grants.judge_scope(
                opened, dn, wanted, where, token=ANYBODY, own=own
            )
            held = grant_history.rights_held(recorded, dn, str(own))
            stood = [each for each in judged.standing if each.name not in held]
            if judged.missing or stood:
                yield grants.grant_change(wanted, dn, judged.missing, stood)
        if wanted.features.read_password_settings:
            yield from _policies_before_sign_in(opened, wanted, recorded, own)


def _policies_before_sign_in(
    opened: Connection,
    wanted: Settings,
    recorded: Sequence[GrantRecord],
    own: Sid | None,
) -> Iterator[Change]:
    """Judge the reading of policies, as that of the scope is judged."""
    place, grant = policy_grant.policy_container(wanted), policy_grant.POLICIES
    token = ANYBODY if own is None else ANYBODY | {own}
    stands = own is not None and policy_grant.stands(opened, wanted, own)
    if policy_grant.lacks_policies(opened, wanted, token):
        yield grants.grant_change(wanted, place, (grant,))
    elif stands and grant.name not in grant_history.rights_held(
        recorded, place, str(own)
    ):
        yield grants.grant_change(wanted, place, (), (grant,))


def _revoked(wanted: Settings, recorded: Sequence[GrantRecord]) -> Iterator[Change]:
    """Take back what earlier plans granted and these settings do not ask for."""
    own = wanted.directory.sign_in_name
    for record in recorded:
        needed = _needed_at(wanted, record.container)
        ours = record.directory.sign_in_name == own
        over = [
            name
            for name in record.rights
            if not ours or Grant.of(name).right not in needed
        ]
        if over:
            yield grants.revoke_change(record, over)


def _needed_at(wanted: Settings, container: str) -> Sequence[Right]:
    """Give the rights that settings ask for on a container."""
    if same(container, policy_grant.policy_container(wanted)):
        asked = wanted.features.read_password_settings
        return (policy_grant.POLICIES.right,) if asked else ()
    kept = any(same(container, dn) for dn in wanted.scope.containers)
    return rights_of(wanted.features) if kept else ()


def _unrecorded(
    settings: Settings, context: Context, recorded: Sequence[GrantRecord]
) -> Sequence[GrantRecord]:
    """Find what else is granted on the scope to an account that goes too.

    Of a plan that was cut off, or whose journal was lost: nobody needs it any more.
    """
    directory = settings.directory
    if directory.account.kind == "existing" or context.belongs_to_original:
        return ()
    try:
        with as_either(directory, context) as opened:
            entry = find(opened, directory)
            if entry is None or not is_ours(entry, directory, context):
                return ()
            return tuple(grants.standing(opened, settings, recorded))
    except (DirectoryError, StepFailed):
        return ()  # as of what is recorded: it is told when its turn comes


def _left_by(wanted: Settings, revoked: Sequence[Change]) -> Iterator[str]:
    """Name the containers where the account to come loses its entries."""
    for change in revoked:
        record = GrantRecord.of(change)
        own = record.directory.sign_in_name == wanted.directory.sign_in_name
        kept = any(same(record.container, dn) for dn in wanted.scope.containers)
        if own and not kept:
            yield record.container


def _sid(opened: Connection, record: GrantRecord) -> Sid | None:
    """Give the account's SID; None where it went and none was noted."""
    if record.sid:
        return Sid.of(record.sid)
    entry = find(opened, record.directory)
    raw = entry.raw("objectSid") if entry else None
    return Sid.parse(raw) if raw else None
