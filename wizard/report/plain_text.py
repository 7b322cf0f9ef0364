"""A report as plain text, in the language of whoever saves it."""

from collections.abc import Iterator

from wire.printable import padded, places, printable, printable_lines
from wizard.report.document import Document, Item, Section
from wizard.translation import say

_STEP = "    "


def as_text(document: Document) -> str:
    """Write a report as text, with a line end at its end."""
    title = _line(document.title)
    lines = [title, "=" * places(title)]
    head = [(_line(name), printable(value)) for name, value in document.head]
    width = max(places(name) for name, _ in head)
    lines += [f"{padded(name, width)}  {value}" for name, value in head]
    for section in document.sections:
        lines += _section(section)
    return "\n".join(lines) + "\n"


def _section(section: Section) -> Iterator[str]:
    title = _line(section.title)
    yield from ("", title, "-" * places(title))
    if section.intro:
        yield from printable_lines(say(section.intro)).splitlines()
    for item in section.items:
        yield from _item(item, "")


def _item(item: Item, indent: str) -> Iterator[str]:
    label = f"{_line(item.label)}: " if item.label else ""
    note = f"  [{_line(item.note)}]" if item.note else ""
    first, *rest = printable_lines(say(item.text)).splitlines() or [""]
    yield f"{indent}{label}{first}{note}".rstrip()
    yield from (f"{indent}{_STEP}{line}" for line in rest)
    for inner in item.below:
        yield from _item(inner, indent + _STEP)


def _line(text: str) -> str:
    return printable(say(text))
