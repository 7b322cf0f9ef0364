"""How a plan that failed is told: what failed, what was taken back, what remains."""

from agent.config.errors import SettingsError
from wire.failure import Failure
from wire.text import Text, listed, plural
from wizard.enrolment.used_code import code_after
from wizard.errors import reason
from wizard.plan.change import GIVE_UP, ApplyError, Stuck
from wizard.results import Check
from wizard.ui.formatting import say


def as_apply_error(error: BaseException) -> ApplyError:
    """Give what ended a plan; any other error was none of its changes'."""
    if isinstance(error, ApplyError):
        return error
    return ApplyError(None, reason(error), (), ())


def changes_made(count: int) -> Text:
    """Say of a plan that it is carried out."""
    return plural("{count} change made.", "{count} changes made.", count)


def ended(error: BaseException, *, begun: bool) -> Text:
    """Say what state the server is in; `begun`: a change was, as far as was heard."""
    plan = as_apply_error(error)
    if plan.rest:
        return plural(
            "{count} change still to be done; nothing can be rolled back any more.",
            "{count} changes still to be done; nothing can be rolled back any more.",
            len(plan.rest),
        )
    if plan.stuck:
        return plural(
            "{count} change could not be rolled back; what remains is below.",
            "{count} changes could not be rolled back; what remains is below.",
            len(plan.stuck),
        )
    if plan.undone:
        return plural(
            "{count} change rolled back. This server is as before.",
            "{count} changes rolled back. This server is as before.",
            len(plan.undone),
        )
    if begun and not isinstance(error, ApplyError):
        return Text("It is not known what was changed.")  # nobody was left to say it
    return Text("Nothing was changed.")


_NOT_MADE = Text("The changes were not made")
_WHEN_READY = Text("Try again when you are ready; your answers are kept.")


def describe_failure(error: BaseException, remedy: str = "") -> tuple[Check, ...]:
    """Tell what failed and what remains, a row each; `remedy` where not as usual."""
    plan, (detail, own) = as_apply_error(error), row_of(error)
    if isinstance(error, ApplyError) and error.was_stopped:
        remedy = _with_code(_WHEN_READY, error)
        return (Check("stopped", _NOT_MADE, "info", detail, remedy),)
    first = Check(
        id="failed",
        title=plan.failed.summary if plan.failed else _NOT_MADE,
        state="failed",
        detail=detail,
        remedy=remedy or own or _remedy(plan),
    )
    retry = Text(
        "Undo it by hand, or roll back again. {otherwise}",
        otherwise=GIVE_UP,
    )
    remains = (stuck_row(Text("Remains"), item, retry) for item in plan.stuck)
    return (first, *remains)


def not_rolled_back(count: int) -> Text:
    """Say how many changes remain, where a list names them."""
    return plural(
        "{count} change could not be rolled back.",
        "{count} changes could not be rolled back.",
        count,
    )


def stuck_row(title: Text, item: Stuck, remedy: Text) -> Check:
    """Tell of a change that could not be taken back as a row."""
    text = Text("{change}: {why}", change=item.change.summary, why=item.reason)
    return Check("stuck", title, "failed", text, remedy)


def row_of(error: BaseException) -> tuple[str, str]:
    """Give what happened and the remedy; of an error that is none of ours its kind."""
    if isinstance(error, SettingsError):
        problems = (
            Text("{path}: {rule}", path=each.path, rule=each.message)
            for each in error.problems
        )
        return listed(problems), error.remedy
    if isinstance(error, Failure):
        return error.statement, error.remedy
    return reason(error), ""


def wording(error: BaseException) -> str:
    """Put an error into words, with what to do; of others, as they say it."""
    if isinstance(error, Failure):
        return say(error.whole)
    return str(error)


def _remedy(plan: ApplyError) -> Text:
    if plan.rest:
        return Text(
            "Fix the cause and finish it: here, at the next start of the wizard, or by "
            "writeback rollback. {otherwise}",
            otherwise=GIVE_UP,
        )
    if plan.stuck:
        return Text("Roll back what remains first, then fix the cause and begin anew.")
    return _with_code(Text("Fix the cause and try again; your answers are kept."), plan)


def _with_code(again: Text, plan: ApplyError) -> Text:
    """Say that the enrolment code is used up, where it is."""
    code = code_after(plan.undone)
    return listed((again, code), " ") if code else again
