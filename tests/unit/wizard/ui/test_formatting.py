"""Numbers, durations and mnemonics on the screen."""

from wire.text import plural
from wizard.ui.formatting import duration, mnemonics, number, say


def test_times_and_counts_are_short() -> None:
    assert duration(84.4) == "84 ms"
    assert duration(2130) == "2.1 s"
    assert number(1204) == "1\u202f204"
    assert say(plural("{count} person", "{count} people", 1204)) == "1\u202f204 people"


def test_mnemonics_take_letters_that_are_free() -> None:
    assert mnemonics(["Name", "Note", "Agent"], "n") == ["N&ame", "N&ote", "A&gent"]
