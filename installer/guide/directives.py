"""What the guide says of the program, taken from the program: pages, fields, codes.

Texts made here are not `translatable`: Sphinx does not extract them for translators, as
they are translated with the program already.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from agent.request.audit import event_of
from wire.operation import Operation
from wire.outcomes import OUTCOMES, Code
from wire.text import Text
from wizard.flow.model import Field, Page
from wizard.flow.pages.order import PAGES

Say = Callable[[str], str]
_PICTURES = "pictures"


def code_anchor(code: str) -> str:
    """Name the place of an outcome's code in the guide."""
    return f"code-{code.replace('_', '-')}"


class _Said(SphinxDirective):
    """A directive that puts texts of the program into the guide."""

    say: Say = staticmethod(str)
    has_content = False

    def paragraph(self, text: str) -> nodes.paragraph:
        """Make a paragraph of a text of the program."""
        return nodes.paragraph("", self.say(text), translatable=False)

    def table(
        self, head: Iterable[str], rows: Iterable[Iterable[nodes.Node]], *widths: int
    ) -> nodes.table:
        """Make a table with one line of headings."""
        table = nodes.table()
        group = nodes.tgroup(cols=len(widths))
        table += group
        group.extend(nodes.colspec(colwidth=width) for width in widths)
        top = nodes.thead()
        top += self._row(self.paragraph(text) for text in head)
        body = nodes.tbody()
        body.extend(self._row(row) for row in rows)
        group.extend((top, body))
        return table

    def definitions(self, terms: Iterable[tuple[str, str]]) -> nodes.definition_list:
        """Make a list of terms with their meanings."""
        listed = nodes.definition_list()
        for name, text in terms:
            meaning = nodes.definition()
            meaning += self.paragraph(text)
            item = nodes.definition_list_item()
            item.extend((nodes.term("", self.say(name), translatable=False), meaning))
            listed += item
        return listed

    def _row(self, cells: Iterable[nodes.Node]) -> nodes.row:
        row = nodes.row()
        for cell in cells:
            entry = nodes.entry()
            entry += cell
            row += entry
        return row


class WizardPage(_Said):
    """`{wizard-page} ID`: a page's picture, its sentence, its fields and its help."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Give what the program knows of the page."""
        by_id = {page.id: page for page in PAGES}
        if self.arguments[0] not in by_id:
            raise self.error(f"the wizard has no page {self.arguments[0]}")
        page = by_id[self.arguments[0]]
        return [
            self.paragraph(page.why),
            *self._picture(page),
            *self._fields(page),
            *self._help(page),
        ]

    def _picture(self, page: Page) -> Iterator[nodes.Node]:
        path = f"{_PICTURES}/{page.id}.png"
        if (Path(self.env.srcdir) / path).is_file():
            image = nodes.image(uri=path, alt=self.say(page.title))
            image["candidates"] = {"*": path}
            self.env.images.add_file(self.env.docname, path)
            yield image

    def _fields(self, page: Page) -> Iterator[nodes.Node]:
        rows = [row for field in page.fields for row in self._rows(field)]
        if rows:
            head = (Text("Field"), Text("What it is"), Text("In the settings file"))
            yield self.table(head, rows, 25, 50, 25)

    def _rows(self, field: Field) -> Iterator[tuple[nodes.Node, ...]]:
        meaning = nodes.container()
        if field.help:
            meaning += self.paragraph(field.help)
        options = ((option.label, option.help) for option in field.options)
        meaning += self.definitions(options)
        yield self.paragraph(field.label), meaning, self._setting(field.path)

    def _setting(self, path: str) -> nodes.paragraph:
        """Name the setting; answers that are no setting, such as secrets, have none."""
        inner, _, rest = path.partition(".")
        if inner == "input" or (not rest and path not in {"agent", "identify_by"}):
            return nodes.paragraph()
        return nodes.paragraph("", "", nodes.literal("", path))

    def _help(self, page: Page) -> Iterator[nodes.Node]:
        if page.help:
            yield self.paragraph(page.help)


class OutcomeCodes(_Said):
    """`{outcome-codes}`: every code of an answer, with cause, remedy and event."""

    def run(self) -> list[nodes.Node]:
        """Give a section for each code."""
        return [self._section(code) for code in Code]

    def _section(self, code: Code) -> nodes.section:
        outcome = OUTCOMES[code]
        section = nodes.section(ids=[code_anchor(code)], names=[code_anchor(code)])
        self.state.document.note_explicit_target(section)
        section += nodes.title("", "", nodes.literal("", code))
        event = int(event_of(code, Operation.RESET))
        section += self.definitions(
            (
                (Text("Cause"), outcome.admin),
                (Text("Remedy"), outcome.remedy),
                (Text("What the person reads"), outcome.user),
                (Text("Event of a reset"), str(event)),
            )
        )
        return section


def setup(app: Sphinx, say: Say) -> None:
    """Make the directives known; `say` puts a text into the language of the build."""
    directives: dict[str, type[_Said]] = {
        "wizard-page": WizardPage,
        "outcome-codes": OutcomeCodes,
    }
    for name, directive in directives.items():
        words: Any = staticmethod(say)
        app.add_directive(name, type(directive.__name__, (directive,), {"say": words}))
