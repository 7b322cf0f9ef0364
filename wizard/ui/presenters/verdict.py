"""A verdict as rows: what would come of each operation, what shows it, what to do."""

from collections.abc import Mapping, Sequence

from agent.verdict.causes import CAUSES
from agent.verdict.verdict import OperationVerdict, State, Verdict
from wire.failure import sentence
from wire.operation import Operation
from wire.text import EMPTY, Text, listed, moment
from wizard.permissions.findings import Finding, Level
from wizard.results import Check
from wizard.results import State as CheckState
from wizard.ui.formatting import say

_STATES: dict[State, CheckState] = {
    State.YES: "ok",
    State.NO: "failed",
    State.UNKNOWN: "warning",
}
_LEVELS: dict[Level, CheckState] = {
    Level.OK: "ok",
    Level.INFO: "info",
    Level.WARNING: "warning",
    Level.PROBLEM: "failed",
}


OPERATIONS = {
    Operation.RESET: Text("Reset"),
    Operation.CHANGE: Text("Change"),
    Operation.UNLOCK: Text("Unlock"),
    Operation.MUST_CHANGE: Text("Must change"),
}
# after the first of a list
_NEXT = {
    Operation.CHANGE: Text("change"),
    Operation.UNLOCK: Text("unlock"),
    Operation.MUST_CHANGE: Text("must change"),
}
# of answers: nothing was tried
WORDS: dict[str, Text] = {
    "ok": Text("Would work"),
    "failed": Text("Would fail"),
    "warning": Text("Not known"),
    "info": EMPTY,
}


def checks_of(verdict: Verdict) -> tuple[Check, ...]:
    """Give the answers about one person as rows, then what else is to be known.

    Operations with one answer share a row; one cause that two entries show is two.
    """
    rows = [_row(names_of(ops), answer) for answer, ops in alike(verdict).items()]
    notes = "; ".join(say(note) for note in verdict.notes)
    if notes:
        rows.append(Check("notes", Text("Worth knowing"), "info", sentence(notes)))
    return tuple(rows)


def alike(verdict: Verdict) -> Mapping[OperationVerdict, Sequence[Operation]]:
    """Give each answer about one person, with the operations that it is for."""
    found: dict[OperationVerdict, list[Operation]] = {}
    for operation in OPERATIONS:
        found.setdefault(verdict.of(operation), []).append(operation)
    return found


def names_of(operations: Sequence[Operation]) -> str:
    """Name operations in a list."""
    first, *others = operations
    named = (OPERATIONS[first], *(_NEXT.get(each, OPERATIONS[each]) for each in others))
    return say(listed(named, ", "))


def _row(names: str, answer: OperationVerdict) -> Check:
    if answer.state is State.YES:
        return Check("answer", names, "ok")
    shown: str = answer.shown_by
    if answer.state is not State.UNKNOWN:  # of that the row has its own word
        shown = Text("{cause}: {shown}", cause=CAUSES[answer.cause].title, shown=shown)
    text = sentence(shown)
    if answer.until:
        until = moment(answer.until, zone=True)
        text = Text("{why} It works from {time}.", why=text, time=until)
    return Check("answer", names, _STATES[answer.state], text, answer.remedy)


def check_of(finding: Finding) -> Check:
    """Give a finding about the account as a row."""
    state = _LEVELS[finding.level]
    return Check(finding.id, finding.title, state, finding.shown_by, finding.remedy)
