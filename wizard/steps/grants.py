"""The least permissions for the scope: single entries, added and taken back one by one.

A deny is never removed and nothing else of a permission list is touched. What is
effective already, by whatever entry, is not granted again.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from agent import descriptor
from agent.access import Right
from agent.accounts import own_sids
from agent.ace import Sid
from agent.directory import Directory, DirectoryError, NoSuchObject
from agent.dn import is_below, same
from agent.dn import parse as parse_dn
from agent.forecast import ANYBODY
from agent.grant import Grant
from agent.settings import Directory as DirectorySettings
from agent.settings import Settings
from wizard import journal
from wizard.checks import Check
from wizard.plan import Change, Context, Facts, StepFailed
from wizard.steps.account import find, sid_of
from wizard.steps.copied import is_the_originals
from wizard.steps.grant_rows import row_of
from wizard.steps.judging import Judged, judge
from wizard.steps.nesting import Places, places
from wizard.steps.permissions import refuse_protected, rewrite, rights_of
from wizard.steps.signing_in import as_admin, as_agent, finding, named


class Grants:
    """Permissions of the agent's account on the containers of the scope."""

    name = "grants"

    def plan(
        self, wanted: Settings, context: Context, earlier: Sequence[Change]
    ) -> Sequence[Change]:
        revoked = tuple(_revoked(wanted, context))
        losing = tuple(_left_by(wanted, revoked))
        lacking = _still_missing(wanted, context, earlier, losing)
        granted = [grant_change(wanted, dn, grants) for dn, grants in lacking if grants]
        return (*granted, *revoked)

    def plan_removal(
        self,
        settings: Settings | None,  # noqa: ARG002 - the journals tell what was granted
        context: Context,
    ) -> Sequence[Change]:
        if context.inputs.keep_account:
            return ()
        return [
            revoke_change(facts, facts["rights"]) for facts in granted_before(context)
        ]

    def apply(self, change: Change, context: Context) -> Facts:
        facts = change.after or change.before
        directory = named(facts)
        assert facts is not None
        with as_admin(directory, context) as opened:
            known = facts.get("sid")  # of an account that may be gone by now
            sid = Sid.of(known) if known else sid_of(opened, directory)
            aces = {Grant.of(name).ace(sid): name for name in facts["rights"]}
            edit = descriptor.remove_ace if change.after is None else descriptor.add_ace
            if change.after is not None:  # it may have become one since the plan
                refuse_protected(opened, facts["container"], directory.base_dn)
            done = rewrite(opened, facts["container"], tuple(aces), edit)
        names = [aces[ace] for ace in done]
        return {"container": facts["container"], "sid": str(sid), "rights": names}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:
        facts = change.after or change.before
        directory = named(facts)
        assert facts is not None
        with as_admin(directory, context) as opened:
            known = made["sid"] if made else facts.get("sid")
            sid = Sid.of(known) if known else _sid_if_there(opened, directory)
            if sid is None:
                return  # no account: nothing was granted to it
            names = (made or {}).get("rights", facts["rights"])
            aces = [Grant.of(name).ace(sid) for name in names]
            edit = descriptor.add_ace if change.after is None else descriptor.remove_ace
            try:
                rewrite(opened, facts["container"], aces, edit)
            except NoSuchObject:
                return  # the container went, and the entries with it

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:
        try:
            judged = _judged(wanted, context)
        except (DirectoryError, StepFailed) as error:
            title = "Permissions of the agent's account"
            return (finding("grants", title, error),)
        rights = rights_of(wanted.features)
        return [row_of(container, found, rights) for container, found in judged]


_Missing = list[tuple[str, tuple[Grant, ...]]]
_Judged = list[tuple[str, Judged]]


def _still_missing(
    wanted: Settings,
    context: Context,
    earlier: Sequence[Change],
    losing: Sequence[str],
) -> _Missing:
    account = next((c for c in earlier if c.step == "account"), None)
    if account is None or wanted.directory.account.kind == "existing":
        return missing(wanted, context, losing)
    return _before_sign_in(wanted, context, there=account.before is not None)


def _before_sign_in(wanted: Settings, context: Context, *, there: bool) -> _Missing:
    """Judge for an account that can't sign in yet: made now, or taken over.

    What it has as everybody does counts; its groups do not, as it will have none.
    """
    with as_admin(wanted.directory, context) as opened:
        own = sid_of(opened, wanted.directory) if there else None
        where = places(opened, wanted.scope.containers)
        return [
            (dn, _judge(opened, dn, wanted, where, token=ANYBODY, own=own).missing)
            for dn in where.containers
        ]


def missing(wanted: Settings, context: Context, losing: Sequence[str] = ()) -> _Missing:
    """Give the rights that an account which is there lacks, by container."""
    return [(dn, found.missing) for dn, found in _judged(wanted, context, losing)]


