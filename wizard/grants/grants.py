"""Grants planned by themselves: what to grant or revoke, entry by entry.

For an installation that stands, and for places where another team owns the
directory: the same entries as a plan, as a table and as a file to hand over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agent.acl.ace import Ace, AceFlag, UnknownAce
from agent.acl.ace_text import words
from agent.acl.rights import Right
from agent.acl.sddl import sddl
from agent.acl.sid import Sid
from agent.active_directory.users import own_sids
from agent.config.settings import Scope, Settings
from agent.ldap import dn
from agent.ldap.connection import Connection
from agent.ldap.dn import is_below
from agent.ldap.errors import NoSuchObject
from wire.text import Text, plural, verbatim
from wizard.directory.accounts import sid_of
from wizard.directory.sign_in import as_agent, stored_password
from wizard.grants.acl import descriptor_of, refuse_protected, rights_of
from wizard.grants.effective_rights import ContainerRights, judge
from wizard.grants.grant_commands import dsacls_line, powershell, powershell_revoke
from wizard.grants.grant_history import (
    guid_of,
    located,
    rights_held,
    with_current_base,
)
from wizard.grants.grant_targets import GrantTargets, grant_targets
from wizard.grants.policy_grant import (
    POLICIES,
    lacks_policies,
    policy_container,
    stands,
)
from wizard.permissions.grant import KINDS, Grant
from wizard.permissions.held_rights import TASK
from wizard.permissions.sid_names import Names
from wizard.plan.change import Change, Context, Plan, StepFailed
from wizard.plan.history import GrantRecord, granted

_Judged = list[tuple[str, ContainerRights]]


@dataclass(frozen=True)
class AccessEntry:
    """One access control entry, as a table and other tools show it.

    Beside the words stand its SDDL (MS-DTYP 2.5.1), the command of dsacls and of the
    ActiveDirectory module that adds it, and the one that takes it and no other back.
    """

    container: str
    trustee: str
    sid: str
    allows: Text
    right: Text
    sddl: str
    dsacls: str
    powershell: str
    take_back: str


@dataclass(frozen=True)
class ForeignEntry:
    """An entry for the account that Writeback did not add, and leaves alone."""

    container: str
    words: Text


@dataclass(frozen=True)
class Revocation:
    """What earlier plans added and is taken back, and what others added and is left."""

    plan: Plan
    left: tuple[ForeignEntry, ...]


def plan_grant(settings: Settings, context: Context) -> tuple[Change, ...]:
    """Say what is missing for the scope; nothing is taken back.

    What is effective already, by whatever entry, is not granted again; a deny stays.
    Raises `StepFailed` or `DirectoryError`, with the remedy, where it can't be said.
    """
    _refuse_unmade(settings, context)
    return tuple(
        grant_change(settings, container, grants)
        for container, grants in missing(settings, context)
        if grants
    )


def _refuse_unmade(settings: Settings, context: Context) -> None:
    """Refuse an account that is to be made: without a SID there is no entry for it."""
    directory = settings.directory
    known = context.inputs.account_password or stored_password(directory, context)
    if directory.account.kind == "new" and known is None:
        name = directory.sign_in_name
        raise StepFailed(
            Text("{account} is not made by a setup of this machine yet.", account=name),
            Text("Install first: that makes the account and grants it what it needs."),
        )


def plan_revoke(settings: Settings, context: Context) -> Revocation:
    """Say what earlier plans granted to the account, and still is as they left it.

    Raises `StepFailed` or `DirectoryError`, with the remedy, where it can't be said.
    """
    _refuse_unmade(settings, context)
    with as_agent(settings.directory, context) as opened:
        own = sid_of(opened, settings.directory)
        ours = [
            located(opened, with_current_base(record, settings.directory))
            for record in granted(context)
            if record.sid == str(own)
        ]
        changes = tuple(_still_there(opened, ours))
        written = (*(record.container for record in ours), *settings.scope.containers)
        places = {dn.parse(name): name for name in written}
        names = Names(opened, settings.directory.base_dn)
        left = tuple(_left(opened, tuple(places.values()), own, changes, names))
    return Revocation(Plan(settings, changes), left)


def entries(
    changes: Sequence[Change], settings: Settings, context: Context
) -> tuple[AccessEntry, ...]:
    """Give each entry of a plan by itself.

    Raises `StepFailed` or `DirectoryError` where the account's SID can't be read.
    """
    if not changes:
        return ()
    with as_agent(settings.directory, context) as opened:
        sid = sid_of(opened, settings.directory)
    trustee = settings.directory.sign_in_name
    return tuple(
        _entry(record.container, trustee, Grant.of(name), sid)
        for record in map(GrantRecord.of, changes)
        for name in record.rights
    )


def _entry(container: str, trustee: str, grant: Grant, sid: Sid) -> AccessEntry:
    ace = grant.ace(sid)
    return AccessEntry(
        container=container,
        trustee=trustee,
        sid=str(sid),
        allows=verbatim(grant.right.value.words),
        right=verbatim(words(ace, name_of=lambda _: trustee)),
        sddl=sddl(ace),
        dsacls=dsacls_line(ace, trustee, container),
        powershell=powershell(ace, container),
        take_back=powershell_revoke(ace, container),
    )


def _aces(opened: Connection, container: str) -> tuple[Ace | UnknownAce, ...]:
    try:
        descriptor = descriptor_of(opened, container)
    except NoSuchObject:
        return ()  # it went, and its entries with it
    return descriptor.dacl.aces if descriptor.dacl else ()


def _still_there(opened: Connection, ours: Sequence[GrantRecord]) -> Iterator[Change]:
    for record in ours:
        there, sid = _aces(opened, record.container), Sid.of(record.sid)
        rights = [n for n in record.rights if Grant.of(n).ace(sid) in there]
        if rights:
            yield revoke_change(record, rights)


def _left(
    opened: Connection,
    containers: Sequence[str],
    own: Sid,
    changes: Sequence[Change],
    names: Names,
) -> Iterator[ForeignEntry]:
    for container in containers:
        taken = [
            Grant.of(name).ace(own)
            for change in changes
            if change.before and dn.same(change.before["container"], container)
            for name in change.before["rights"]
        ]
        for ace in _aces(opened, container):
            about = isinstance(ace, Ace) and ace.sid == own and ace not in taken
            if about and not ace.flags & AceFlag.INHERITED:
                yield ForeignEntry(container, verbatim(words(ace, name_of=names)))


def standing(
    opened: Connection, settings: Settings, recorded: Sequence[GrantRecord]
) -> Iterator[GrantRecord]:
    """Find entries of the form of grants for the account, which no record tells of."""
    own = sid_of(opened, settings.directory)
    possible = [
        Grant(right, kind) for right in (*TASK, Right.CHANGE_PASSWORD) for kind in KINDS
    ]
    places = dict.fromkeys(settings.scope.containers, possible)
    if settings.features.read_password_settings and stands(opened, settings, own):
        places[policy_container(settings)] = [POLICIES]
    for container, possible in places.items():
        known = rights_held(recorded, container, str(own))
        there = _aces(opened, container)
        names = tuple(
            grant.name
            for grant in possible
            if grant.name not in known and grant.ace(own) in there
        )
        if names:
            guid = guid_of(opened, container)
            yield GrantRecord(
                settings.directory, container, names, sid=str(own), guid=guid
            )


def missing(
    wanted: Settings, context: Context, losing: Sequence[str] = ()
) -> list[tuple[str, tuple[Grant, ...]]]:
    """Give the rights that an account which is there lacks, by container."""
    judged = judged_scope(wanted, context, losing)
    lacking = [(container, rights.missing) for container, rights in judged]
    with as_agent(wanted.directory, context) as opened:
        if lacks_policies(opened, wanted, own_sids(opened)):
            lacking.append((policy_container(wanted), (POLICIES,)))
    return lacking


def judged_scope(
    wanted: Settings, context: Context, losing: Sequence[str] = ()
) -> _Judged:
    """Judge what the account may do, for each container that gets entries.

    The entries of containers in `losing` go: what comes from there does not count.
    """
    with as_agent(wanted.directory, context) as opened:
        token = own_sids(opened)
        own = sid_of(opened, wanted.directory)
        where = grant_targets(opened, wanted.scope)
        rights: _Judged = []
        for dn in where.containers:
            sids = token - _lost(dn, losing, own)
            judged = judge_scope(opened, dn, wanted, where, token=sids, own=own)
            rights.append((dn, judged))
        return rights


def judge_scope(
    opened: Connection,
    container: str,
    wanted: Settings,
    where: GrantTargets,
    *,
    token: frozenset[Sid],
    own: Sid | None,
) -> ContainerRights:
    rights = rights_of(wanted.features)
    judged = judge(opened, container, rights, where, token=token, own=own)
    if judged.missing:
        refuse_protected(opened, container, wanted.directory.base_dn)
    return judged


def _lost(container: str, losing: Sequence[str], own: Sid) -> frozenset[Sid]:
    """Leave out the account's own SID where what reaches people by it goes.

    It goes for some of them where the lost entries stand further down.
    """
    gone = any(
        is_below(container, lost) or is_below(lost, container) for lost in losing
    )
    return frozenset({own}) if gone else frozenset()


def grant_change(
    wanted: Settings,
    container: str,
    grants: Sequence[Grant],
    stood: Sequence[Grant] = (),
) -> Change:
    """Grant rights on a container to the account of the settings.

    `stood` is what an earlier setup granted, and this machine will take back.
    """
    on = {"account": wanted.directory.account.name, "container": container}
    granted, kept = _count(grants), _count(stood)
    if not stood:
        summary = Text(
            "Grants {granted} to {account} on {container}", granted=granted, **on
        )
    elif grants:
        summary = Text(
            "Grants {granted} to {account} on {container}, and reuses {kept} of an "
            "earlier setup",
            granted=granted,
            kept=kept,
            **on,
        )
    else:
        summary = Text(
            "Reuses {kept} of an earlier setup, of {account} on {container}",
            kept=kept,
            **on,
        )
    summary = _with_excluded(summary, wanted.scope, container)
    rights, taken_over = (tuple(each.name for each in part) for part in (grants, stood))
    record = GrantRecord(wanted.directory, container, rights, taken_over)
    return Change("grants", summary, None, record.facts(), needs_admin=True)


def _with_excluded(summary: Text, scope: Scope, container: str) -> Text:
    """Say too that a grant reaches into excluded containers: no entry denies it."""
    reached = sum(is_below(each, container) for each in scope.exclude_containers)
    if not reached:
        return summary
    return Text(
        "{grants}; {count} excluded container below inherits it, where the agent "
        "refuses all the same",
        many="{grants}; {count} excluded containers below inherit it, where the agent "
        "refuses all the same",
        count=reached,
        grants=summary,
    )


def revoke_change(record: GrantRecord, rights: Sequence[str]) -> Change:
    """Take back some of what was granted on a container, by the names of `Grant`."""
    summary = Text(
        "Revokes {revoked} of {account} on {container}",
        revoked=_count(rights),
        account=record.directory.account.name,
        container=record.container,
    )
    before = replace(record, rights=tuple(rights)).facts()
    return Change("grants", summary, before, None, needs_admin=True)


def _count(rights: Sequence[object]) -> Text:
    return plural("{count} permission", "{count} permissions", len(rights))
