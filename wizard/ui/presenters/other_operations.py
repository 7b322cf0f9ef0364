"""Operations beside the reset that fall short, for causes of their own."""

from collections import Counter
from collections.abc import Iterator, Mapping

from agent.verdict.causes import CAUSES, Cause
from agent.verdict.verdict import Verdict
from wire.operation import Operation
from wizard.ui.formatting import tr, tr_n
from wizard.ui.presenters.verdict import operation_names

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


def title_of(key: Key) -> str:
    """Name a row: a cause of the reset by itself, that of another operation with it."""
    operation, cause = key
    if key == RESET_WORKS:
        return tr("Reset would work")
    title = tr(CAUSES[cause].title)
    if operation is Operation.RESET:
        return title
    name = operation_names()[operation]
    name = f"{name[:1].upper()}{name[1:]}"
    return tr("{operation}: {cause}").format(operation=name, cause=title)


def describe_operations(also: Mapping[Key, int]) -> tuple[str, ...]:
    """Say of each operation beside the reset how many people it falls short for."""
    failing, unknown = Counter[Operation](), Counter[Operation]()
    for (operation, cause), people in also.items():
        (unknown if cause in _UNKNOWN else failing)[operation] += people
    sentences = [_would_fail(each, failing[each]) for each in _OTHERS if failing[each]]
    open_ones = [_not_known(each, unknown[each]) for each in _OTHERS if unknown[each]]
    return (*sentences, *open_ones)


def _would_fail(operation: Operation, people: int) -> str:
    if operation is Operation.CHANGE:
        return tr_n("Changing would fail for %n people.", people)
    if operation is Operation.UNLOCK:
        return tr_n("Unlocking would fail for %n people.", people)
    return tr_n("Requiring a new password would fail for %n people.", people)


def _not_known(operation: Operation, people: int) -> str:
    if operation is Operation.CHANGE:
        return tr_n("Whether changing works is not known for %n people.", people)
    if operation is Operation.UNLOCK:
        return tr_n("Whether unlocking works is not known for %n people.", people)
    return tr_n(
        "Whether requiring a new password works is not known for %n people.", people
    )
