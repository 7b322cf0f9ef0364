"""The directory account that the agent signs in with: a new one, or one that is there.

A new account is marked in its `info` attribute with the plan that made it, or took it
over, so that undo after a crash knows it from one of the same name that somebody else
made, and a server from one that another server took over.
"""

from collections.abc import Sequence
from typing import Any

from agent.acl.sid import Sid
from agent.config.secret_store import DIRECTORY_PASSWORD
from agent.config.settings import DirectorySettings
from agent.ldap.entry import Entry
from agent.ldap.errors import DirectoryError, SignInRefused
from wire.text import Text
from wizard.directory import accounts
from wizard.directory.sign_in import (
    as_admin,
    as_agent,
    as_either,
    finding,
    stored_password,
)
from wizard.enrolment.clone import REKEY
from wizard.host.stored_secrets import keep_previous, previous, take_back, trouble
from wizard.plan.change import Begun, Change, Context, Facts, StepFailed
from wizard.plan.history import MARK
from wizard.plan.step import Restart, Step, Target
from wizard.results import Check
from wizard.steps.account_change import AccountChange, Act

PREVIOUS = previous(DIRECTORY_PASSWORD)


class Account(Step):
    """Makes the account, or stores the password of an existing one."""

    name = "account"
    restart = Restart.RESTART

    def plan(self, target: Target) -> Sequence[Change]:
        directory, context = target.settings.directory, target.context
        if directory.account.kind == "existing":
            return _plan_existing(directory, context)
        with as_either(directory, context) as opened:
            entry = accounts.find(opened, directory)
        if entry is not None and context.belongs_to_original:
            what = Text(
                "This machine is a copy, and the original signs in as {dn}.",
                dn=entry.dn,
            )
            raise StepFailed(what, REKEY)
        if entry is not None and _works(directory, context):
            return ()
        stored = context.host.secrets.holds(DIRECTORY_PASSWORD)
        return (_plan_new(directory, entry, stored=stored),)

    def plan_removal(self, context: Context) -> Sequence[Change]:
        settings = context.settings
        if settings is None or context.inputs.keep_account:
            return ()
        directory = settings.directory
        if directory.account.kind == "existing" or context.belongs_to_original:
            return ()
        with as_either(directory, context) as opened:
            entry = accounts.find(opened, directory)
        if entry is None or not accounts.is_ours(entry, directory, context):
            return ()
        summary = Text("Deletes the account {dn}", dn=entry.dn)
        return (deletion(self.name, entry, directory, summary),)

    def stays(self, context: Context) -> Sequence[Text]:
        if context.settings is None:
            return ()
        directory = context.settings.directory
        name = directory.account.name
        if context.inputs.keep_account:
            return (
                Text(
                    "The account {name} and its permissions in Active Directory.",
                    name=name,
                ),
            )
        if directory.account.kind == "existing":
            return (Text("The account {name}, which was there before.", name=name),)
        if context.belongs_to_original:
            return (Text("The account {name}: it is the original's.", name=name),)
        with as_either(directory, context) as opened:
            entry = accounts.find(opened, directory)
        if entry is None or accounts.is_ours(entry, directory, context):
            return ()
        return (accounts.of_another(entry),)

    def apply(self, change: Change, context: Context) -> Facts:
        planned = AccountChange.of(change)
        if planned.act is Act.DELETE:
            return delete(change, context)
        if planned.act is Act.STORE:
            return _store(context)
        password = accounts.new_password()
        # where no controller lets in, nothing is begun
        with as_admin(planned.directory, context) as opened:
            keep_previous(DIRECTORY_PASSWORD, context.host.secrets)
            context.host.secrets.put(DIRECTORY_PASSWORD, password)
            if planned.act is Act.CREATE:
                accounts.create(opened, planned.directory, password, context.plan_id)
            else:
                accounts.take_over(opened, planned.entry, password, context.plan_id)
            return _facts(accounts.needed(opened, planned.directory))

    def undo(self, begun: Begun, context: Context) -> None:
        secrets, planned = context.host.secrets, AccountChange.of(begun.change)
        if not secrets.holds(PREVIOUS if planned.stored else DIRECTORY_PASSWORD):
            return  # cut off before anything was done: the secret comes first
        if planned.act is Act.CREATE:
            _remove(planned.directory, begun.made, context)
        elif planned.act is Act.TAKE_OVER:
            with as_admin(planned.directory, context) as opened:
                accounts.give_back(
                    opened, planned.directory, planned.entry, context.plan_id
                )
            if _in_force(planned.directory, begun.made, context):
                secrets.remove(PREVIOUS)
                return
        take_back(DIRECTORY_PASSWORD, secrets, replaced=planned.stored)

    def reversal(self, change: Change) -> Text:
        facts = change.after
        if facts is None:
            return super().reversal(change)
        if facts.get("kind") == "existing":
            return Text("Puts back the password that was stored before, if one was.")
        if change.before is None:
            return Text("Deletes the account, by the mark of this run in its info.")
        return Text("Puts back its mark; its password stays the new one.")

    def left(self, begun: Begun, context: Context) -> Text:
        planned = AccountChange.of(begun.change)
        name, domain = planned.directory.account.name, planned.directory.domain
        if planned.act is Act.STORE:
            return Text("The password of {name} in the secret store.", name=name)
        if planned.act is Act.CREATE:
            return Text(
                "The account {name} in {domain}, if it was made: its info is {mark}.",
                name=name,
                domain=domain,
                mark=f"{MARK}{context.plan_id}",
            )
        dn = planned.entry["dn"]
        if planned.act is Act.DELETE:
            return Text("The account {dn} in {domain}.", dn=dn, domain=domain)
        return Text(
            "The account {dn} in {domain}, perhaps with a password of this machine.",
            dn=dn,
            domain=domain,
        )

    def verify(self, target: Target) -> Sequence[Check]:
        directory, context = target.settings.directory, target.context
        title = Text("Sign-in as {account}", account=directory.sign_in_name)
        why = trouble(DIRECTORY_PASSWORD, context.host.secrets)
        if why:
            remedy = Text("Run writeback repair, which has the password replaced.")
            return (Check(self.name, title, "failed", Text("{why}.", why=why), remedy),)
        try:
            with as_agent(directory, context) as opened:
                detail = Text("{host} accepts it.", host=opened.host)
        except (DirectoryError, StepFailed) as error:
            return (finding(self.name, title, error),)
        return (Check(self.name, title, "ok", detail),)


