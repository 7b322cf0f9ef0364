"""A code that was used stays used, also where the enrolment is taken back."""

from collections.abc import Sequence

from wire.text import EMPTY, Text
from wizard.plan.change import Change

NEW_CODE = Text(
    "Ask for a new code: the relay's owner makes one half (writeback-relay code), the "
    "portal's owner joins the other."
)


def code_after(undone: Sequence[Change]) -> Text:
    """Say what became of the code of a run, by what was taken back, newest first.

    Empty where no enrolment was taken back.
    """
    enrolled = [
        each for each in undone if each.step == "enrolment" and each.after is not None
    ]
    if not enrolled:
        return EMPTY
    if enrolled[0] is undone[0]:  # it may have failed, or been cut off, at the relay
        return Text(
            "The enrolment code works once; where the relay took it, it is used up. "
            "{remedy}",
            remedy=NEW_CODE,
        )
    return Text(
        "The enrolment code stays used, though all else was rolled back. {remedy}",
        remedy=NEW_CODE,
    )
