"""Texts keep their template and fields, whatever carries them."""

import copy
import json
import pickle
from dataclasses import asdict, dataclass, replace

import pytest
from pydantic import TypeAdapter, ValidationError

from wire.failure import sentence
from wire.text import Text, TextAttribute, listed, plural, read_text, verbatim

NESTED = Text("Set {name} to {value}", name="a{b}", value=Text("off"))
TEXTS = TypeAdapter(Text)


@dataclass(frozen=True)
class Row:
    title: Text


def same(one: Text, other: Text) -> bool:
    return one.as_dict() == other.as_dict()


def test_a_text_is_the_english_of_it() -> None:
    assert NESTED == "Set a{b} to off"
    assert json.dumps(asdict(Row(NESTED))) == '{"title": "Set a{b} to off"}'
    assert f"{NESTED}." == "Set a{b} to off."


def test_a_text_without_fields_is_taken_to_the_letter() -> None:
    assert Text("{no field}, {} and {name}") == "{no field}, {} and {name}"


def test_data_is_taken_to_the_letter_and_is_no_template() -> None:
    assert verbatim("dc1 {x}") == "dc1 {x}"
    assert verbatim("dc1 {x}").template == ""
    assert verbatim(NESTED) is NESTED
    assert verbatim("") == Text("") == ""


def test_a_field_that_is_missing_is_found_where_the_text_is_made() -> None:
    with pytest.raises(KeyError):
        Text("Set {name} to {value}", name="x")


@pytest.mark.parametrize(
    ("count", "english"), [(0, "0 changes."), (1, "1 change."), (2, "2 changes.")]
)
def test_a_count_chooses_the_plural(count: int, english: str) -> None:
    assert plural("{count} change.", "{count} changes.", count) == english


def test_a_list_holds_its_items_as_they_are() -> None:
    items = listed((NESTED, Text("b"), verbatim("c")))
    assert items == "Set a{b} to off; b; c"
    assert listed((NESTED,)) is NESTED


@pytest.mark.parametrize(
    "text",
    [
        NESTED,
        plural("{count} a", "{count} b", 2),
        verbatim("{x} ä"),
        sentence(NESTED),
        Text(""),
    ],
)
def test_a_text_crosses_whole(text: Text) -> None:
    assert same(TEXTS.validate_json(TEXTS.dump_json(text)), text)
    assert same(pickle.loads(pickle.dumps(text)), text)  # noqa: S301 - our own
    assert same(copy.deepcopy(text), text)


def test_a_line_of_before_is_a_template_without_fields() -> None:
    old = TEXTS.validate_json(b'"Make {x} of it"')

    assert same(old, Text("Make {x} of it"))


@pytest.mark.parametrize(
    "peer",
    [
        {"template": "{x}"},
        {"template": "{x}", "fields": {"y": 1}},
        {"template": "{x}", "fields": {"x": [1]}},
        {"template": "{x}", "fields": 3},
        {"template": "a", "many": "b", "fields": {"x": 1}},
        7,
        None,
        ["a"],
    ],
)
def test_what_is_no_text_is_refused(peer: object) -> None:
    with pytest.raises(ValueError, match="is no text"):
        read_text(peer)
    with pytest.raises(ValidationError):
        TEXTS.validate_python(peer)


def test_a_template_of_a_peer_only_fills_in() -> None:
    peer = {
        "template": "{x.__class__} {x!r} {x:>99999999} {x}",
        "fields": {"x": "1"},
    }

    assert read_text(peer) == "{x.__class__} {x!r} {x:>99999999} 1"


@dataclass(frozen=True)
class Card:
    """What is declared with words."""

    title: TextAttribute = TextAttribute()
    help: TextAttribute = TextAttribute("None.")


def test_an_attribute_is_written_as_a_literal_and_read_as_a_text() -> None:
    card = Card("Title")
    texts = (card.title, card.help)
    assert all(isinstance(each, Text) for each in texts)
    assert [each.template for each in texts] == ["Title", "None."]
    assert card == replace(card, title=Text("Title"))
    made = Text("{a}", a="b")
    assert Card(made).title is made
    with pytest.raises(TypeError):
        Card()


def test_a_text_that_is_nested_without_end_is_refused() -> None:
    peer: object = "a"
    for _ in range(20_000):
        peer = {"template": "{x}", "fields": {"x": peer}}

    with pytest.raises(ValueError, match="is no text"):
        read_text(peer)
