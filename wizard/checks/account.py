"""What the account may do: make the agent's account, or be it."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.acl.descriptor import SecurityDescriptor
from agent.acl.descriptor_reader import Unreadable, decide_once
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.active_directory.users import own_sids
from agent.config.settings import DirectorySettings
from agent.ldap.connection import Connection, read_entry
from agent.ldap.errors import DirectoryError, NoSuchObject
from wire.secret import Secret
from wire.text import Text, listed, verbatim
from wizard.checks.attempt import Failed
from wizard.directory.accounts import find
from wizard.directory.sign_in import open_first
from wizard.grants.effective_rights import decided_for, descriptors
from wizard.permissions.excess_rights import of_groups
from wizard.permissions.findings import Level
from wizard.permissions.grant import KINDS, Grant
from wizard.permissions.held_rights import TASK
from wizard.permissions.sid_names import Names
from wizard.plan.history import MARK
from wizard.results import Check

_DACL = 4
_NAME, _CONTAINER = "directory.account.name", "directory.account.container"


def check_account(
    settings: DirectorySettings,
    user: str,
    password: Secret,
    signed_in_as: str,
    stop: threading.Event,
) -> tuple[Check, ...]:
    """Judge the administrator who makes an account, or the account that is used."""
    try:
        with open_first(settings, user, password) as opened:
            if settings.account.kind == "new" and signed_in_as == "admin":
                return tuple(_administrator(opened, settings))
            if settings.account.kind == "existing":
                return tuple(_existing(opened, settings, stop))
    except DirectoryError as error:
        detail, remedy = Text("{what}.", what=error.what), verbatim(error.remedy)
        return (Check("account", "Account", "failed", detail, remedy),)
    return ()


def _administrator(opened: Connection, settings: DirectorySettings) -> Iterator[Check]:
    container = settings.account.container or ""
    title = Text("New account in {container}", container=container)
    yield _row("container", title, _creates(opened, container))
    title = Text("Name {name}", name=settings.account.name)
    yield _row("name", title, _free(opened, settings))
    yield _row("grants", Text("Granting permissions"), _may_grant(opened, settings))


def _creates(opened: Connection, container: str) -> Text | Failed:
    classes = "allowedChildClassesEffective"
    try:
        entry = read_entry(opened, container, (classes,))
    except NoSuchObject:
        entry = None
    if entry is None:
        detail = Text("There is no container {container}.", container=container)
        return Failed(detail, Text("Name a container that is there."), field=_CONTAINER)
    if "user" not in entry.texts(classes):
        return Failed(
            Text("The administrator may not create user objects there."),
            Text("Name another container or another administrator."),
            field="input.admin_user",
        )
    return Text("The administrator may create it")


def _free(opened: Connection, settings: DirectorySettings) -> Text | Failed:
    entry = find(opened, settings)
    if entry is None:
        return Text("It is free")
    if (entry.text("info") or "").startswith(MARK):
        return Failed(
            Text("{dn} is there from an earlier setup.", dn=entry.dn),
            Text("It is reused, with a new password."),
            state="warning",
        )
    return Failed(
        Text("{dn} is there, and Writeback did not make it.", dn=entry.dn),
        Text("Choose another name, or use it as an existing account."),
        field=_NAME,
    )


def _may_grant(opened: Connection, settings: DirectorySettings) -> Text | Failed:
    wanted = ("sDRightsEffective",)
    head = settings.base_dn
    entry = next(opened.search(head, "", wanted, scope="base", paged=False))
    if not (entry.number("sDRightsEffective") or 0) & _DACL:
        return Failed(
            Text("The administrator may not change the permissions of {dn}.", dn=head),
            Text("Those of a container may be enough; the plan fails cleanly if not."),
            state="warning",
        )
    return Text("The administrator may change permissions in the domain")


def _existing(
    opened: Connection, settings: DirectorySettings, stop: threading.Event
) -> Iterator[Check]:
    token = own_sids(opened)
    title = Text("Rights beyond the task")
    yield _row("excess", title, _excess(opened, settings, token))
    everybody = _look_at_everybody(opened, settings.base_dn, token, stop)
    if stop.is_set():
        detail = Text("Not looked at: stopped.")
        yield Check("account/rights", "What it may do", "skipped", detail)
        return
    for right in TASK:
        title = Text("May {right}", right=right.value.words)
        yield _row(f"right/{right.name}", title, _held(everybody, right, settings))


@dataclass
class _Everybody:
    """For how many people it has each right, those AdminSDHolder protects left out.

    The list of `unknown` people, such as `example`, is hidden or not understood.
    """

    people: int = 0
    held: Counter[Right] = field(default_factory=Counter)
    unknown: int = 0
    example: str = ""


def _look_at_everybody(
    opened: Connection, base: str, token: frozenset[Sid], stop: threading.Event
) -> _Everybody:
    @decide_once
    def held(descriptor: SecurityDescriptor, kind: str) -> tuple[Right, ...]:
        return tuple(
            right
            for right in TASK
            if decided_for(descriptor, token, Grant(right, kind)).allowed
        )

    everybody = _Everybody()
    for kind in KINDS:
        for dn, raw in descriptors(opened, base, kind):
            if stop.is_set():
                return everybody
            everybody.people += 1
            rights = held(raw, kind)
            if isinstance(rights, Unreadable):
                everybody.unknown += 1
                everybody.example = everybody.example or dn
            else:
                everybody.held.update(rights)
    return everybody


def _held(
    everybody: _Everybody, right: Right, settings: DirectorySettings
) -> Text | Failed:
    held, people = everybody.held[right], everybody.people
    detail = Text("For {held} of {people} people", held=held, people=people)
    if held == people and people:
        return detail
    if everybody.unknown:
        detail = Text(
            "{detail}, not known for {unknown} such as {example}",
            detail=detail,
            unknown=everybody.unknown,
            example=everybody.example,
        )
    name = settings.account.name
    if held:
        remedy = Text(
            "Scope decides: choose containers where it holds, or grant it there."
        )
        return Failed(Text("{detail}.", detail=detail), remedy, state="warning")
    return Failed(
        Text("{detail}: {name} can't do it.", detail=detail, name=name),
        Text(
            "Grant the right on the people's container, or let the wizard create an "
            "account with the rights it needs."
        ),
        field=_NAME,
    )


def _excess(
    opened: Connection, settings: DirectorySettings, token: frozenset[Sid]
) -> Text | Failed:
    names = Names(opened, settings.base_dn)
    findings = tuple(of_groups(token, names))
    detail = listed(finding.title for finding in findings)
    if all(finding.level is Level.OK for finding in findings):
        return detail
    return Failed(Text("{detail}.", detail=detail), findings[0].remedy, state="warning")


def _row(name: str, title: Text, outcome: Text | Failed) -> Check:
    if isinstance(outcome, Text):
        return Check(f"account/{name}", title, "ok", outcome)
    return outcome.check(f"account/{name}", title)
