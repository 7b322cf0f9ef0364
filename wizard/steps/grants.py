"""The least permissions for the scope: single entries, added and taken back one by one.

A deny is never removed and nothing else of a permission list is touched. What is
effective already, by whatever entry, is not granted again.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from agent import descriptor
from agent.access import USER, Right, decide, grant_ace
from agent.ace import Ace, Sid
from agent.descriptor import DescriptorError, SecurityDescriptor
from agent.directory import Directory, DirectoryError, Entry, NoSuchObject, sd_flags
from agent.entries import Modification
from agent.settings import Directory as DirectorySettings
from agent.settings import Settings
from wizard import journal
from wizard.checks import Check
from wizard.plan import Change, Context, Facts, StepFailed
from wizard.steps.account import find, sid_of
from wizard.steps.signing_in import as_admin, as_agent, named

RIGHTS = (
    Right.RESET_PASSWORD,
    Right.WRITE_LOCKOUT_TIME,
    Right.WRITE_PWD_LAST_SET,
)
_PEOPLE = "(&(objectCategory=person)(objectClass=user)(!(adminCount=1)))"
_SAMPLE = 50
_DESCRIPTOR = "nTSecurityDescriptor"
_OWNER_GROUP_DACL, _DACL = 7, 4


class Grants:
    """Permissions of the agent's account on the containers of the scope."""

    name = "grants"

    def plan(
        self, wanted: Settings, context: Context, earlier: Sequence[Change]
    ) -> Sequence[Change]:
        missing = _still_missing(wanted, context, earlier)
        granted = [_grant(wanted, dn, rights) for dn, rights in missing if rights]
        return (*granted, *_revoked(wanted, context))

    def apply(self, change: Change, context: Context) -> Facts:
        facts = change.after or change.before
        directory = named(facts)
        assert facts is not None
        with as_admin(directory, context) as opened:
            known = facts.get("sid")  # of an account that may be gone by now
            sid = Sid.of(known) if known else sid_of(opened, directory)
            aces = [grant_ace(Right[name], sid) for name in facts["rights"]]
            edit = descriptor.remove_ace if change.after is None else _added
            _rewrite(opened, facts["container"], aces, edit)
        return {"container": facts["container"], "sid": str(sid)}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:
        facts = change.after or change.before
        directory = named(facts)
        assert facts is not None
        with as_admin(directory, context) as opened:
            known = made["sid"] if made else facts.get("sid")
            sid = Sid.of(known) if known else _sid_if_there(opened, directory)
            if sid is None:
                return  # no account: nothing was granted to it
            aces = [grant_ace(Right[name], sid) for name in facts["rights"]]
            edit = _added if change.after is None else descriptor.remove_ace
            try:
                _rewrite(opened, facts["container"], aces, edit)
            except NoSuchObject:
                return  # the container went, and the entries with it

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:
        try:
            missing = _missing(wanted, context)
        except (DirectoryError, StepFailed) as error:
            title = "Permissions of the agent's account"
            told, remedy = error.what, error.remedy
            return (Check("grants", title, "failed", told, remedy),)
        return [_row(container, rights) for container, rights in missing]


_Missing = list[tuple[str, tuple[Right, ...]]]


def _still_missing(
    wanted: Settings, context: Context, earlier: Sequence[Change]
) -> _Missing:
    account = next((c for c in earlier if c.step == "account"), None)
    if account is None or wanted.directory.account.kind == "existing":
        return _missing(wanted, context)
    if account.before is None:  # it is made: it has nothing yet
        return [(container, RIGHTS) for container in wanted.scope.containers]
    return _not_explicit(wanted, context)


def _not_explicit(wanted: Settings, context: Context) -> _Missing:
    """Look for an earlier setup's own entries; one can't sign in as its account yet."""
    with as_admin(wanted.directory, context) as opened:
        sid = sid_of(opened, wanted.directory)
        return [
            (dn, _without_entry(_read(opened, dn), sid))
            for dn in wanted.scope.containers
        ]


def _without_entry(here: SecurityDescriptor, sid: Sid) -> tuple[Right, ...]:
    return tuple(
        right for right in RIGHTS if not descriptor.has_ace(here, grant_ace(right, sid))
    )


def _missing(wanted: Settings, context: Context) -> _Missing:
    """Find the rights that the account lacks, for each container of the scope."""
    with as_agent(wanted.directory, context) as opened:
        token = _token(opened)
        own = sid_of(opened, wanted.directory)
        return [
            (dn, _lacking(opened, dn, token, own)) for dn in wanted.scope.containers
        ]


def _token(opened: Directory) -> frozenset[Sid]:
    """Read this sign-in's whole token, well-known groups included."""
    root = next(opened.search("", "", ("tokenGroups",), scope="base", paged=False))
    return frozenset(Sid.parse(raw) for raw in root.values("tokenGroups"))


def _lacking(
    opened: Directory, container: str, token: frozenset[Sid], own: Sid
) -> tuple[Right, ...]:
    """Judge by the people there, whatever entry gives them the right.

    Those whose inheritance is off do not count: no grant on a container reaches them.
    """
    here = _read(opened, container)
    people = [d for d in _descriptors(opened, container) if not d.protected]
    return tuple(
        right
        for right in RIGHTS
        if not descriptor.has_ace(here, grant_ace(right, own))
        and not (people and all(_allowed(found, token, right) for found in people))
    )


