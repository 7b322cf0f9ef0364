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
from installer.guide import words
from wire.operation import Operation
from wire.outcomes import OUTCOMES, Code
from wizard.flow.model import Field, Page
from wizard.flow.pages.order import PAGES
from wizard.ui.guide import code_anchor

Say = Callable[[str], str]
_PICTURES = "pictures"
_SHOWS = "shows"  # of a picture: the title of the page that it shows


def is_setting(path: str) -> bool:
    """Tell whether an answer is one of the settings; a secret, a task are none."""
    inner, _, rest = path.partition(".")
    return inner != "input" and (bool(rest) or path in {"agent", "identify_by"})


class _Said(SphinxDirective):
    """A directive that puts texts of the program into the guide."""

    say: Say = staticmethod(str)
    own: words.Words
    has_content = False

    def paragraph(self, text: str) -> nodes.paragraph:
        """Make a paragraph of a text of the program."""
        return nodes.paragraph("", self.say(text), translatable=False)

    def definitions(
        self, items: Iterable[tuple[str, Iterable[nodes.Node]]]
    ) -> nodes.definition_list:
        """Make a list of terms with what is said of each."""
        listed = nodes.definition_list()
        for name, said in items:
            meaning = nodes.definition()
            meaning.extend(said)
            item = nodes.definition_list_item()
            item.extend((nodes.term("", self.say(name), translatable=False), meaning))
            listed += item
        return listed


class _OfPage(_Said):
    """A directive about a page of the wizard: its argument is the page's id."""

    required_arguments = 1

    def page(self) -> Page:
        """Give the page that is named."""
        by_id = {page.id: page for page in PAGES}
        if self.arguments[0] not in by_id:
            raise self.error(f"the wizard has no page {self.arguments[0]}")
        return by_id[self.arguments[0]]

    def picture(self, page: Page) -> Iterator[nodes.Node]:
        """Give the picture of a page, where there is one."""
        path = f"{_PICTURES}/{page.id}.png"
        if (Path(self.env.srcdir) / path).is_file():
            image = nodes.image(uri=f"/{path}")
            image[_SHOWS] = self.say(page.title)
            yield image


class WizardPicture(_OfPage):
    """`{wizard-picture} ID`: a page's picture alone."""

    def run(self) -> list[nodes.Node]:
        """Give the picture."""
        return [*self.picture(self.page())]


class WizardPage(_OfPage):
    """`{wizard-page} ID`: a page's picture, its sentence, its fields and its help."""

    def run(self) -> list[nodes.Node]:
        """Give what the program knows of the page."""
        page = self.page()
        return [
            self.paragraph(page.why),
            *self.picture(page),
            *self._fields(page),
            *self._help(page),
        ]

    def _fields(self, page: Page) -> Iterator[nodes.Node]:
        if page.fields:
            yield self.definitions(
                (field.label, [*self._meaning(field)]) for field in page.fields
            )

    def _meaning(self, field: Field) -> Iterator[nodes.Node]:
        if field.help:
            yield self.paragraph(field.help)
        if field.options:
            yield self.definitions(
                (option.label, [self.paragraph(option.help)])
                for option in field.options
            )
        if is_setting(field.path):
            setting = self.paragraph(self.own.say(words.IN_SETTINGS))
            setting.extend((nodes.Text(" "), nodes.literal("", field.path)))
            yield setting

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
        section += nodes.title("", "", nodes.literal("", code), translatable=False)
        event = int(event_of(code, Operation.RESET))
        section += self.definitions(
            (
                (self.own.say(words.CAUSE), [self.paragraph(outcome.admin)]),
                (self.own.say(words.REMEDY), [self.paragraph(outcome.remedy)]),
                (self.own.say(words.READS), [self.paragraph(outcome.user)]),
                (self.own.say(words.EVENT), [self.paragraph(str(event))]),
            )
        )
        return section


def describe(own: words.Words, doctree: nodes.document) -> None:
    """Say in words what each picture of a page shows, for who does not see it.

    Not before the texts for translators are taken: these are translated already.
    """
    for image in doctree.findall(nodes.image):
        if _SHOWS in image:
            image["alt"] = own.say(words.SHOWS, page=image[_SHOWS])


def setup(app: Sphinx, say: Say) -> None:
    """Make the directives known; `say` puts a text of the program into words."""
    own = words.Words(Path(app.config.locale_dirs[0]), app.config.language)
    # the theme says one of them: Sphinx has no words for it
    app.config.html_context[words.SKIP_LINK] = own.say(words.SKIP)
    directives: dict[str, type[_Said]] = {
        "wizard-page": WizardPage,
        "wizard-picture": WizardPicture,
        "outcome-codes": OutcomeCodes,
    }
    for name, directive in directives.items():
        both: dict[str, Any] = {"say": staticmethod(say), "own": own}
        app.add_directive(name, type(directive.__name__, (directive,), both))

    def resolved(app: Sphinx, doctree: nodes.document, _name: str) -> None:
        if app.builder.format == "html":
            describe(own, doctree)

    app.connect("doctree-resolved", resolved)
