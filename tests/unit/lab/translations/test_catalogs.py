"""Catalogs are merged without loss, compiled, and what is in the repository is so."""

import gettext
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from lab.message_catalog import (
    GUIDE_POT,
    PORTAL_POT,
    REPOSITORY,
    ROLLOUT_POT,
    catalog,
    template,
)
from lab.translations import catalogs, guide, portal
from lab.translations.check import faults, missing
from lab.translations.terms import terms

LANGUAGES = catalogs.languages()
GUIDES = catalogs.languages(domain=catalogs.GUIDE)
# to be whole, each text has its words; a language begins with a part
WHOLE = ("de", "es", "fr", "ja")
WHOLE_GUIDES = ("de", "es", "fr", "ja")
WHOLE_PORTALS = ("de",)
# of people who reset, and of what they are given
SECOND: dict[str, tuple[Path, Callable[[], Catalog]]] = {
    catalogs.PORTAL: (PORTAL_POT, lambda: portal.template(REPOSITORY)),
    catalogs.ROLLOUT: (ROLLOUT_POT, lambda: template(catalogs.ROLLOUT, ("rollout",))),
}


def source(*texts: str | tuple[str, str]) -> Catalog:
    made = Catalog()
    for each in texts:
        made.add(each, locations=[("wizard/x.py", 0)])
    return made


def german(**words: str) -> Catalog:
    made = Catalog(locale="de")
    for english, translated in words.items():
        made.add(english, translated)
    return made


def words_of(catalog: Catalog) -> dict[str, object]:
    return {str(each.id): each.string for each in catalogs.texts(catalog)}


def test_what_was_translated_is_kept_and_what_is_new_waits() -> None:
    merged = catalogs.merge(german(On="Ein"), source("On", "Off"))
    assert words_of(merged) == {"On": "Ein", "Off": ""}


def test_a_text_that_comes_back_has_its_words_again(tmp_path: Path) -> None:
    catalogs.write(catalogs.merge(german(On="Ein"), source("Off")), tmp_path)
    without = catalogs.read("de", tmp_path)
    assert words_of(without) == {"Off": ""}
    again = catalogs.merge(without, source("On", "Off"))
    assert words_of(again) == {"On": "Ein", "Off": ""}
    assert not again.obsolete


def test_a_text_that_counts_now_waits_for_its_forms() -> None:
    one = "{count} change"
    merged = catalogs.merge(german(**{one: "x"}), source((one, "{count} changes")))
    (message,) = catalogs.texts(merged)
    assert message.string == ("", "")
    assert not catalogs.is_whole(message)


def test_the_same_texts_give_the_same_files() -> None:
    made = catalogs.merge(german(On="Ein"), source("On", ("a {count}", "b {count}")))
    spelled = catalogs.spelled(made)
    assert b"Date" not in spelled
    again = read_po(io.BytesIO(spelled), locale="de")
    assert catalogs.spelled(again) == spelled
    assert catalogs.compiled(again) == catalogs.compiled(made)


def test_what_lacks_words_is_english_for_gettext() -> None:
    made = catalogs.merge(
        german(On="Ein"), source("On", "Off", ("{count} a", "{count} b"))
    )
    read = gettext.GNUTranslations(io.BytesIO(catalogs.compiled(made)))
    assert read.gettext("On") == "Ein"
    assert read.gettext("Off") == "Off"
    assert read.ngettext("{count} a", "{count} b", 2) == "{count} b"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_programs_read_is_what_translators_wrote(language: str) -> None:
    path = catalogs.path_of(language)
    made = catalogs.compiled(catalogs.read(language))
    expected, held = (
        gettext.GNUTranslations(io.BytesIO(each))._catalog  # type: ignore[attr-defined]
        for each in (made, path.with_suffix(".mo").read_bytes())
    )
    assert expected.pop("")  # the header
    assert held.pop("")
    assert held == expected, "run ./dev texts merge"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_catalog_is_wrong(language: str) -> None:
    assert [str(each) for each in faults(catalogs.read(language), terms())] == []