def _descriptors(opened: Directory, container: str) -> Iterator[SecurityDescriptor]:
    controls = (sd_flags(_OWNER_GROUP_DACL),)
    found = opened.search(
        container, _PEOPLE, (_DESCRIPTOR,), controls=controls, limit=_SAMPLE
    )
    for entry in found:
        raw = entry.raw(_DESCRIPTOR)
        if raw is not None:
            yield descriptor.parse(raw)


def _allowed(found: SecurityDescriptor, token: frozenset[Sid], right: Right) -> bool:
    kinds = frozenset({USER})
    return decide(found, token, right, classes=kinds, self_sid=None).allowed


def _grant(wanted: Settings, container: str, rights: Sequence[Right]) -> Change:
    account = wanted.directory.account.name
    summary = f"Grants {_count(rights)} to {account} on {container}"
    after = _facts(wanted.directory, container, rights)
    return Change("grants", summary, None, after, needs_admin=True)


def _revoked(wanted: Settings, context: Context) -> Iterator[Change]:
    """Take back what earlier plans granted and these settings do not ask for."""
    kept = {dn.casefold() for dn in wanted.scope.containers}
    own = wanted.directory.sign_in_name
    for facts in _granted_before(context):
        theirs = DirectorySettings.model_validate(facts["directory"])
        container = facts["container"]
        if container.casefold() in kept and theirs.sign_in_name == own:
            continue
        rights = [Right[name] for name in facts["rights"]]
        summary = f"Revokes {_count(rights)} of {theirs.account.name} on {container}"
        yield Change("grants", summary, facts, None, needs_admin=True)


def _granted_before(context: Context) -> list[Facts]:
    """Read from the sealed journals what is granted, to whom and where."""
    found: dict[tuple[str, str], Facts] = {}
    for entry in journal.sealed(context.host.places.journal):
        facts = entry.change.after or entry.change.before
        if entry.change.step != "grants" or facts is None or entry.made is None:
            continue
        sid = str(entry.made["sid"])
        key = (str(facts["container"]).casefold(), sid)
        earlier = found.pop(key, {"rights": []})
        if entry.change.after is not None:
            rights = [*earlier["rights"], *facts["rights"]]
            found[key] = {**facts, "rights": rights, "sid": sid}
    return list(found.values())


def _count(rights: Sequence[Right]) -> str:
    return "1 permission" if len(rights) == 1 else f"{len(rights)} permissions"


def _facts(
    directory: DirectorySettings, container: str, rights: Sequence[Right]
) -> dict[str, Any]:
    return {
        "container": container,
        "rights": [right.name for right in rights],
        "directory": directory.model_dump(mode="json"),
    }


def _row(container: str, missing: Sequence[Right]) -> Check:
    title = f"Permissions on {container}"
    if not missing:
        told = "Reset Password, write lockoutTime and write pwdLastSet are effective."
        return Check("grants", title, "ok", told)
    names = ", ".join(right.value.short for right in missing)
    remedy = "Apply the settings with an administrator's credentials."
    return Check("grants", title, "failed", f"Missing: {names}.", remedy)


def _added(here: SecurityDescriptor, ace: Ace) -> SecurityDescriptor:
    return descriptor.add_ace(here, ace)


def _rewrite(opened: Directory, container: str, aces: Sequence[Ace], edit: Any) -> None:
    """Read the container's list, edit it, write it, and read it back."""
    before = _read(opened, container)
    after = before
    for ace in aces:
        after = edit(after, ace)
    if after == before:
        return
    change = Modification("replace", _DESCRIPTOR, (after.to_bytes(),))
    opened.modify(container, (change,), (sd_flags(_DACL),))
    now = _read(opened, container)
    wanted = [descriptor.has_ace(after, ace) for ace in aces]
    if [descriptor.has_ace(now, ace) for ace in aces] != wanted:
        raise StepFailed(
            f"{opened.host} took the permissions of {container} but shows others.",
            "Look whether something else writes them, such as a script.",
        )


def _read(opened: Directory, container: str) -> SecurityDescriptor:
    controls = (sd_flags(_DACL),)
    found: Entry | None = next(
        opened.search(
            container, "", (_DESCRIPTOR,), scope="base", controls=controls, paged=False
        ),
        None,
    )
    raw = found.raw(_DESCRIPTOR) if found else None
    if raw is None:
        raise StepFailed(
            f"The permissions of {container} can't be read.",
            "Sign in with an account that may read and write them.",
        )
    try:
        return descriptor.parse(raw)
    except DescriptorError as error:
        told = f"The permissions of {container} can't be understood: {error}."
        raise StepFailed(told, "Look at them with dsacls.") from error


def _sid_if_there(opened: Directory, directory: DirectorySettings) -> Sid | None:
    found = find(opened, directory)
    raw = found.raw("objectSid") if found else None
    return Sid.parse(raw) if raw else None
