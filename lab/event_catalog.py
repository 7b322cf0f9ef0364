"""docs/events.md: every event with its id, made of the table that the agent writes by.

`./dev texts` writes it anew; a test holds it equal to the table.
"""

from collections.abc import Iterator
from pathlib import Path

from agent.audit.event import Event, EventId
from agent.audit.events import EVENTS
from agent.request.audit import event_of
from wire.operation import Operation
from wire.outcomes import Code

DOCUMENT = Path(__file__).resolve().parents[1] / "docs/events.md"
_HEAD = """# Events

This page is made of `agent/audit/events.py` and `agent/audit/own_events.py` (`./dev
texts`); change those, not this.

Ids below 34000 and their names are those of Microsoft's PasswordResetService source,
as far as they mean something here, so that alerts which were made for it go on. From
40001 on they are Writeback's own. An event is found

* in the **journal**, by `journalctl WRITEBACK_EVENT=33004`; its fields are
  `WRITEBACK_EVENT_NAME`, `_CODE`, `_ID`, `_OP`, `_USER`, `_DN`, `_CONTROLLER`,
  `_PORTAL`, `_COUNT`, and `_SEQ` and `_HASH` of its audit record;
* on Windows in the **event log** Application in the journal's place, with its id and
  the source Writeback: [windows.md](windows.md#events-and-logs);
* where the table says *audit*, also as a line of JSON in
  `/var/log/writeback/audit.jsonl`, or `%ProgramData%\\Writeback\\log\\audit.jsonl`
  (`event`, `event_name`).
"""
_PLACES = {
    "audit": "audit, journal",
    "journal": "journal",
    "setup": "journal, by the wizard or `writeback`",
}
_AFTER = """
## What is not written

Of Microsoft's documented ids only 32007 (OnBoardingConfigUpdateError) means nothing
here: nothing is configured in memory alone.

## Which code leads to which event

`reset`, `change`, `unlock`, `check`, `lookup` and `authenticate` are what a portal
asked for; a reset that this
machine's administrator asked for as a test has 31009 to 31011 in place of 31001 to
31003. A repeat of any is 40006.
"""


def document() -> str:
    """Give the page as the table is now."""
    return "\n".join([_HEAD, *_table(), _AFTER, *_codes(), ""])


def _table() -> Iterator[str]:
    yield "| id | name | what happened | where |"
    yield "|---|---|---|---|"
    for event in sorted(EVENTS.values(), key=lambda each: each.id):
        yield _row(event)


def _row(event: Event) -> str:
    where = _PLACES[event.place]
    return f"| {event.id} | {event.name} | {event.meaning} | {where} |"


def _codes() -> Iterator[str]:
    operations = (
        Operation.RESET,
        Operation.CHANGE,
        Operation.UNLOCK,
        Operation.CHECK,
        Operation.LOOKUP,
        Operation.AUTHENTICATE,
        Operation.REGISTER,
        Operation.ROSTER,
    )
    yield f"| code | {' | '.join(operations)} |"
    yield f"|---|{'---|' * len(operations)}"
    for code in Code:
        events = (event_of(code, operation) for operation in operations)
        yield f"| `{code}` | {' | '.join(map(_number, events))} |"


def _number(event: EventId) -> str:
    return str(int(event))


def write() -> None:
    """Write the page."""
    DOCUMENT.write_text(document(), encoding="utf-8")
