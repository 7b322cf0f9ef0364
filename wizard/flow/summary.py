"""What was decided, in words: the same lines for review, view and export."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agent.config.settings import DomainController, Settings
from wire.text import Text, verbatim
from wizard.flow.conversion import answers_of
from wizard.flow.model import Field
from wizard.flow.pages.order import FIELDS

_EXACT = ("identify_by",)  # an option that is shown as the directory spells it


@dataclass(frozen=True)
class Decision:
    """One line of the summary; `exact` values are names shown in mono."""

    label: Text
    value: Text
    exact: bool = False


def decisions(settings: Settings) -> tuple[Decision, ...]:
    """Give everything an administrator decided, a line each, as the pages ask it."""
    answers = answers_of(settings)
    return tuple(
        Decision(field.decision, value, exact=field.kind not in ("switch", "check"))
        for path, field in FIELDS.items()
        if field.decision
        for value in _values(field, answers[path])
    )


def _values(field: Field, answer: Any) -> Iterator[Text]:
    names = {option.value: option.label for option in field.options}
    if field.kind == "choice" and answer in names and field.path not in _EXACT:
        yield names[answer]
    elif isinstance(answer, bool):
        yield Text("On") if answer else Text("Off")
    elif not isinstance(answer, tuple) or not answer:
        yield verbatim(str(answer)) if answer else Text("None")
    elif all(isinstance(each, DomainController) for each in answer):
        yield verbatim(", ".join(controller.host for controller in answer))
    else:
        yield from map(verbatim, answer)


def unchanged(old: Settings, new: Settings) -> tuple[Decision, ...]:
    """Give the decisions that stay as they are."""
    before = set(decisions(old))
    return tuple(decision for decision in decisions(new) if decision in before)
