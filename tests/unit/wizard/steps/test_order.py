"""Each step says what rolling a change of its back does."""

import pytest

from wire.text import Text
from wizard.plan.change import Change
from wizard.plan.step import Step
from wizard.steps.order import STEPS, reversal

THERE = {"there": True}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_change_says_what_rolling_it_back_does(step: Step) -> None:
    does = Text("Does something")
    for before, after in ((None, THERE), (THERE, THERE), (THERE, None)):
        assert reversal(Change(step.name, does, before, after)).endswith(".")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_what_is_final_is_not_rolled_back(step: Step) -> None:
    gone = Change(step.name, Text("Destroys it"), THERE, None, final=True)

    assert reversal(gone) == "It can't be rolled back."
