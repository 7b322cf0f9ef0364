"""Numbers, durations and mnemonics on the screen."""

from datetime import date

import pytest

from wire.failure import sentence
from wire.text import day, plural, verbatim
from wizard.translation import number
from wizard.ui.formatting import (
    duration,
    mnemonics,
    say,
    tip,
    to_copy,
    tr,
    without_mnemonic,
)


def test_times_and_counts_are_short() -> None:
    assert duration(84.4) == "84 ms"
    assert duration(2130) == "2.1 s"
    assert number(1204) == "1\u202f204"
    assert say(plural("{count} person", "{count} people", 1204)) == "1\u202f204 people"


def test_mnemonics_take_letters_that_are_free() -> None:
    assert mnemonics(["Name", "Note", "Agent"], "n") == ["N&ame", "N&ote", "A&gent"]


def test_words_without_keys_have_their_letter_behind_them() -> None:
    labels = ["名前", "HTTP プロキシ", "参照…"]
    assert mnemonics(labels, "a") == ["名前(&B)", "HTTP プロキシ(&H)", "参照(&C)…"]


def test_what_is_read_lacks_the_letter() -> None:
    shown = ["&Next", "Domains && OUs", "次へ(&N)", "参照(&C)…", "項目 (省略可能)(&A)"]
    read = ["Next", "Domains & OUs", "次へ", "参照…", "項目 (省略可能)"]
    assert [without_mnemonic(each) for each in shown] == read


def test_what_a_peer_is_called_is_no_line_and_no_html_of_its_own() -> None:
    assert say("dc1\nFingerprint\u202e") == "dc1\nFingerprint\\u202e"
    shown = tip('OU=<img src="file:///etc/passwd"><b>Fingerprint</b>')
    assert "<img" not in shown
    assert "&lt;b&gt;Fingerprint" in shown
    assert tip("OU=Sales\x1b") == "OU=Sales\\x1b"


def test_a_date_keeps_its_direction_and_is_put_into_other_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "ar")
    shown = say(day(date(2026, 11, 24)))
    assert (shown[0], shown[-1]) == ("\u2068", "\u2069")  # by its own first letter
    assert say(sentence(verbatim("it is off."))) == "\u2066It is off.\u2069"
    within = tr("took {time}", time=duration(10_000))
    assert "\\u" not in within
    assert not set(to_copy(within + shown)) & set("\u2066\u2068\u2069")
    monkeypatch.setenv("LANGUAGE", "de")
    assert say(day(date(2026, 11, 24))) == "24.11.2026"
