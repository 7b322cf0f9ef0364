"""A verdict as rows: what would come of each operation, what shows it, what to do."""

from agent.verdict.causes import CAUSES
from agent.verdict.verdict import OperationVerdict, State, Verdict
from wire.operation import Operation
from wizard.permissions.findings import Finding, Level
from wizard.results import Check
from wizard.results import State as CheckState
from wizard.ui.formatting import tr

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


def operation_names() -> dict[Operation, str]:
    """Name the operations as the pages do."""
    return {
        Operation.RESET: tr("reset"),
        Operation.CHANGE: tr("change"),
        Operation.UNLOCK: tr("unlock"),
        Operation.MUST_CHANGE: tr("must change"),
    }


def words() -> dict[str, str]:
    """Name the states of answers: nothing was tried."""
    return {
        "ok": tr("Would work"),
        "failed": tr("Would fail"),
        "warning": tr("Not known"),
        "info": "",
    }


def checks_of(verdict: Verdict) -> tuple[Check, ...]:
    """Give the answers about one person as rows, then what else is to be known.

    Operations with one answer share a row; one cause that two entries show is two.
    """
    alike: dict[OperationVerdict, list[str]] = {}
    for operation, name in operation_names().items():
        alike.setdefault(verdict.of(operation), []).append(name)
    rows = [_row(", ".join(names), answer) for answer, names in alike.items()]
    notes = "; ".join(verdict.notes)
    if notes:
        text = f"{notes[:1].upper()}{notes[1:]}."
        rows.append(Check("notes", tr("Worth knowing"), "info", text))
    return tuple(rows)


def _row(names: str, answer: OperationVerdict) -> Check:
    name = f"{names[:1].upper()}{names[1:]}"
    if answer.state is State.YES:
        return Check("answer", name, "ok")
    title = f"{tr(CAUSES[answer.cause].title)}: "
    # the word of the row says already that it is not known
    text = f"{'' if answer.state is State.UNKNOWN else title}{answer.shown_by}."
    text = f"{text[:1].upper()}{text[1:]}"
    if answer.until:
        until = f"{answer.until:%Y-%m-%d %H:%M} UTC"
        text = f"{text} {tr('It works from {time}.').format(time=until)}"
    return Check("answer", name, _STATES[answer.state], text, answer.remedy)


def check_of(finding: Finding) -> Check:
    """Give a finding about the account as a row."""
    state = _LEVELS[finding.level]
    return Check(finding.id, finding.title, state, finding.shown_by, finding.remedy)
