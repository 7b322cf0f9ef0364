"""A step that says nothing of the rest plans nothing, and hides nothing."""

from typing import cast

import pytest

from tests.unit.wizard.answered import SETTINGS
from wire.text import Text
from wizard.host.interface import Host
from wizard.inputs import Inputs
from wizard.plan.change import Begun, Change, Context, Facts, allow_all
from wizard.plan.step import Restart, Step, Target, plan

CONTEXT = Context(cast("Host", None), Inputs(), allow_all)


class Plain(Step):
    """A step with nothing but its name and its act."""

    name = "plain"

    def apply(self, change: Change, context: Context) -> Facts:
        raise AssertionError


class Writes(Plain):
    """A step that plans one change, which an agent reads."""

    name, restart = "writes", Restart.RELOAD

    def plan(self, target: Target) -> tuple[Change, ...]:
        return (Change(self.name, Text("Writes"), None, {}),)


class Gives(Writes):
    """A step that plans one change, which takes a start."""

    name, restart = "gives", Restart.RESTART


class Looks(Plain):
    """A step that notes what it is asked for."""

    name = "looks"

    def __init__(self) -> None:
        self.target: Target | None = None

    def plan(self, target: Target) -> tuple[Change, ...]:
        self.target = target
        return ()


def test_a_step_that_says_nothing_has_nothing_to_do() -> None:
    step = Plain()
    assert step.plan(Target(SETTINGS, CONTEXT)) == ()
    assert step.plan_removal(CONTEXT) == ()
    assert step.verify(Target(SETTINGS, CONTEXT)) == ()


@pytest.mark.parametrize("final", [True, False])
def test_what_nobody_says_how_to_take_back_does_not_pass_for_taken_back(
    *, final: bool
) -> None:
    begun = Begun(0, Change("plain", Text("Writes"), None, {}, final=final), {})
    if final:
        Plain().undo(begun, CONTEXT)
        return
    with pytest.raises(NotImplementedError):
        Plain().undo(begun, CONTEXT)


@pytest.mark.parametrize(
    ("steps", "restart"),
    [
        ((), Restart.NONE),
        ((Plain(),), Restart.NONE),
        ((Writes(),), Restart.RELOAD),
        ((Writes(), Gives()), Restart.RESTART),
        ((Gives(), Writes()), Restart.RESTART),
    ],
)
def test_the_strongest_of_what_is_planned_counts(
    steps: tuple[Step, ...], restart: Restart
) -> None:
    last = Looks()
    changes = plan((*steps, last), SETTINGS, CONTEXT)
    assert last.target == Target(SETTINGS, CONTEXT, changes, restart)
    assert last.target.changes_of("writes") == tuple(
        change for change in changes if change.step == "writes"
    )
