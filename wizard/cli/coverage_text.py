"""Coverage: how many can be reset and why the others can't, in words and as data."""

from collections.abc import Iterator, Mapping
from typing import Any

from agent.verdict.causes import CAUSES, Cause
from wire.operation import Operation
from wire.text import Text
from wizard.cli.output import Exit, lines
from wizard.controller.permissions import Coverage
from wizard.permissions.coverage import PersonVerdict
from wizard.translation import number, say

OPERATIONS = {
    Operation.RESET: Text("Reset"),
    Operation.CHANGE: Text("Change"),
    Operation.UNLOCK: Text("Unlock"),
    Operation.MUST_CHANGE: Text("Must change"),
}
_HINTS = (
    Text("See what is missing: writeback permissions plan"),
    Text("Grant it:            writeback permissions grant"),
)
_FORESEEN = (
    Text("The account is not made yet: this is whom its grants will reach."),
    Text("What it will be able to read is not known before it is there."),
)
_FEW = 3  # people of a cause named


class Examples:
    """A few people of each cause, to name them."""

    def __init__(self) -> None:
        self.names: dict[Cause, list[str]] = {}

    def take(self, person: PersonVerdict) -> None:
        """Keep the person, if there are few of the cause so far."""
        cause = person.verdict.reset.cause
        names = self.names.setdefault(cause, [])
        if cause is not Cause.NONE and len(names) < _FEW:
            names.append(person.verdict.dn)

    def as_dict(self) -> dict[str, list[str]]:
        """Give them as JSON takes it."""
        return {cause.value: names for cause, names in self.names.items() if names}


def code_of(coverage: Coverage) -> Exit:
    """Fall short where permissions do, or where nobody is in the scope."""
    short = (
        CAUSES[cause].falls_short
        for causes in coverage.causes.values()
        for cause in causes
    )
    return Exit.FINDINGS if any(short) or not coverage.people else Exit.DONE


def in_words(coverage: Coverage, examples: Examples) -> str:
    """Tell how many can be reset, and the others by cause with what to do."""
    works, count = coverage.would_work, coverage.people
    people = Text("{works} of {count} people in the scope", works=works, count=count)
    head = Text("{people} can be reset.", people=people)
    if coverage.foreseen:
        head = Text("{people} could be reset.", people=people)
    shown = [say(head), *_cause_lines(coverage.causes[Operation.RESET], examples)]
    for operation, causes in coverage.causes.items():
        if operation is not Operation.RESET and Cause.SWITCHED_OFF not in causes:
            shown += _operation_lines(operation, causes, coverage)
    if any(Cause.NOT_GRANTED in causes for causes in coverage.causes.values()):
        shown += _HINTS
    if coverage.foreseen:
        shown += _FORESEEN
    return lines(*shown)


def _operation_lines(
    operation: Operation, causes: Mapping[Cause, int], coverage: Coverage
) -> Iterator[str]:
    """Tell an operation beside the reset; causes that the reset has too are counted."""
    reset = coverage.causes[Operation.RESET]
    works = causes.get(Cause.NONE, 0)
    others: dict[Cause, int] = {
        cause: people
        for cause, people in causes.items()
        if cause is not Cause.NONE and people != reset.get(cause)
    }
    name, count = OPERATIONS[operation], coverage.people
    text = Text("{name}: {works} of {count}", name=name, works=works, count=count)
    if rest := count - works - sum(others.values()):
        text = Text(
            "{people}; {count} not, for the causes above", people=text, count=rest
        )
    yield f"{say(text)}."
    yield from _cause_lines(others)


def _cause_lines(
    causes: Mapping[Cause, int], examples: Examples | None = None
) -> Iterator[str]:
    """Tell causes with their remedies, most people first."""
    for cause, people in sorted(causes.items(), key=lambda pair: -pair[1]):
        if cause is not Cause.NONE:
            yield f"  {number(people):>7}  {say(CAUSES[cause].title)}"
            yield f"           {say(CAUSES[cause].remedy)}"
            named = examples.names.get(cause, []) if examples else []
            yield from (f"           {name}" for name in named)
            if named and (more := people - len(named)):
                text = Text("and {count} more: see coverage --csv FILE", count=more)
                yield f"           {say(text)}"


def as_data(coverage: Coverage) -> dict[str, Any]:
    """Give the counts."""
    return {
        "people": coverage.people,
        "would_work": coverage.would_work,
        "foreseen": coverage.foreseen,
        "causes": {
            operation.value: {cause.value: people for cause, people in causes.items()}
            for operation, causes in coverage.causes.items()
        },
    }
