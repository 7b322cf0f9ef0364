"""A report as PDF: A4, in the window's language, with its origin in its metadata."""

from collections.abc import Iterator
from html import escape

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF
from PySide6.QtGui import QPageSize, QPdfWriter, QTextDocument

from wire.printable import printable, printable_lines
from wizard.report.document import Document, Item, Section
from wizard.translation import say

_INDENT = 18
_STYLE = """
body { color: #1b1f24; font-size: 9.5pt; }
h1 { font-size: 17pt; font-weight: 600; margin-bottom: 6px; }
h2 { font-size: 12pt; font-weight: 600; margin-top: 18px; margin-bottom: 4px; }
p { margin-top: 2px; margin-bottom: 2px; }
.muted { color: #545d68; }
.exact { font-family: monospace; font-size: 8.5pt; }
.small { font-size: 7.5pt; }
td { padding-right: 10px; padding-bottom: 2px; }
"""


def as_pdf(document: Document) -> bytes:
    """Write a report as PDF; in any thread."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(printable(say(document.title)))
    writer.setCreator(f"Writeback {document.origin.version}")
    if hasattr(writer, "setAuthor"):  # of Qt 6.9
        writer.setAuthor(printable(document.origin.who))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    # a document without pages of its own gets margins of 2 cm and page numbers
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    text = QTextDocument()
    text.setIndentWidth(_INDENT)
    text.setDefaultStyleSheet(_STYLE)
    text.setHtml(as_html(document))
    text.print_(writer)
    buffer.close()
    return bytes(data.data())


def as_html(document: Document) -> str:
    """Spell a report as the HTML that Qt's rich text knows."""
    head = "".join(
        f"<tr><td class='muted'>{_escaped(name)}</td><td>{_escaped(value)}</td></tr>"
        for name, value in document.head
    )
    sections = "".join(map(_section, document.sections))
    title = f"<h1>{_escaped(document.title)}</h1>"
    return f"<body>{title}<table>{head}</table>{sections}</body>"


def _section(section: Section) -> str:
    intro = f"<p class='muted'>{_escaped(section.intro)}</p>" if section.intro else ""
    plain = all(item.label and not _deep(item) for item in section.items)
    body = "".join(part for item in section.items for part in _item(item, 0))
    if plain:
        rows = "".join(map(_row, section.items))
        body = f"<table width='100%'>{rows}</table>"
    return f"<h2>{_escaped(section.title)}</h2>{intro}{body}"


def _deep(item: Item) -> bool:
    """Say whether more than a list stands below an item."""
    return any(inner.below or inner.label for inner in item.below)


def _row(item: Item) -> str:
    """Make a row of a table: the name, the value or values, the remark."""
    values = item.below or (item,)
    value = "<br>".join(map(_value, values))
    cells = (
        f"<td width='34%' class='muted'>{_escaped(item.label)}</td>",
        f"<td width='42%'>{value}</td>",
        f"<td width='24%' class='muted'>{_escaped(item.note)}</td>",
    )
    return f"<tr>{''.join(cells)}</tr>"


def _value(item: Item) -> str:
    text = _escaped(item.text)
    return f"<span class='exact' dir='ltr'>{text}</span>" if item.exact else text


def _item(item: Item, depth: int) -> Iterator[str]:
    text = _value(item)
    label = f"<span class='muted'>{_escaped(item.label)}:</span> " if item.label else ""
    if item.exact and depth:  # as SDDL below its words
        label, text = "", f"<span class='small'>{text}</span>"
    note = f" <span class='muted'>({_escaped(item.note)})</span>" if item.note else ""
    yield f"<p style='-qt-block-indent: {depth}'>{label}{text}{note}</p>"
    for inner in item.below:
        yield from _item(inner, depth + 1)


def _escaped(text: str) -> str:
    return "<br>".join(map(escape, printable_lines(say(text)).splitlines()))
