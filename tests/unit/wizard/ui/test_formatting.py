"""Numbers, durations and mnemonics on the screen."""

from wire.text import plural
from wizard.translation import number
from wizard.ui.formatting import duration, mnemonics, say, tip, without_mnemonic


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
