"""The report of a run that did not end well: why, and what became of each change."""

from collections.abc import Iterable, Sequence

from wire.text import EMPTY, Text, verbatim
from wizard.report.document import Document, Item, Origin, Section
from wizard.results import Check

Became = tuple[str, str, str]  # a change, its state in words, what came back of it


def run_report(
    state: str, checks: Sequence[Check], changes: Iterable[Became], origin: Origin
) -> Document:
    """Make the report; `state` says what state the server is in. Holds no secret."""
    failed = tuple(map(_failed, checks))
    listed = tuple(
        Item(_text(word), _text(summary), below=_below(detail))
        for summary, word, detail in changes
    )
    sections = [Section(Text("What happened"), (Item(_text(state)), *failed))]
    if listed:
        sections.append(Section(Text("Changes"), listed))
    title = Text("Report of changes that were not made")
    return Document(title, origin, tuple(sections))


def _failed(check: Check) -> Item:
    remedy = (Item(check.remedy, Text("What to do")),) if check.remedy else ()
    return Item(check.detail, check.title, below=remedy)


def _below(detail: str) -> tuple[Item, ...]:
    return (Item(_text(detail)),) if detail else ()


def _text(words: str) -> Text:
    """Give a text as it is; what was put into words already is data."""
    return words if isinstance(words, Text) else verbatim(words) if words else EMPTY
