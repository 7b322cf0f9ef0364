"""What a reader would see wrong in a translation is found before it is shipped."""

import pytest
from babel.messages.catalog import Catalog

from lab.translations.check import faults, missing
from lab.translations.terms import Term, terms

OU = Term("OUs?", {"de": ["Einheit"]}, {"de": ["Ordner"]})


def wrong(english: str | tuple[str, str], words: str | tuple[str, ...]) -> list[str]:
    made = Catalog(locale="de")
    made.add(english, words)
    return [each.what for each in faults(made, [OU])]


@pytest.mark.parametrize(
    ("english", "words", "what"),
    [
        ("{a} of {b}", "{a} von {c}", "fields"),
        ("invalid value: %(value)s", "ungültig: %(wert)s", "fields"),
        (
            "Run writeback apply.",
            "Führen Sie writeback anwenden aus.",
            "writeback appl",
        ),
        ("Give --settings FILE", "--einstellungen DATEI angeben", "--settings"),
        ("Set scope.deny_list", "Bereich.Liste setzen", "scope.deny_list"),
        ("pwdLastSet is hidden", "Die Zeit ist verborgen", "pwdLastSet"),
        ("See /etc/writeback", "Siehe /usw/writeback", "/etc/writeback"),
        ("Run `sudo x`", "`sudo ix` eingeben", "marked up"),
        ("See [there](#a)", "Siehe [dort](#b)", "marked up"),
        ("See [there](#a)", "Siehe dort", "marked up"),
        ("**Grant** it", "*Erteilen*", "marked up"),
        ("Press *Stop*", "Anhalten drücken", "marked up"),
        ("  more", "mehr", "blanks"),
        ("one\ntwo", "eins zwei", "lines"),
        ("&Next", "Weiter", "mnemonics"),
        ("Next", "&Weiter", "mnemonics"),
        ("It is so.", "Es ist so", "end with"),
        ("Remedy", "Abhilfe:", "ends with"),
        ("Look at these words", "Look at these words", "English"),
        ("In 2 OUs", "In 2 Bereichen", "Einheit"),
        ("An OU", "Eine Einheit (Ordner)", "Ordner"),
    ],
)
def test_a_fault_is_found(english: str, words: str, what: str) -> None:
    (found,) = wrong(english, words)
    assert what in found


@pytest.mark.parametrize(
    ("english", "words"),
    [
        ("{a} of {b}", "Von {b} {a}"),
        ("&Next", "&Weiter"),
        ("&Next", "次へ(&N)"),
        ("Is it so?", "本当ですか\uff1f"),
        ("Run writeback apply.", "Führen Sie writeback apply aus."),
        ("As anna@corp.example.", "anna@corp.example など。"),
        ("TLS 1.2", "TLS 1.2"),
        ("Call `set-OU` so", "So `set-OU` aufrufen"),
        ("**On** and [*off*](a.md)", "[*Aus*](a.md) und **ein**"),
        ("3 * 4", "3 * 4"),
        ("An O&U", "Eine E&inheit"),
        ("An [OU](Ordner.md): `Ordner`", "Eine [Einheit](Ordner.md): `Ordner`"),
        ("It is [there](OU.md)", "Das ist [dort](OU.md)"),
    ],
)
def test_what_is_right_is_no_fault(english: str, words: str) -> None:
    assert wrong(english, words) == []


def test_each_plural_form_is_held_to_its_english() -> None:
    both = ("{count} OU", "{count} OUs")
    assert wrong(both, ("{count} Einheit", "{count} Einheiten")) == []
    assert len(wrong(both, ("Eine Einheit", "{count} Teile"))) == 2


def test_a_text_without_all_its_forms_is_missing() -> None:
    made = Catalog(locale="de")
    made.add("On", "Ein")
    made.add("Off", "")
    made.add(("{count} a", "{count} b"), ("{count} x", ""))
    assert missing(made) == ["Off", "{count} a"]


def test_each_term_is_its_own_translation() -> None:
    for term in terms():
        for language, words in term.words.items():
            assert words, language
            for each in words:
                assert each not in term.wrong_words.get(language, ())


def test_the_four_languages_have_a_word_for_each_term() -> None:
    assert all({"de", "fr", "es", "ja"} <= set(term.words) for term in terms())
