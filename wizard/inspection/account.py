"""What the account may do: make the agent's account, or be it."""

from collections.abc import Iterator

from agent import descriptor
from agent.access import USER, Right, decide
from agent.accounts import own_sids
from agent.ace import Sid
from agent.descriptor import SecurityDescriptor
from agent.directory import Directory, DirectoryError, NoSuchObject
from agent.entries import sd_flags
from agent.excess import of_groups
from agent.findings import Level
from agent.secret import Secret
from agent.settings import Directory as DirectorySettings
from agent.trustees import Names
from wizard.checks import Check
from wizard.inspection.attempts import Failed
from wizard.steps.account import MARK, find
from wizard.steps.permissions import RIGHTS
from wizard.steps.signing_in import open_first

_SAMPLE = 50
_DACL = 4
_PEOPLE = "(&(objectCategory=person)(objectClass=user)(!(adminCount=1)))"
_NAME, _CONTAINER = "directory.account.name", "directory.account.container"


def check_account(
    settings: DirectorySettings, user: str, password: Secret, signed_in_as: str
) -> tuple[Check, ...]:
    """Judge the administrator who makes an account, or the account that is used."""
    try:
        with open_first(settings, user, password) as opened:
            if settings.account.kind == "new" and signed_in_as == "admin":
                return tuple(_administrator(opened, settings))
            if settings.account.kind == "existing":
                return tuple(_existing(opened, settings))
    except DirectoryError as error:
        return (Check("account", "Account", "failed", f"{error.what}.", error.remedy),)
    return ()


def _administrator(opened: Directory, settings: DirectorySettings) -> Iterator[Check]:
    container = settings.account.container or ""
    yield _row("container", f"New account in {container}", _creates(opened, container))
    yield _row("name", f"Name {settings.account.name}", _free(opened, settings))
    yield _row("grants", "Granting permissions", _may_grant(opened, settings))


def _creates(opened: Directory, container: str) -> str | Failed:
    wanted = ("allowedChildClassesEffective",)
    try:
        found = next(opened.search(container, "", wanted, scope="base", paged=False))
    except (NoSuchObject, StopIteration):
        said = f"There is no container {container}."
        return Failed(said, "Name a container that is there.", field=_CONTAINER)
    if "user" not in found.texts("allowedChildClassesEffective"):
        return Failed(
            "The administrator may not create users there.",
            "Name another container or another administrator.",
            field="input.admin_user",
        )
    return "The administrator may create it"


def _free(opened: Directory, settings: DirectorySettings) -> str | Failed:
    found = find(opened, settings)
    if found is None:
        return "It is free"
    if (found.text("info") or "").startswith(MARK):
        return Failed(
            f"{found.dn} is there from an earlier setup.",
            "It is taken over, with a new password.",
            state="warning",
        )
    return Failed(
        f"{found.dn} is there, and Writeback did not make it.",
        "Choose another name, or use it as an existing account.",
        field=_NAME,
    )


def _may_grant(opened: Directory, settings: DirectorySettings) -> str | Failed:
    wanted = ("sDRightsEffective",)
    head = settings.base_dn
    found = next(opened.search(head, "", wanted, scope="base", paged=False))
    if not (found.number("sDRightsEffective") or 0) & _DACL:
        return Failed(
            f"The administrator may not change the permissions of {head}.",
            "Those of a container may be enough; the plan fails cleanly if not.",
            state="warning",
        )
    return "The administrator may change permissions in the domain"


def _existing(opened: Directory, settings: DirectorySettings) -> Iterator[Check]:
    token = own_sids(opened)
    yield _row("excess", "Rights beyond the task", _excess(opened, settings, token))
    people = tuple(_descriptors(opened, settings.base_dn))
    for right in RIGHTS:
        held = sum(_allowed(each, token, right) for each in people)
        title = f"May {right.value.words}"
        yield _row(f"right/{right.name}", title, _held(held, len(people), settings))


def _held(held: int, people: int, settings: DirectorySettings) -> str | Failed:
    said = f"For {held} of {people} people looked at"
    if held == people and people:
        return said
    name = settings.account.name
    if held:
        remedy = "Scope decides: choose containers where it holds, or grant it there."
        return Failed(f"{said}.", remedy, state="warning")
    return Failed(
        f"{said}: {name} can't do it.",
        "Grant the right on the people's container, or let the wizard create an "
        "account with the rights it needs.",
        field=_NAME,
    )


def _excess(
    opened: Directory, settings: DirectorySettings, token: frozenset[Sid]
) -> str | Failed:
    names = Names(opened, settings.base_dn)
    found = tuple(of_groups(token, names))
    said = "; ".join(finding.title for finding in found)
    if all(finding.level is Level.OK for finding in found):
        return said
    return Failed(f"{said}.", found[0].remedy, state="warning")


def _descriptors(opened: Directory, base: str) -> Iterator[SecurityDescriptor]:
    wanted = ("nTSecurityDescriptor",)
    controls = (sd_flags(7),)
    for entry in opened.search(base, _PEOPLE, wanted, controls=controls, limit=_SAMPLE):
        raw = entry.raw("nTSecurityDescriptor")
        if raw is not None:
            yield descriptor.parse(raw)


def _allowed(found: SecurityDescriptor, token: frozenset[Sid], right: Right) -> bool:
    kinds = frozenset({USER})
    return decide(found, token, right, classes=kinds, self_sid=None).allowed


def _row(name: str, title: str, outcome: str | Failed) -> Check:
    if isinstance(outcome, str):
        return Check(f"account/{name}", title, "ok", outcome)
    return Check(
        f"account/{name}",
        title,
        outcome.state,
        outcome.detail,
        outcome.remedy,
        outcome.more,
        field=outcome.field,
    )
