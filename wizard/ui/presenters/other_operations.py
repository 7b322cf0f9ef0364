"""Operations beside the reset that fall short, for causes of their own."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from agent.verdict.causes import CAUSES, Cause
from agent.verdict.verdict import Verdict
from wire.operation import Operation
from wire.text import Text, plural
from wizard.ui.presenters.verdict import OPERATIONS

Key = tuple[Operation, Cause]
RESET_WORKS: Key = (Operation.RESET, Cause.NONE)
_OTHERS = (Operation.CHANGE, Operation.UNLOCK, Operation.MUST_CHANGE)
# with these an answer is "unknown"
_UNKNOWN = frozenset({Cause.HIDDEN, Cause.POLICY_HIDDEN, Cause.UNDECIDED})


def keys_of(verdict: Verdict) -> Iterator[Key]:
    """Give the cause of the reset, and those that permissions give other operations.

    What a person's own state stops, such as a password that never expires, is told
    with the person: no administrator has to do anything about it.
    """
    yield Operation.RESET, verdict.reset.cause
    for operation in _OTHERS:
        cause = verdict.of(operation).cause
        if CAUSES[cause].falls_short and cause is not verdict.reset.cause:
            yield operation, cause


def title_of(key: Key) -> Text:
    """Name a row: a cause of the reset by itself, that of another operation with it."""
    operation, cause = key
    if key == RESET_WORKS:
        return Text("Reset would work")
    title = CAUSES[cause].title
    if operation is Operation.RESET:
        return title
    name = OPERATIONS[operation]
    return Text("{operation}: {cause}", operation=name, cause=title)


def describe_operations(also: Mapping[Key, int]) -> tuple[Text, ...]:
    """Say of each operation beside the reset how many people it falls short for."""
    failing, unknown = Counter[Operation](), Counter[Operation]()
    for (operation, cause), people in also.items():
        (unknown if cause in _UNKNOWN else failing)[operation] += people
    sentences = [_FAILING[each](failing[each]) for each in _OTHERS if failing[each]]
    open_ones = [_NOT_KNOWN[each](unknown[each]) for each in _OTHERS if unknown[each]]
    return (*sentences, *open_ones)


_FAILING: dict[Operation, Callable[[int], Text]] = {
    Operation.CHANGE: lambda people: plural(
        "Changing would fail for {count} person.",
        "Changing would fail for {count} people.",
        people,
    ),
    Operation.UNLOCK: lambda people: plural(
        "Unlocking would fail for {count} person.",
        "Unlocking would fail for {count} people.",
        people,
    ),
    Operation.MUST_CHANGE: lambda people: plural(
        "Requiring a new password would fail for {count} person.",
        "Requiring a new password would fail for {count} people.",
        people,
    ),
}
_NOT_KNOWN: dict[Operation, Callable[[int], Text]] = {
    Operation.CHANGE: lambda people: plural(
        "Whether changing works is not known for {count} person.",
        "Whether changing works is not known for {count} people.",
        people,
    ),
    Operation.UNLOCK: lambda people: plural(
        "Whether unlocking works is not known for {count} person.",
        "Whether unlocking works is not known for {count} people.",
        people,
    ),
    Operation.MUST_CHANGE: lambda people: plural(
        "Whether requiring a new password works is not known for {count} person.",
        "Whether requiring a new password works is not known for {count} people.",
        people,
    ),
}
