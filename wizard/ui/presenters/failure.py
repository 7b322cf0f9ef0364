"""How a plan that failed is told: what failed, what was taken back, what remains."""

from agent.config.errors import SettingsError
from wire.failure import Failure
from wizard.errors import reason
from wizard.plan.change import ApplyError
from wizard.results import Check
from wizard.ui.formatting import tr, tr_n


def as_apply_error(error: BaseException) -> ApplyError:
    """Give what ended a plan; any other error was none of its changes'."""
    if isinstance(error, ApplyError):
        return error
    return ApplyError(None, reason(error), (), ())


def ended(error: BaseException, *, begun: bool) -> str:
    """Say in one line what state the server is in.

    Args:
        error: what ended the plan.
        begun: a change was begun, as far as was heard.

    """
    plan = as_apply_error(error)
    if plan.rest:
        return tr_n(
            "%n change(s) still to be done; nothing can be taken back.", len(plan.rest)
        )
    if plan.stuck:
        return tr_n("%n change(s) could not be taken back; see below.", len(plan.stuck))
    if plan.undone:
        return tr_n(
            "%n change(s) taken back. This server is as before.", len(plan.undone)
        )
    if begun and not isinstance(error, ApplyError):
        return tr("It is not known what was changed.")  # nobody was left to say it
    return tr("Nothing was changed.")


def describe_failure(error: BaseException, remedy: str = "") -> tuple[Check, ...]:
    """Tell what failed, what was taken back and what remains, a row each.

    Args:
        error: what ended the plan.
        remedy: what to do, where not as usual.

    """
    plan, (detail, own) = as_apply_error(error), row_of(error)
    first = Check(
        id="failed",
        title=plan.failed.summary if plan.failed else tr("The changes were not made"),
        state="failed",
        detail=detail,
        remedy=remedy or own or _remedy(plan),
    )
    remains = tuple(
        Check(
            id="stuck",
            title=tr("Remains"),
            state="failed",
            detail=str(item),
            remedy=tr("Take it back by hand, or start the wizard again to retry."),
        )
        for item in plan.stuck
    )
    return (first, *remains)


def row_of(error: BaseException) -> tuple[str, str]:
    """Give what happened and the remedy; of an error that is none of ours its kind."""
    if isinstance(error, SettingsError):
        return "; ".join(str(problem) for problem in error.problems), error.remedy
    if isinstance(error, Failure):
        return error.statement, error.remedy
    return reason(error), ""


def _remedy(plan: ApplyError) -> str:
    if plan.rest:
        return tr(
            "Mend the cause; the wizard offers to finish it at the next start, and "
            "writeback rollback does."
        )
    return tr("Mend the cause, go Back and try again; your answers are kept.")
