"""Deletes the account that the agent had before, where an earlier plan made it.

It goes last, when the agent serves with its other account: it would stay in the
directory as somebody's who has a password, and nobody would look after it.
"""

from collections.abc import Iterator, Sequence

from agent.settings import Directory as DirectorySettings
from agent.settings import Settings
from wizard import journal
from wizard.checks import Check
from wizard.plan import Change, Context, Facts
from wizard.steps.account import delete, find
from wizard.steps.copied import is_the_originals
from wizard.steps.signing_in import as_either, named


class FormerAccount:
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
        if settings is None or context.inputs.keep_account:
            return ()
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
    others = [each for each in _made_before(context) if _name(each[0]) != own]
    if not others:
        return
    with as_either(settings.directory, context) as opened:
        for directory, mark in others:
            found = find(opened, directory)
            info = found.text("info") if found else None
            if found is None or not info or info != mark:
                continue  # it is gone, or somebody else's by now
            told = directory.model_dump(mode="json")
            before = {"dn": found.dn, "info": info, "directory": told}
            summary = f"Deletes the account {found.dn}, which is used no more"
            yield Change("former", summary, before, None, needs_admin=True, final=True)


def _made_before(context: Context) -> Sequence[tuple[DirectorySettings, str]]:
    """Read from the sealed journals which accounts were made, and not deleted since.

    Each with its mark, by which it is still the one that this machine made.
    """
    if is_the_originals(context):
        return ()  # the journals are the original's too, and so is what they tell of
    found: dict[str, tuple[DirectorySettings, str]] = {}
    for entry in journal.sealed(context.host.places.journal):
        change = entry.change
        if change.step not in ("account", "former"):
            continue
        if change.after is None:
            found.pop(_name(named(change.before)), None)
        elif change.after["kind"] == "new":
            directory = named(change.after)
            mark = str((entry.made or {}).get("info") or "")
            found[_name(directory)] = directory, mark
    return tuple(found.values())


def _name(directory: DirectorySettings) -> str:
    return directory.sign_in_name.casefold()
