"""The outcome of a check in one line: how many rows it has, and of which state."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wire.text import Text, plural
from wizard.ui.formatting import tr
from wizard.ui.frame.notice import Action, Notice

if TYPE_CHECKING:
    from wizard.checks.outcome import Outcome
    from wizard.results import Check, State
    from wizard.ui.outcomes import PageOutcome

_COUNTED = ("ok", "warning", "failed")


def state_of(outcome: Outcome) -> State:
    """Give the worst state of an outcome's rows."""
    if outcome.failed:
        return "failed"
    return "warning" if outcome.warnings else "ok"


def sum_up(outcome: Outcome) -> Text:
    """Say how many checks there were, and how many of them are not in order."""
    total = len(_counted(outcome))
    failed, warnings = len(outcome.failed), len(outcome.warnings)
    if not total:
        return Text("There was nothing to check")
    if failed == total:
        return plural("{count} check failed", "{count} checks failed", failed)
    if failed:
        return plural(
            "{count} of {total} checks failed",
            "{count} of {total} checks failed",
            failed,
            total=total,
        )
    if warnings:
        return plural(
            "{count} of {total} checks has a warning",
            "{count} of {total} checks have a warning",
            warnings,
            total=total,
        )
    return plural("{count} check passed", "{count} checks passed", total)


def _counted(outcome: Outcome) -> tuple[Check, ...]:
    return tuple(check for check in outcome.checks if check.state in _COUNTED)


def notice_before(known: PageOutcome, details: Callable[[], Any]) -> Notice:
    """Tell on the page that follows what the check came to."""
    outcome, rail = sum_up(known.outcome), known.page.rail
    text = Text("{page}: {outcome}", page=rail, outcome=outcome)
    action = Action(tr("Details"), details)
    return Notice(state_of(known.outcome), text, known.ms, (action,))
