"""Texts are put into the words of whoever looks on."""

import gettext
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from lab.translations import catalogs
from wire.failure import sentence
from wire.text import Text, day, listed, plural, read_text, verbatim
from wizard import translation
from wizard.preferences import LANGUAGE, prefer
from wizard.translation import PSEUDO, available, language, locale, say, use


@pytest.fixture(autouse=True)
def _no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in translation._VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def _several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have catalogs of four languages, with one text."""
    for code in ("ar", "ca", "de", "fr"):
        made = Catalog(locale=code, fuzzy=False)
        made.add("On {day}", f"{code} {{day}}")
        catalogs.write(made, tmp_path)
    monkeypatch.setattr(translation, "FOLDER", tmp_path)
    _forget()
    yield
    _forget()


def _forget() -> None:
    available.cache_clear()
    translation._catalogs.cache_clear()
    translation._first.cache_clear()
    translation._translation.cache_clear()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "fr_FR"}, "fr"),
        ({"LC_ALL": "C.UTF-8", "LANG": "de"}, "en"),
        ({"LANGUAGE": "sv:de", "LC_ALL": "C"}, "de"),
        ({"LANGUAGE": "sv:en_GB:de"}, "en"),
        ({"LANG": "sv_SE.UTF-8"}, "en"),
        ({"LANG": "ca_ES@valencia"}, "ca"),
        ({"WRITEBACK_LANGUAGE": "fr", "LANGUAGE": "de"}, "fr"),
        # a catalog is not taken from where a path leads
        ({"LANGUAGE": "../../../../tmp/de"}, "en"),
        ({"LANG": "/tmp/de"}, "en"),
    ],
)
@pytest.mark.usefixtures("_several")
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
    assert say(plural("{count} person", "{count} people", 1204)) == (
        "1\u202f204 people"
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
    assert say(sentence(verbatim("dc1 is off."))) == "dc1 is off."  # a name


def test_a_sentence_and_a_list_are_written_as_japanese_writes_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "ja")
    assert say(sentence(verbatim("https だけです"))) == "https だけです。"
    assert say(sentence(verbatim("必須です。"))) == "必須です。"
    assert say(listed(["リセット", "変更"], ", ")) == "リセット、変更"
    assert say(Text("{0}, {1} at {2}", **{"0": "a", "1": "b", "2": "c"})) == "a, b at c"
    assert say(verbatim("a, b")) == "a, b"


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


@pytest.mark.usefixtures("_several")
def test_one_can_choose_what_there_is_but_what_is_only_tried() -> None:
    assert [(each.code, each.name) for each in available()] == [
        ("en", "English"),
        ("ca", "Català"),
        ("de", "Deutsch"),
        ("fr", "Français"),
    ]


@pytest.mark.usefixtures("_several")
def test_a_choice_holds_until_it_is_the_systems_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    use("fr")
    assert language() == "fr"
    use("")
    assert language() == "de"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "de_CH.UTF-8"}, "de_CH"),
        ({"WRITEBACK_LANGUAGE": "de", "LANG": "de_AT.UTF-8"}, "de"),
        ({"LANGUAGE": "fr", "LANG": "de_CH.UTF-8"}, "fr"),
        ({"LANG": "en_US.UTF-8"}, ""),
        ({"LANGUAGE": PSEUDO}, ""),
    ],
)
@pytest.mark.usefixtures("_several")
def test_numbers_and_dates_go_with_the_words(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert locale() == expected


@pytest.mark.usefixtures("_several")
def test_a_date_is_written_by_whoever_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text = Text("On {day}", day=day(datetime(2026, 11, 23, tzinfo=UTC)))
    crossed = read_text(text.as_dict())
    monkeypatch.setenv("LANGUAGE", "de")
    assert say(crossed) == "de 23.11.2026"
    monkeypatch.setenv("LANGUAGE", "en")
    assert say(crossed) == str(text) == "On 2026-11-23"


@pytest.mark.usefixtures("_several")
def test_what_is_filled_in_is_written_as_the_front_end_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "ar")
    assert translation.is_right_to_left()
    assert say(Text("On {day}", day="dc1"), lambda data: f"<{data}>") == "ar <dc1>"
    assert say(verbatim("dc1"), lambda data: f"<{data}>") == "<dc1>"


@pytest.mark.usefixtures("_several")
@pytest.mark.parametrize(
    ("chosen", "variable", "expected"),
    [("fr", "", "fr"), ("fr", "ca", "ca"), ("", "", "de"), ("../x", "", "de")],
)
def test_what_a_person_chose_comes_before_the_systems(
    chosen: str,
    variable: str,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    monkeypatch.setenv(translation.CHOICE, variable)
    if not variable:
        monkeypatch.delenv(translation.CHOICE)
    prefer(LANGUAGE, chosen)

    translation.use_preferred()

    assert language() == expected
