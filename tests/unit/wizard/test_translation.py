"""Texts are put into the words of whoever looks on."""

import gettext

import pytest

from wire.failure import sentence
from wire.text import Text, plural, verbatim
from wizard import translation
from wizard.translation import PSEUDO, language, say


@pytest.fixture(autouse=True)
def _no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "C"),
        ({"LANG": "de_DE.UTF-8"}, "de_DE"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "fr_FR"}, "fr_FR"),
        ({"LC_ALL": "C.UTF-8", "LANG": "de"}, "C"),
        ({"LANGUAGE": "sv:de", "LC_ALL": "C"}, "sv"),
        ({"LANG": "ca_ES@valencia"}, "ca_ES@valencia"),
        # a catalog is not taken from where a path leads
        ({"LANGUAGE": "../../../../tmp/sv"}, "C"),
        ({"LANG": "/tmp/sv"}, "C"),
    ],
)
def test_the_language_is_asked_for_as_gettext_does(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert language() == expected


def test_english_needs_no_catalog() -> None:
    text = Text("Set {name} to {value}", name="a{b}", value=Text("off"))

    assert say(text) == "Set a{b} to off"
    assert say(Text("")) == ""
    assert say(plural("{count} person", "{count} people", 1204), "{:,}".format) == (
        "1,204 people"
    )


def test_the_pseudo_language_shows_what_is_translated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", PSEUDO)

    words = say(Text("Set {name} to {value}", name="Anna", value=Text("off")))

    assert words.startswith("[Šéţ Anna ţö [öff~]")
    assert words.endswith("~]")
    assert say("dc1.corp.test") == say(verbatim("dc1.corp.test")) == "dc1.corp.test"
    assert say(plural("{count} person", "{count} people", 2)).startswith("[2 péöpļé~")
    assert say(sentence(Text("off"))) == "[öff~]."
    assert say(sentence(verbatim("dc1 is off."))) == "Dc1 is off."


def test_a_catalog_translates_template_fields_and_plural(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class German(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return {"Set {name}": "{name} setzen", "it": "es"}[message]

        def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
            assert (msgid1, msgid2) == ("{count} a", "{count} b")
            return "{count} Stück" if n == 1 else "{count} Stücke"

    monkeypatch.setattr(translation, "_translation", lambda _name: German())

    assert say(Text("Set {name}", name=Text("it"))) == "es setzen"
    assert say(plural("{count} a", "{count} b", 3)) == "3 Stücke"
