"""docs/events.md is what the agent writes by, and names nothing that it does not."""

import ast
from pathlib import Path

from agent.audit.event import EventId
from agent.audit.events import EVENTS
from lab.event_catalog import DOCUMENT, document
from wire.outcomes import OUTCOMES

_SOURCES = ("agent", "wizard")
_TABLE = Path("agent/audit/events.py")


def test_the_page_is_not_stale() -> None:
    assert DOCUMENT.read_text("utf-8") == document(), "run ./dev texts"


def test_every_id_has_a_row_and_every_outcome_an_id() -> None:
    assert set(EVENTS) == set(EventId)
    assert {outcome.event for outcome in OUTCOMES.values()} <= set(EventId)


def test_every_event_of_the_table_is_written_somewhere() -> None:
    """A row of the page that nothing writes would promise an alert that never comes."""
    root = DOCUMENT.parents[1]
    named = set()
    for folder in _SOURCES:
        for path in (root / folder).rglob("*.py"):
            if path != root / _TABLE:
                named |= _named_in(ast.parse(path.read_text("utf-8")))
    by_outcome = {EventId(outcome.event).name for outcome in OUTCOMES.values()}
    assert {event.name for event in EventId} == named | by_outcome


def _named_in(tree: ast.Module) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "EventId"
    }
