"""Deletes the account that the agent had before, where an earlier plan made it.

It goes last, when the agent serves with its other account: it would stay in the
directory as somebody's who has a password, and nobody would look after it.
"""

from collections.abc import Iterator, Sequence

from agent.config.settings import DirectorySettings, Settings
from agent.ldap.connection import Connection
from wizard.directory.account_history import made_before, name_of
from wizard.directory.accounts import find
from wizard.directory.sign_in import as_either, reached_now
from wizard.plan.change import Change, Context, Facts
from wizard.results import Check
from wizard.steps.account import delete


class OldAccount:
    """Takes away the accounts of earlier plans that these settings do not name."""

    name = "former"

    def plan(
        self, wanted: Settings, context: Context, earlier: Sequence[Change]
    ) -> Sequence[Change]:
        if not any(change.step == "account" for change in earlier):
            return ()
        return tuple(_deletions(wanted, context))

    def plan_removal(
        self, settings: Settings | None, context: Context
    ) -> Sequence[Change]:
        if context.inputs.keep_account:
            return ()
        if settings is None:
            return tuple(_all(context))
        return tuple(_deletions(settings, context))

    def apply(self, change: Change, context: Context) -> Facts:
        return delete(change, context)

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:
        """Do nothing: from this change on a plan only goes forward."""

    def verify(
        self,
        wanted: Settings,  # noqa: ARG002 - a removal takes what is left
        context: Context,  # noqa: ARG002
    ) -> Sequence[Check]:
        return ()


def _deletions(settings: Settings, context: Context) -> Iterator[Change]:
    own = settings.directory.sign_in_name.casefold()
    others = [each for each in made_before(context) if name_of(each[0]) != own]
    if not others:
        return
    with as_either(settings.directory, context) as opened:
        for known, mark in others:
            directory = reached_now(known, settings.directory)
            yield from _deletion(opened, directory, mark, ", which is used no more")


def _all(context: Context) -> Iterator[Change]:
    """Delete every account that was made: no settings tell which one is used."""
    for directory, mark in made_before(context):
        with as_either(directory, context) as opened:
            yield from _deletion(opened, directory, mark, "")


def _deletion(
    opened: Connection, directory: DirectorySettings, mark: str, why: str
) -> Iterator[Change]:
    found = find(opened, directory)
    info = found.text("info") if found else None
    if found is None or not info or info != mark:
        return  # it is gone, or somebody else's by now
    told = directory.model_dump(mode="json")
    before = {"dn": found.dn, "info": info, "directory": told}
    summary = f"Deletes the account {found.dn}{why}"
    yield Change("former", summary, before, None, needs_admin=True, final=True)
