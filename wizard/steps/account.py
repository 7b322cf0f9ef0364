"""The directory account that the agent signs in with: a new one, or one that is there.

A new account is marked in its `info` attribute with the plan that made it, or took it
over, so that undo after a crash knows it from one of the same name that somebody else
made, and a server from one that another server took over.
"""

from collections.abc import Sequence
from typing import Any

from agent.acl.sid import Sid
from agent.config.secret_store import DIRECTORY_PASSWORD
from agent.config.settings import DirectorySettings, Settings
from agent.ldap.entry import Entry
from agent.ldap.errors import DirectoryError, SignInRefused
from wizard.directory.account_history import is_ours
from wizard.directory.accounts import (
    MARK,
    create,
    find,
    needed,
    new_password,
    take_over,
)
from wizard.directory.sign_in import (
    as_admin,
    as_agent,
    as_either,
    finding,
    named,
    stored_password,
)
from wizard.enrolment.clone import REKEY, is_the_originals
from wizard.host.stored_secrets import keep_previous, previous, put_back, trouble
from wizard.plan.change import Change, Context, Facts, StepFailed
from wizard.results import Check

PREVIOUS = previous(DIRECTORY_PASSWORD)


class Account:
    """Makes the account, or stores the password of an existing one."""

    name = "account"

    def plan(
        self,
        wanted: Settings,
        context: Context,
        earlier: Sequence[Change],  # noqa: ARG002 - it depends on none
    ) -> Sequence[Change]:
        directory = wanted.directory
        if directory.account.kind == "existing":
            return _plan_existing(directory, context)
        with as_either(directory, context) as opened:
            found = find(opened, directory)
        if found is not None and is_the_originals(context):
            raise StepFailed(
                f"This machine is a copy, and the original signs in as {found.dn}.",
                REKEY,
            )
        if found is not None and _works(directory, context):
            return ()
        stored = context.host.secrets.holds(DIRECTORY_PASSWORD)
        return (_plan_new(directory, found, stored=stored),)

    def plan_removal(
        self, settings: Settings | None, context: Context
    ) -> Sequence[Change]:
        keeps = settings is None or context.inputs.keep_account
        if settings is None or keeps or settings.directory.account.kind == "existing":
            return ()
        if is_the_originals(context):
            return ()
        with as_either(settings.directory, context) as opened:
            found = find(opened, settings.directory)
        if found is None or not is_ours(found, settings.directory, context):
            return ()
        directory = settings.directory.model_dump(mode="json")
        before = {"dn": found.dn, "info": found.text("info"), "directory": directory}
        summary = f"Deletes the account {found.dn}"
        removal = Change("account", summary, before, None, needs_admin=True, final=True)
        return (removal,)

    def apply(self, change: Change, context: Context) -> Facts:
        if change.after is None:
            return delete(change, context)
        if change.after["kind"] == "existing":
            return _store(context)
        password = new_password()
        keep_previous(DIRECTORY_PASSWORD, context.host.secrets)
        context.host.secrets.put(DIRECTORY_PASSWORD, password)
        directory = named(change.after)
        with as_admin(directory, context) as opened:
            if change.before is None:
                create(opened, directory, password, context.plan_id)
            else:
                take_over(opened, change.before, password, context.plan_id)
            return _facts(needed(opened, directory))

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:
        assert change.after is not None
        secrets, stored = context.host.secrets, change.after["stored"]
        begun = secrets.holds(PREVIOUS if stored else DIRECTORY_PASSWORD)
        if not begun:
            return  # cut off before anything was done: the secret comes first
        if change.after["kind"] == "new" and change.before is None:
            self._remove(change, made, context)
        elif takes_over(change) and _in_force(change, made, context):
            secrets.remove(PREVIOUS)
            return
        if stored:
            put_back(DIRECTORY_PASSWORD, context.host.secrets)
        else:
            secrets.remove(DIRECTORY_PASSWORD)

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:
        title = f"Sign-in as {wanted.directory.sign_in_name}"
        why = trouble(DIRECTORY_PASSWORD, context.host.secrets)
        if why:
            remedy = "Run writeback repair, which has the password replaced."
            return (Check("account", title, "failed", f"{why}.", remedy),)
        try:
            with as_agent(wanted.directory, context) as opened:
                told = f"{opened.host} let it in."
        except (DirectoryError, StepFailed) as error:
            return (finding("account", title, error),)
        return (Check("account", title, "ok", told),)

    @staticmethod
    def _remove(change: Change, made: Facts | None, context: Context) -> None:
        directory = named(change.after)
        with as_admin(directory, context) as opened:
            found = find(opened, directory)
            marked = found and found.text("info") == f"{MARK}{context.plan_id}"
            if found is None or not (marked or made):
                return  # it was never made, or another of that name was first
            if not marked:
                raise StepFailed(
                    f"{found.dn} was changed since, or was made by somebody else.",
                    "Look at the account and remove it by hand if it is not used.",
                )
            opened.delete(found.dn)


