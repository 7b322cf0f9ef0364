"""Deletes the account that the agent had before, where an earlier plan made it.

It goes last, when the agent serves with its other account: it would stay in the
directory as somebody's who has a password, and nobody would look after it.
"""

from collections.abc import Iterator, Sequence

from agent.config.settings import DirectorySettings, Settings
from agent.ldap.connection import Connection
from agent.ldap.entry import Entry
from wire.text import Text
from wizard.directory.accounts import find, has_own_mark, marked, of_another
from wizard.directory.sign_in import as_either, reached_now
from wizard.plan import history
from wizard.plan.change import Begun, Change, Context, Facts
from wizard.plan.step import Step, Target
from wizard.steps.account import Account, delete, deletion


class OldAccount(Step):
    """Takes away the accounts of earlier plans that these settings do not name."""

    name = "former"

    def plan(self, target: Target) -> Sequence[Change]:
        if not target.changes_of(Account.name):
            return ()
        return tuple(_deletions(target.settings, target.context))

    def plan_removal(self, context: Context) -> Sequence[Change]:
        if context.inputs.keep_account:
            return ()
        settings = context.settings
        if settings is None:
            return tuple(_all(context))
        known = tuple(_deletions(settings, context))
        return (*known, *_marked(settings, context, known))

    def stays(self, context: Context) -> Sequence[Text]:
        settings = context.settings
        if settings is None or context.inputs.keep_account:
            return ()
        own = settings.directory.account.name.casefold()
        with as_either(settings.directory, context) as opened:
            return [
                of_another(entry)
                for entry in marked(opened, settings.directory.base_dn)
                if not has_own_mark(entry, context) and _name(entry) != own
            ]

    def apply(self, change: Change, context: Context) -> Facts:
        return delete(change, context)

    def left(self, begun: Begun, context: Context) -> Text:
        return Account().left(begun, context)


def _deletions(settings: Settings, context: Context) -> Iterator[Change]:
    own = history.account_key(settings.directory)
    made = history.made_accounts(context)
    others = [each for each in made if history.account_key(each.directory) != own]
    if not others:
        return
    with as_either(settings.directory, context) as opened:
        for account in others:
            directory = reached_now(account.directory, settings.directory)
            for entry in _ours(opened, directory, account.mark):
                summary = Text(
                    "Deletes the account {dn}, which is used no more", dn=entry.dn
                )
                yield deletion(OldAccount.name, entry, directory, summary)


def _marked(
    settings: Settings, context: Context, known: Sequence[Change]
) -> Iterator[Change]:
    """Delete what else has a mark of this machine, as of a plan that was taken back."""
    if context.belongs_to_original:
        return
    own = settings.directory.account.name.casefold()
    there = {change.before["dn"] for change in known if change.before}
    with as_either(settings.directory, context) as opened:
        for entry in marked(opened, settings.directory.base_dn):
            ours = has_own_mark(entry, context) and entry.dn not in there
            if ours and _name(entry) != own:
                directory = _directory_of(entry, settings.directory)
                summary = Text(
                    "Deletes the account {dn}, which is used no more", dn=entry.dn
                )
                yield deletion(OldAccount.name, entry, directory, summary)


def _name(entry: Entry) -> str:
    return (entry.text("sAMAccountName") or "").casefold()


def _directory_of(entry: Entry, today: DirectorySettings) -> DirectorySettings:
    """Reach an account that was found by its mark, as a deletion finds it again."""
    name = {"kind": "new", "name": entry.text("sAMAccountName") or ""}
    account = today.account.model_copy(update=name)
    return today.model_copy(update={"account": account})


def _all(context: Context) -> Iterator[Change]:
    """Delete every account that was made: no settings tell which one is used."""
    for account in history.made_accounts(context):
        with as_either(account.directory, context) as opened:
            for entry in _ours(opened, account.directory, account.mark):
                summary = Text("Deletes the account {dn}", dn=entry.dn)
                yield deletion(OldAccount.name, entry, account.directory, summary)


def _ours(
    opened: Connection, directory: DirectorySettings, mark: str
) -> Iterator[Entry]:
    entry = find(opened, directory)
    info = entry.text("info") if entry else None
    if entry is not None and info and info == mark:  # else it is gone, or another's
        yield entry
