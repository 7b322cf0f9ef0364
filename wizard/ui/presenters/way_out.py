"""What can be done where changes failed: the steps that a page offers in its bar."""

from collections.abc import Callable, Sequence
from typing import Any

from wizard.flow.pages.credentials import administrator
from wizard.plan.change import ApplyError, StepFailed
from wizard.results import State
from wizard.ui.formatting import tr
from wizard.ui.frame.notice import Action, Notice

USER, PASSWORD = (field.path for field in administrator())


def is_for_another_administrator(error: BaseException, *, needed: bool) -> bool:
    """Say whether another administrator could mend it.

    What failed needs the rights of one, or the plan was refused before it was begun,
    as where this one was not let in; `needed`: it takes an administrator at all.
    """
    if isinstance(error, ApplyError):
        return error.failed is not None and error.failed.needs_admin
    return isinstance(error, StepFailed) and (needed or error.needs == "admin")


def notice_of_failure(
    text: str,
    steps: Sequence[Action],
    save: Callable[[], Any],
    guide: Callable[[], Any],
    *,
    stopped: bool = False,
) -> Notice:
    """Give the notice: what can be done, then the report, then the guide.

    `stopped`: a person did, and nothing failed.
    """
    always = (Action(tr("Save report…"), save), Action(tr("Open the guide"), guide))
    state: State = "info" if stopped else "failed"
    return Notice(state, text, actions=(*steps, *always))