def _remove(directory: DirectorySettings, made: Facts | None, context: Context) -> None:
    """Delete the account that this plan made, and no other of its name."""
    with as_admin(directory, context) as opened:
        entry = accounts.find(opened, directory)
        marked = entry and entry.text("info") == f"{MARK}{context.plan_id}"
        if entry is None or not (marked or made):
            return  # it was never made, or another of that name was first
        if not marked:
            raise StepFailed(
                Text(
                    "{dn} was changed since, or was made by somebody else.", dn=entry.dn
                ),
                Text("Look at the account and remove it by hand if it is not used."),
            )
        opened.delete(entry.dn)


def sets_password(change: Change) -> bool:
    """Say whether a change sets a new password to an account that is there."""
    ours = change.step == Account.name
    return ours and AccountChange.of(change).act is Act.TAKE_OVER


def _in_force(
    directory: DirectorySettings, made: Facts | None, context: Context
) -> bool:
    """Say whether an installation goes on with the password that was set.

    The directory does not go back to the old one, which may be known to nobody.
    DirectoryError: it was cut off, and nobody tells which password it is.
    """
    settings = context.host.read(context.host.places.settings)
    if settings is None or stored_password(directory, context) is None:
        return False
    try:
        if made is None:
            as_agent(directory, context).close()
    except SignInRefused:
        return False
    return True


def deletion(
    step: str, entry: Entry, directory: DirectorySettings, summary: Text
) -> Change:
    """Plan to delete an account as it is marked now."""
    where = directory.model_dump(mode="json")
    before = {"dn": entry.dn, "info": entry.text("info"), "directory": where}
    return Change(step, summary, before, None, needs_admin=True, final=True)


def delete(change: Change, context: Context) -> Facts:
    """Delete the account that was planned, and no other that has its name by now."""
    planned = AccountChange.of(change)
    with as_admin(planned.directory, context) as opened:
        entry = accounts.find(opened, planned.directory)
        if entry is None or entry.text("info") != planned.entry["info"]:
            return {"told": Text("It was not there any more.")}
        opened.delete(entry.dn)
    return {}


def _plan_new(
    directory: DirectorySettings, entry: Entry | None, *, stored: bool
) -> Change:
    name, container = directory.account.name, directory.account.container
    after = _after(directory, stored=stored)
    if entry is None:
        summary = Text(
            "Creates the account {name} in {container}",
            name=name,
            container=container or "",
        )
        return Change("account", summary, None, after, needs_admin=True)
    info = entry.text("info") or ""
    if not info.startswith(MARK):
        what = Text(
            "There is an account {name} already, and Writeback did not make it.",
            name=name,
        )
        remedy = Text("Choose another name, or use it as an existing account.")
        raise StepFailed(what, remedy)
    summary = Text(
        "Reuses the account {name} of an earlier setup: sets a new password",
        name=name,
    )
    before = {"dn": entry.dn, "info": info}
    return Change("account", summary, before, after, needs_admin=True)


def _plan_existing(
    directory: DirectorySettings, context: Context
) -> tuple[Change, ...]:
    password = context.inputs.account_password
    stored = context.host.secrets.holds(DIRECTORY_PASSWORD)
    in_force = stored_password(directory, context)
    if password is None and in_force is None:
        what = Text(
            "The password of {account} is needed.", account=directory.account.name
        )
        remedy = Text("Give it; it is kept in the secret store of this machine only.")
        raise StepFailed(what, remedy, "account_password")
    if password is None or password == in_force:
        return ()
    after = _after(directory, stored=stored)
    summary = Text(
        "Stores the password of {account} in the secret store",
        account=directory.account.name,
    )
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
        remedy = Text("Give it again.")
        raise StepFailed(Text("The account's password was not given."), remedy)
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


def _facts(entry: Entry) -> dict[str, Any]:
    guid, sid = entry.guid("objectGUID"), entry.raw("objectSid")
    facts = {"dn": entry.dn, "objectGUID": str(guid), "info": entry.text("info")}
    return facts | ({"sid": str(Sid.parse(sid))} if sid else {})
