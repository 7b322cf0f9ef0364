"""Whom Express leaves out, and why: said on Ready to configure."""

from collections.abc import Iterator

from wire.text import Text
from wizard.checks.express_scope import (
    LEFT_OUT,
    UNGUARDED,
    left_out_text,
    unguarded_text,
)
from wizard.flow.model import Answers


def left_out_by_express(answers: Answers) -> Iterator[Text]:
    """Give a sentence for each container that Express leaves out; none in Customize."""
    if answers.get("mode") == "express":
        yield from map(left_out_text, answers.get(LEFT_OUT) or ())
        yield from map(unguarded_text, answers.get(UNGUARDED) or ())
