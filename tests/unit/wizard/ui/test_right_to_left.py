"""From right to left: no sign of direction is shown by its number."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.fixtures.gallery.order import WALKS
from tests.fixtures.gallery.walk import Walk
from tests.unit.wizard.ui.test_pseudo_language import Reader
from wizard.ui.application import application

_SIGNS = re.compile(r"\\u20(0[ef]|2[a-e]|6[6-9])")  # as what is not printable is shown


@pytest.fixture
def reader(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reader]:
    assert qtbot
    monkeypatch.setenv("LANGUAGE", "ar")
    application()
    reader = Reader(tmp_path)
    yield reader
    reader.stage.close()
    monkeypatch.undo()
    application()


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
def test_what_gives_a_direction_is_not_seen(walk: Walk, reader: Reader) -> None:
    walk(reader.stage)
    shown = {text: page for text, page in reader.texts.items() if _SIGNS.search(text)}
    assert reader.texts
    assert not shown
