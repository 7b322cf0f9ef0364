"""No template has words of its own: each is a text that can be translated."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from jinja2 import Environment, nodes

from portal.templating import TEMPLATES

_PATHS = sorted(TEMPLATES.rglob("*.html"))
_NAMES = [str(path.relative_to(TEMPLATES)) for path in _PATHS]
_WORD = re.compile(r"[^\W\d_]{2,}")
# a block that fills in an attribute of another template's element
_ATTRIBUTE = re.compile(r'\s*[a-z-]+="[^"]*"\s*')
# what is read aloud or shown, of the attributes of HTML
_SPOKEN = ("alt", "aria-label", "placeholder", "title")
_FILLED = "_"  # where something is filled in


class _Words(HTMLParser):
    """Collects what is shown, and what is said of a control."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_pre = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_pre = tag == "pre"
        self.found += [value or "" for name, value in attrs if name in _SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        self._in_pre = False

    def handle_data(self, data: str) -> None:
        # what is copied into a file is no language
        if not self._in_pre and not _ATTRIBUTE.fullmatch(data):
            self.found.append(data)


def words_of(template: str) -> list[str]:
    """Give the words that a template holds outside of its texts."""
    tree = Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(template)
    parser = _Words()
    parser.feed("".join(_spelled(tree)))
    return [each for each in parser.found if _WORD.search(each)]


def _spelled(node: nodes.Node) -> Iterator[str]:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData):
            yield child.data
        elif isinstance(child, nodes.Expr):
            yield _FILLED
        else:
            yield from _spelled(child)


@pytest.mark.parametrize("name", _NAMES)
def test_every_word_can_be_translated(name: str) -> None:
    # the name of a language is never translated, and a code's signs are none
    found = words_of((TEMPLATES / name).read_text("utf-8"))
    assert found == []


@pytest.mark.parametrize(
    "template",
    [
        "<p>Hello</p>",
        '<a aria-label="Go on">{% trans %}x{% endtrans %}</a>',
        "{% if a %}<p>{{ b }} left</p>{% endif %}",
        "{% macro m() %}tries{% endmacro %}",
    ],
)
def test_a_word_that_is_none_of_the_texts_is_found(template: str) -> None:
    assert words_of(template)


def test_a_text_is_none() -> None:
    template = '<p lang="{{ x }}">{% trans n=n %}You have {{ n }}.{% endtrans %}</p>'
    assert words_of(template) == []
