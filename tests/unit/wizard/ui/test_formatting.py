"""Numbers, durations and mnemonics on the screen."""

import re
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape

from wizard.ui.formatting import duration, mnemonics, number, tr_n


def test_times_and_counts_are_short() -> None:
    assert duration(84.4) == "84 ms"
    assert duration(2130) == "2.1 s"
    assert number(1204) == "1\u202f204"
    assert "1\u202f204 " in tr_n("Unlocking would fail for %n people.", 1204)


def test_mnemonics_take_letters_that_are_free() -> None:
    assert mnemonics(["Name", "Note", "Agent"], "n") == ["N&ame", "N&ote", "A&gent"]


def test_every_count_has_its_plural_forms() -> None:
    folder = files("resources") / "translations"
    forms = (folder / "wizard_en.ts").read_text(encoding="utf-8")
    pages = Path(str(files("wizard") / "ui")).rglob("*.py")
    counted = {
        found
        for page in pages
        for found in re.findall(r'tr_n\(\s*"([^"]+)"', page.read_text("utf-8"))
    }

    assert len(counted) > 8
    assert not [text for text in counted if escape(text) not in forms]
