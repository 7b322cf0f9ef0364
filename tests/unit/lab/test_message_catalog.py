"""The message catalog holds every text of the sources, and no template is made up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.message_catalog import POT, Message, NotLiteral, catalog, messages
from wire.text import Text
from wizard.flow.pages.order import PAGES


def extract(root: Path, source: str) -> tuple[Message, ...]:
    file = root / "wizard/x.py"
    file.parent.mkdir()
    file.write_text(source)
    return messages(root)


CARD = """
class Card:
    id: str
    title: TextAttribute = TextAttribute()
    help: TextAttribute = TextAttribute("None.")
"""
NONE_H_I = [("None.",), ("H",), ("I",)]


@pytest.mark.parametrize(
    ("source", "templates"),
    [
        ('Text("{a} is b.", a=a)', [("{a} is b.",)]),
        ('Text("One " "sentence.")', [("One sentence.",)]),
        ('Text("{count} a", many="{count} b", count=n)', [("{count} a", "{count} b")]),
        ('plural("{count} of", "{count} all", n)', [("{count} of", "{count} all")]),
        (CARD, [("None.",)]),
        (f'{CARD}\nCard("x", "T", help="H")', [("None.",), ("T",), ("H",)]),
        # made elsewhere, by a call that is read there
        (f"{CARD}\nCard(NAME, TITLE, help=f())", [("None.",)]),
        (f'{CARD}\nCard("x", a.title, help=a or "H" if b else "I")', NONE_H_I),
        ('Other("x", title="T")', []),
    ],
)
def test_templates_are_found_where_texts_are_made(
    source: str, templates: list[tuple[str, ...]], tmp_path: Path
) -> None:
    extracted = [each.templates for each in extract(tmp_path, source)]
    assert sorted(extracted) == sorted(templates)


@pytest.mark.parametrize(
    "source",
    [
        'Text(f"{a} is b.")',
        'Text("a" + b)',
        "Text(name)",
        "Text()",
        'plural("one", many, 1)',
        'Text("one", many=other, count=1)',
        f'{CARD}\nCard("x", f"{{a}}")',
        f'{CARD}\nCard("x", title="a" + b)',
    ],
)
def test_a_template_that_is_put_together_is_refused_with_its_place(
    source: str, tmp_path: Path
) -> None:
    line = source.count("\n") + 1
    with pytest.raises(NotLiteral, match=rf"wizard/x\.py:{line}: "):
        extract(tmp_path, source)


def test_no_template_is_put_together_at_run_time() -> None:
    assert len(messages()) > 500


def texts(value: Any) -> Iterator[Text]:
    """Give the texts of a declared value, and of what it is made of."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts(each)
    elif hasattr(value, "__dataclass_fields__"):
        for each in vars(value).values():
            yield from texts(each)


def test_what_is_declared_is_among_what_is_extracted() -> None:
    found = messages(packages=("wire", "wizard/flow"))
    extracted = {template for each in found for template in each.templates}
    assert {each.template for each in texts(PAGES)} <= extracted | {""}
    assert len(list(texts(PAGES))) > len(PAGES) * 4


def test_the_catalog_holds_every_text_and_no_other() -> None:
    assert POT.read_bytes() == catalog(), "run ./dev texts"
