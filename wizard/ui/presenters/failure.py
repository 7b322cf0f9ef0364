"""How a plan that failed is told: what failed, what was taken back, what remains."""

from typing import Any

from wizard.plan.change import ApplyError
from wizard.results import Check
from wizard.ui.formatting import tr, tr_n


def parts(error: BaseException, name: str) -> tuple[Any, ...]:
    """Give a part of an ApplyError; nothing for an error that has none."""
    return tuple(getattr(error, name, ()) or ())


def ended(error: BaseException, *, begun: bool) -> str:
    """Say in one line what state the server is in.

    Args:
        error: what ended the plan.
        begun: a change was begun, as far as was heard.

    """
    rest, undone, stuck = (parts(error, name) for name in ("rest", "undone", "stuck"))
    if rest:
        return tr_n(
            "%n change(s) still to be done; nothing can be taken back.", len(rest)
        )
    if stuck:
        return tr_n("%n change(s) could not be taken back; see below.", len(stuck))
    if undone:
        return tr_n("%n change(s) taken back. This server is as before.", len(undone))
    if begun and not isinstance(error, ApplyError):
        return tr("It is not known what was changed.")  # nobody was left to say it
    return tr("Nothing was changed.")


def describe_failure(error: BaseException, remedy: str = "") -> tuple[Check, ...]:
    """Tell what failed, what was taken back and what remains, a row each.

    Args:
        error: what ended the plan.
        remedy: what to do, where not as usual.

    """
    failed, own = getattr(error, "failed", None), str(getattr(error, "remedy", ""))
    reason = str(getattr(error, "reason", "") or error)
    first = Check(
        id="failed",
        title=failed.summary if failed else tr("The changes were not made"),
        state="failed",
        detail=reason.removesuffix(own).strip(),
        remedy=remedy or own or _remedy(error),
    )
    remains = tuple(
        Check(
            id="stuck",
            title=tr("Remains"),
            state="failed",
            detail=stuck_text(item),
            remedy=tr("Take it back by hand, or start the wizard again to retry."),
        )
        for item in parts(error, "stuck")
    )
    return (first, *remains)


def _remedy(error: BaseException) -> str:
    if parts(error, "rest"):
        return tr(
            "Mend the cause; the wizard offers to finish it at the next start, and "
            "writeback rollback does."
        )
    return tr("Mend the cause, go Back and try again; your answers are kept.")


def stuck_text(item: Any) -> str:
    """Give what remains of one change in words (`plan.Stuck`)."""
    return tr("{summary}: {reason}").format(
        summary=item.change.summary, reason=item.reason
    )