@pytest.mark.parametrize("language", ["es", "fr"])
def test_only_whole_millions_take_de(language: str) -> None:
    # 5 personas, but 1 000 000 de personas: the middle form of three
    of = re.compile(r"\{count\} (?:de |d\u2019)(?!\{)")
    counted = [each.string for each in catalogs.texts(catalogs.read(language))]
    forms = [each for each in counted if isinstance(each, tuple)]
    assert [one for one, _, many in forms if of.search(one) or of.search(many)] == []
    assert any(of.search(millions) for _, millions, _ in forms)


@pytest.mark.parametrize("language", WHOLE)
def test_every_text_has_its_words(language: str) -> None:
    merged = catalogs.merge(catalogs.read(language), template())
    assert missing(merged) == []


def test_the_guides_words_are_a_catalog_of_their_own(tmp_path: Path) -> None:
    words = Catalog(locale="de", domain=catalogs.GUIDE)
    words.add("On", "An")
    catalogs.write(words, tmp_path)
    catalogs.write(german(On="Ein"), tmp_path)
    again = catalogs.read("de", tmp_path, catalogs.GUIDE)
    assert words_of(catalogs.merge(again, source("On", "Off"))) == {
        "On": "An",
        "Off": "",
    }
    assert words_of(catalogs.read("de", tmp_path)) == {"On": "Ein"}
    files = {path.name for path in tmp_path.rglob("*.*") if path.is_file()}
    assert files == {"guide.po", "writeback.po", "writeback.mo"}


def test_the_guides_template_holds_what_the_guide_says() -> None:
    made = guide.template(REPOSITORY)
    assert GUIDE_POT.read_bytes() == catalog(made), "run ./dev texts"
    for language in GUIDES:
        held = catalogs.read(language, domain=catalogs.GUIDE)
        merged = catalogs.spelled(catalogs.merge(held, made))
        path = catalogs.path_of(language, domain=catalogs.GUIDE)
        assert path.read_bytes() == merged, "run ./dev texts merge"


@pytest.mark.parametrize("language", GUIDES)
def test_no_text_of_a_guide_is_wrong(language: str) -> None:
    held = catalogs.read(language, domain=catalogs.GUIDE)
    assert [str(each) for each in faults(held, terms())] == []


@pytest.mark.parametrize("language", WHOLE_GUIDES)
def test_every_text_of_a_guide_has_its_words(language: str) -> None:
    assert missing(catalogs.read(language, domain=catalogs.GUIDE)) == []


@pytest.mark.parametrize("domain", SECOND)
def test_a_template_holds_what_is_said_and_no_other(domain: str) -> None:
    pot, made = SECOND[domain]
    assert pot.read_bytes() == catalog(made()), "run ./dev texts"
    for language in catalogs.languages(domain=domain):
        held = catalogs.read(language, domain=domain)
        merged = catalogs.spelled(catalogs.merge(held, made()))
        path = catalogs.path_of(language, domain=domain)
        assert path.read_bytes() == merged, "run ./dev texts merge"
        read = path.with_suffix(".mo").read_bytes()
        assert read == catalogs.compiled(held), "run ./dev texts merge"


@pytest.mark.parametrize("domain", SECOND)
def test_no_text_of_a_portal_or_a_material_is_wrong(domain: str) -> None:
    for language in catalogs.languages(domain=domain):
        held = catalogs.read(language, domain=domain)
        assert [str(each) for each in faults(held, terms())] == []


@pytest.mark.parametrize("domain", SECOND)
@pytest.mark.parametrize("language", WHOLE_PORTALS)
def test_every_text_of_a_portal_or_a_material_has_its_words(
    domain: str, language: str
) -> None:
    assert missing(catalogs.read(language, domain=domain)) == []
