"""What a run that was cut off leaves to be done, and whether it can be."""

from contextlib import suppress

from agent.ldap.errors import DirectoryError
from wizard.directory.sign_in import prove_admin
from wizard.plan import journal
from wizard.plan.change import Change, Context, directory_of
from wizard.plan.journal import Journal
from wizard.results import Recovery


def to_recover(found: Journal) -> list[Change]:
    """Give what a recovery takes back, or finishes where it can only go forward."""
    if found.forward:
        return [change for _, change in found.rest()]
    return [entry.change for entry in found.begun()]


def prove_for(found: Journal, context: Context) -> None:
    """Refuse a wrong password once; each change would try it, until it is locked out.

    Without an administrator, or a controller that answers, what needs none is taken
    back all the same, and the rest is told as stuck.

    Raises:
        StepFailed: the administrator was not let in.

    """
    needing = [change for change in to_recover(found) if change.needs_admin]
    if needing and context.inputs.admin is not None:
        with suppress(DirectoryError):
            prove_admin(directory_of(needing[0].after or needing[0].before), context)


def recovery_of(found: journal.Journal) -> Recovery:
    changes = to_recover(found)
    return Recovery(
        started=found.started,
        changes=tuple(change.summary for change in changes),
        needs_admin=any(change.needs_admin for change in changes),
        forward=found.forward,
        removal=found.removal,
    )