def takes_over(change: Change) -> bool:
    """Say whether a change sets a new password to an account that is there."""
    made = change.step == Account.name and change.after is not None
    return made and change.before is not None and "dn" in change.before


def _in_force(change: Change, made: Facts | None, context: Context) -> bool:
    """Say whether an installation goes on with the password that was set.

    The directory does not go back to the old one, which may be known to nobody.

    Raises:
        DirectoryError: it was cut off, and nobody tells which password it is.

    """
    directory = named(change.after)
    settings = context.host.read(context.host.places.settings)
    if settings is None or stored_password(directory, context) is None:
        return False
    try:
        if made is None:
            as_agent(directory, context).close()
    except SignInRefused:
        return False
    return True


def delete(change: Change, context: Context) -> Facts:
    """Delete the account that was planned, and no other that has its name by now."""
    assert change.before is not None
    directory = named(change.before)
    with as_admin(directory, context) as opened:
        found = find(opened, directory)
        if found is None or found.text("info") != change.before["info"]:
            return {"told": "It was not there any more."}
        opened.delete(found.dn)
    return {}


def _plan_new(
    directory: DirectorySettings, found: Entry | None, *, stored: bool
) -> Change:
    name, container = directory.account.name, directory.account.container
    after = _after(directory, stored=stored)
    if found is None:
        summary = f"Creates the account {name} in {container}"
        return Change("account", summary, None, after, needs_admin=True)
    info = found.text("info") or ""
    if not info.startswith(MARK):
        raise StepFailed(
            f"There is an account {name} already, and Writeback did not make it.",
            "Choose another name, or use it as an existing account.",
        )
    summary = f"Takes over the account {name} of an earlier setup: sets a new password"
    before = {"dn": found.dn, "info": info}
    return Change("account", summary, before, after, needs_admin=True)


def _plan_existing(
    directory: DirectorySettings, context: Context
) -> tuple[Change, ...]:
    given = context.inputs.account_password
    stored = context.host.secrets.holds(DIRECTORY_PASSWORD)
    in_force = stored_password(directory, context)
    if given is None and in_force is None:
        raise StepFailed(
            f"The password of {directory.account.name} is needed.",
            "Give it; it is kept in the secret store of this machine only.",
            "account_password",
        )
    if given is None or given == in_force:
        return ()
    after = _after(directory, stored=stored)
    summary = f"Stores the password of {directory.account.name} in the secret store"
    before = {"kind": "existing"} if stored else None
    return (Change("account", summary, before, after),)


def _after(directory: DirectorySettings, *, stored: bool) -> dict[str, Any]:
    """Tell what comes, and whether a password was stored before, of use or not."""
    return {
        "kind": directory.account.kind,
        "directory": directory.model_dump(mode="json"),
        "stored": stored,
    }


def _store(context: Context) -> Facts:
    password = context.inputs.account_password
    if password is None:
        raise StepFailed("The account's password was not given.", "Give it again.")
    keep_previous(DIRECTORY_PASSWORD, context.host.secrets)
    context.host.secrets.put(DIRECTORY_PASSWORD, password)
    return {}


def _works(directory: DirectorySettings, context: Context) -> bool:
    if stored_password(directory, context) is None:
        return False
    try:
        as_agent(directory, context).close()
    except DirectoryError:
        return False
    return True


def _facts(found: Entry) -> dict[str, Any]:
    guid, sid = found.guid("objectGUID"), found.raw("objectSid")
    facts = {"dn": found.dn, "objectGUID": str(guid), "info": found.text("info")}
    return facts | ({"sid": str(Sid.parse(sid))} if sid else {})
