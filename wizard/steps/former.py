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
from wizard.steps.account import MARK, delete, find
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
    others = [each for each in _made_before(context) if _name(each) != own]
    if not others:
        return
    with as_either(settings.directory, context) as opened:
        for directory in others:
            found = find(opened, directory)
            info = found.text("info") if found else None
            if found is None or not (info or "").startswith(MARK):
                continue  # it is gone, or somebody else's by now
            told = directory.model_dump(mode="json")
            before = {"dn": found.dn, "info": info, "directory": told}
            summary = f"Deletes the account {found.dn}, which is used no more"
            yield Change("former", summary, before, None, needs_admin=True, final=True)


def _made_before(context: Context) -> Sequence[DirectorySettings]:
    """Read from the sealed journals which accounts were made, and not deleted since."""
    if is_the_originals(context):
        return ()  # the journals are the original's too, and so is what they tell of
    found: dict[str, DirectorySettings] = {}
    for entry in journal.sealed(context.host.places.journal):
        change = entry.change
        if change.step not in ("account", "former"):
            continue
        if change.after is None:
            found.pop(_name(named(change.before)), None)
        elif change.after["kind"] == "new":
            directory = named(change.after)
            found[_name(directory)] = directory
    return tuple(found.values())


def _name(directory: DirectorySettings) -> str:
    return directory.sign_in_name.casefold()
