"""A document as one HTML file that prints: nothing in it comes from elsewhere. Pure."""

from html import escape

from rollout.document import Block, Document, Style
from rollout.language import say

_SHEET = """\
@page { size: A4; margin: 18mm }
:root { color-scheme: light }
body { font: 11pt/1.45 system-ui, "Segoe UI", "Noto Sans", sans-serif; color: #1b1b1b;
  background: #fff; max-width: 44em; margin: 2em auto; padding: 0 1.2em;
  overflow-wrap: break-word }
h1 { font-size: 20pt; line-height: 1.2; margin: 0 0 .7em }
h2 { font-size: 13pt; margin: 1.3em 0 .3em; break-after: avoid }
p, ol, ul { margin: .4em 0 }
li { margin: .25em 0; break-inside: avoid }
ul.boxes { list-style: none; padding-left: 1.6em }
ul.boxes li::before { content: "\\2610"; display: inline-block; width: 1.6em;
  margin-left: -1.6em }
@media print { body { margin: 0; padding: 0; max-width: none } }
"""


def as_page(document: Document, language: str) -> str:
    """Write a document as an HTML file in UTF-8."""
    title = escape(say(document.title, language))
    body = "\n".join(_block(block, language) for block in document.blocks)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{_SHEET}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _block(block: Block, language: str) -> str:
    words = [escape(say(text, language)) for text in block.texts]
    each = "".join(f"<li>{text}</li>\n" for text in words)
    match block.style:
        case Style.HEADING:
            return "\n".join(f"<h2>{text}</h2>" for text in words)
        case Style.PARAGRAPH:
            return "\n".join(f"<p>{text}</p>" for text in words)
        case Style.STEPS:
            return f"<ol>\n{each}</ol>"
        case Style.ITEMS:
            return f"<ul>\n{each}</ul>"
        case Style.BOXES:
            return f'<ul class="boxes">\n{each}</ul>'
