"""Which accounts this machine made, and by which mark each is still the one it made.

Another server may have taken one over since: it writes a mark of its own.
"""

from collections.abc import Sequence

from agent.settings import Directory as DirectorySettings
from wizard import journal
from wizard.plan import Context
from wizard.steps.copied import is_the_originals
from wizard.steps.signing_in import named


def made_before(context: Context) -> Sequence[tuple[DirectorySettings, str]]:
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
            found.pop(name_of(named(change.before)), None)
        elif change.after["kind"] == "new":
            directory = named(change.after)
            mark = str((entry.made or {}).get("info") or "")
            found[name_of(directory)] = directory, mark
    return tuple(found.values())


def name_of(directory: DirectorySettings) -> str:
    """Give the name by which accounts are told apart; Active Directory folds case."""
    return directory.sign_in_name.casefold()