def _judged(wanted: Settings, context: Context, losing: Sequence[str] = ()) -> _Judged:
    """Judge what the account may do, for each container that gets entries.

    Args:
        wanted: the settings to come.
        context: this machine.
        losing: containers whose entries go: what comes from there does not count.

    """
    with as_agent(wanted.directory, context) as opened:
        token = own_sids(opened)
        own = sid_of(opened, wanted.directory)
        where = places(opened, wanted.scope.containers)
        found: _Judged = []
        for dn in where.containers:
            sids = token - _lost(dn, losing, own)
            judged = _judge(opened, dn, wanted, where, token=sids, own=own)
            found.append((dn, judged))
        return found


def _judge(
    opened: Directory,
    container: str,
    wanted: Settings,
    where: Places,
    *,
    token: frozenset[Sid],
    own: Sid | None,
) -> Judged:
    rights = rights_of(wanted.features)
    found = judge(opened, container, rights, where, token=token, own=own)
    if found.missing:
        refuse_protected(opened, container, wanted.directory.base_dn)
    return found


def _lost(container: str, losing: Sequence[str], own: Sid) -> frozenset[Sid]:
    """Leave out the account's own SID where what reaches people by it goes.

    It goes for some of them where the lost entries stand further down.
    """
    gone = any(
        is_below(container, lost) or is_below(lost, container) for lost in losing
    )
    return frozenset({own}) if gone else frozenset()


def grant_change(wanted: Settings, container: str, grants: Sequence[Grant]) -> Change:
    """Grant rights on a container to the account of the settings."""
    account = wanted.directory.account.name
    summary = f"Grants {_count(grants)} to {account} on {container}"
    after = _facts(wanted.directory, container, grants)
    return Change("grants", summary, None, after, needs_admin=True)


def _revoked(wanted: Settings, context: Context) -> Iterator[Change]:
    """Take back what earlier plans granted and these settings do not ask for."""
    own = wanted.directory.sign_in_name
    needed = rights_of(wanted.features)
    for facts in granted_before(context):
        kept = any(same(facts["container"], dn) for dn in wanted.scope.containers)
        ours = kept and named(facts).sign_in_name == own
        over = [
            name for name in facts["rights"] if not ours or _right(name) not in needed
        ]
        if over:
            yield revoke_change(facts, over)


def _right(name: str) -> Right:
    return Grant.of(name).right


def revoke_change(facts: Facts, rights: Sequence[str]) -> Change:
    """Take back some of what was granted on a container, by the names of `Grant`."""
    account = named(facts).account.name
    what = _count(rights)
    summary = f"Revokes {what} of {account} on {facts['container']}"
    before = {**facts, "rights": list(rights)}
    return Change("grants", summary, before, None, needs_admin=True)


def _left_by(wanted: Settings, revoked: Sequence[Change]) -> Iterator[str]:
    """Name the containers where the account to come loses its entries."""
    for change in revoked:
        assert change.before is not None
        container = change.before["container"]
        own = named(change.before).sign_in_name == wanted.directory.sign_in_name
        if own and not any(same(container, dn) for dn in wanted.scope.containers):
            yield container


def granted_before(context: Context) -> list[Facts]:
    """Read from the sealed journals what is granted, to whom and where."""
    if is_the_originals(context):
        return []  # the journals are the original's too, and so is what they tell of
    found: dict[tuple[object, str], Facts] = {}
    for entry in journal.sealed(context.host.places.journal):
        facts = entry.change.after or entry.change.before
        if entry.change.step != "grants" or facts is None or entry.made is None:
            continue
        sid = str(entry.made["sid"])
        key = (parse_dn(facts["container"]), sid)
        earlier = found.pop(key, {"rights": []})["rights"]
        gone = entry.change.after is None
        # what stood there already is not ours; journals of old do not tell
        added = [] if gone else entry.made.get("rights", facts["rights"])
        over = facts["rights"] if gone else added  # somebody else had removed those
        rights = [*(name for name in earlier if name not in over), *added]
        if rights:
            found[key] = {**facts, "rights": rights, "sid": sid}
    return list(found.values())


def _count(rights: Sequence[object]) -> str:
    return "1 permission" if len(rights) == 1 else f"{len(rights)} permissions"


def _facts(
    directory: DirectorySettings, container: str, grants: Sequence[Grant]
) -> dict[str, Any]:
    return {
        "container": container,
        "rights": [grant.name for grant in grants],
        "directory": directory.model_dump(mode="json"),
    }


def _sid_if_there(opened: Directory, directory: DirectorySettings) -> Sid | None:
    found = find(opened, directory)
    raw = found.raw("objectSid") if found else None
    return Sid.parse(raw) if raw else None
