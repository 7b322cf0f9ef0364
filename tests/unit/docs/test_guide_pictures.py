"""The pictures of the guide show the pages as they are, and stay small."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fixtures.gallery import guide
from tests.fixtures.gallery.content import Shown, differences, embedded
from wizard.flow.pages.order import PAGES
from wizard.translation import CHOICE, ENGLISH
from wizard.ui.application import application

_ALL_BYTES = 1_000_000


@pytest.fixture
def english(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[QApplication]:
    """Words, times and preferences as the pictures are made with."""
    assert qtbot
    monkeypatch.setenv("LANGUAGE", ENGLISH)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv(CHOICE, raising=False)
    time.tzset()
    app = application()
    font = app.font()
    yield app
    app.setFont(font)
    monkeypatch.undo()
    time.tzset()


def shown(page: str) -> tuple[Shown, ...]:
    return embedded(QImage(str(guide.FOLDER / f"{page}.png")))


@pytest.mark.parametrize("page", guide.STATES)
@pytest.mark.usefixtures("english")
def test_a_picture_shows_the_page_as_it_is(page: str, tmp_path: Path) -> None:
    _picture, now = guide.picture_of(page, tmp_path)

    stale = list(differences(shown(page), now))

    assert not stale, (
        f"{guide.PICTURES}/{page}.png is stale ({stale[0]}). "
        f"Make the pictures anew: {guide.COMMAND}"
    )


@pytest.mark.parametrize(
    ("font", "stretch"), [("DejaVu Serif", 100), ("DejaVu Sans", 90)]
)
@pytest.mark.parametrize("page", ["relay", "permissions", "health"])
def test_letters_of_another_machine_make_no_picture_stale(
    english: QApplication, font: str, stretch: int, page: str, tmp_path: Path
) -> None:
    picture, usual = guide.picture_of(page, tmp_path)
    letters = QFont(font)
    letters.setStretch(stretch)
    english.setFont(letters)
    another, other = guide.picture_of(page, tmp_path)

    assert picture != another  # or the test compares nothing
    assert not list(differences(usual, other))


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "Another title"},
        {"role": "CheckBox"},
        {"place": (12, 1, 9, 1)},
    ],
    ids=["text", "role", "place"],
)
def test_what_is_changed_makes_a_picture_stale(changed: dict[str, object]) -> None:
    title = Shown("Heading", "Connect to the cloud", (6, 1, 9, 1))
    was = (title, Shown("StaticText", "Relay", (6, 3, 2, 1)))
    now = (replace(title, **changed), *was[1:])  # type: ignore[arg-type]

    assert len(list(differences(was, now))) == 1
    assert list(differences(was, was[:1]))
    assert not list(differences(was, was))


def test_each_page_has_one_picture_and_no_other_lies_there() -> None:
    files = {path.name for path in guide.FOLDER.iterdir()}

    assert files == {f"{page.id}.png" for page in PAGES}


def test_the_pictures_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in guide.FOLDER.iterdir()}

    assert not {n: size for n, size in sizes.items() if size > guide.MOST_BYTES}
    assert sum(sizes.values()) < _ALL_BYTES
