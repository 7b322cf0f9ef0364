"""Permissions alone: what to grant or take back, entry by entry, and how to tell it.

For an installation that stands, and for places where another team owns the
directory: the same entries as a plan, as a table and as a file to hand over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from agent import dn
from agent.ace import Ace, AceFlag, Sid, UnknownAce, sddl
from agent.directory import Directory, NoSuchObject
from agent.grant import Grant, dsacls_line, powershell, powershell_revoke, words
from agent.settings import Settings
from agent.trustees import Names
from wizard.plan import Change, Context, Facts, StepFailed
from wizard.steps.account import sid_of
from wizard.steps.granted import granted_before, located, reached
from wizard.steps.grants import (
    grant_change,
    missing,
    revoke_change,
)
from wizard.steps.permissions import read
from wizard.steps.signing_in import as_agent, stored_password


@dataclass(frozen=True)
class Entry:
    """One access control entry, as a table and other tools show it.

    Attributes:
        container: on which it stands.
        trustee: the account.
        sid: the account's.
        allows: what for, in a few words.
        right: the whole entry in words.
        sddl: the entry in SDDL (MS-DTYP 2.5.1).
        dsacls: the command that adds it.
        powershell: the same with the ActiveDirectory module.
        take_back: PowerShell that removes this entry and no other.

    """

    container: str
    trustee: str
    sid: str
    allows: str
    right: str
    sddl: str
    dsacls: str
    powershell: str
    take_back: str

    def as_dict(self) -> dict[str, str]:
        """Give it as JSON takes it."""
        return asdict(self)


@dataclass(frozen=True)
class Left:
    """An entry for the account that Writeback did not add, and leaves alone."""

    container: str
    words: str


@dataclass(frozen=True)
class Revocation:
    """What is taken back, and what is left.

    Attributes:
        changes: the entries that earlier plans added and that still are there.
        left: other entries for the account on the same containers.

    """

    changes: tuple[Change, ...]
    left: tuple[Left, ...]


def plan_grant(settings: Settings, context: Context) -> tuple[Change, ...]:
    """Say what is missing for the scope; nothing is taken back.

    What is effective already, by whatever entry, is not granted again; a deny stays.

    Raises:
        StepFailed, DirectoryError: it can't be said; with the remedy.

    """
    _refuse_unmade(settings, context)
    lacking = missing(settings, context)
    return tuple(
        grant_change(settings, container, grants)
        for container, grants in lacking
        if grants
    )


def _refuse_unmade(settings: Settings, context: Context) -> None:
    """Refuse an account that is to be made: without a SID there is no entry for it."""
    directory = settings.directory
    known = context.inputs.account_password or stored_password(directory, context)
    if directory.account.kind == "new" and known is None:
        raise StepFailed(
            f"{directory.sign_in_name} is not made by a setup of this machine yet.",
            "Install first: that makes the account and grants it what it needs.",
        )


def plan_revoke(settings: Settings, context: Context) -> Revocation:
    """Say what earlier plans granted to the account, and still is as they left it.

    Raises:
        StepFailed, DirectoryError: it can't be said; with the remedy.

    """
    _refuse_unmade(settings, context)
    with as_agent(settings.directory, context) as opened:
        own = sid_of(opened, settings.directory)
        ours = [
            located(opened, reached(facts, settings.directory))
            for facts in granted_before(context)
            if facts["sid"] == str(own)
        ]
        changes = tuple(_still_there(opened, ours))
        written = (*(f["container"] for f in ours), *settings.scope.containers)
        places = {dn.parse(name): name for name in written}
        names = Names(opened, settings.directory.base_dn)
        left = tuple(_left(opened, tuple(places.values()), own, changes, names))
    return Revocation(changes, left)


def entries(
    changes: Sequence[Change], settings: Settings, context: Context
) -> tuple[Entry, ...]:
    """Give each entry of a plan by itself.

    Raises:
        StepFailed, DirectoryError: the account's SID can't be read.

    """
    if not changes:
        return ()
    with as_agent(settings.directory, context) as opened:
        sid = sid_of(opened, settings.directory)
    trustee = settings.directory.sign_in_name
    return tuple(
        _entry(str(facts["container"]), trustee, Grant.of(name), sid)
        for change in changes
        if (facts := change.after or change.before)
        for name in facts["rights"]
    )


def hand_over(found: Sequence[Entry], settings: Settings) -> str:
    """Write what another team needs: what, why, how, how to take it back, to check."""
    account = settings.directory.sign_in_name
    parts = [
        f"Permissions for password writeback in {settings.directory.domain}",
        "=" * 60,
        "",
        f"{account} brings passwords that people reset in the cloud home to Active",
        "Directory. It needs the entries below and no others: each allows one thing,",
        "on the people below one container. Nothing is removed or denied.",
        "",
    ]
    for number, entry in enumerate(found, 1):
        parts += [f"{number}. {entry.right}", f"   on {entry.container}", ""]
    parts += _section("SDDL of each entry", (entry.sddl for entry in found))
    parts += _section("dsacls", (entry.dsacls for entry in found))
    module = "Import-Module ActiveDirectory"
    add = (entry.powershell for entry in found)
    parts += _section("PowerShell, instead of dsacls", (module, *add))
    back = (entry.take_back for entry in found)
    title = "To take the same entries back; dsacls /R would take all of the account's"
    parts += _section(title, (module, *back))
    check = ("writeback permissions check",)
    parts += _section("To check, on the server with the agent", check)
    return "\n".join(parts)


def _section(title: str, lines: Iterator[str] | Sequence[str]) -> list[str]:
    return [title, "-" * len(title), *lines, ""]


def _entry(container: str, trustee: str, grant: Grant, sid: Sid) -> Entry:
    ace = grant.ace(sid)
    return Entry(
        container=container,
        trustee=trustee,
        sid=str(sid),
        allows=grant.right.value.words,
        right=words(ace, name_of=lambda _: trustee),
        sddl=sddl(ace),
        dsacls=dsacls_line(ace, trustee, container),
        powershell=powershell(ace, container),
        take_back=powershell_revoke(ace, container),
    )


def _aces(opened: Directory, container: str) -> tuple[Ace | UnknownAce, ...]:
    try:
        found = read(opened, container)
    except NoSuchObject:
        return ()  # it went, and its entries with it
    return found.dacl.aces if found.dacl else ()


def _still_there(opened: Directory, ours: Sequence[Facts]) -> Iterator[Change]:
    for facts in ours:
        there = _aces(opened, facts["container"])
        sid = Sid.of(facts["sid"])
        rights = [n for n in facts["rights"] if Grant.of(n).ace(sid) in there]
        if rights:
            yield revoke_change(facts, rights)


def _left(
    opened: Directory,
    containers: Sequence[str],
    own: Sid,
    changes: Sequence[Change],
    names: Names,
) -> Iterator[Left]:
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
                yield Left(container, words(ace, name_of=names))
