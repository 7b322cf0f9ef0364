"""Every page of the window as Windows draws it: pictures, and nothing that is cut.

They stay in .lab/windows/pictures, to be looked at. Colours and size come from the
registry of Wine, as from that of Windows; that a theme of high contrast is on is what
Wine can't tell, so the program is told.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

from lab.windows.root import KEPT
from lab.windows.session import Session
from tests.fixtures.gallery.guide import STATES
from tests.fixtures.windows import product

# two minutes for each look: twenty pages under Wine
pytestmark = pytest.mark.slow

_LIMIT_S = 1800.0
_DESKTOP = r"HKEY_CURRENT_USER\Control Panel\Desktop"
_COLOURS = r"HKEY_CURRENT_USER\Control Panel\Colors"
_PERSONAL = (
    r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
)
_FEW = ("welcome", "relay-failed", "directory-hundred", "review-express")
# Windows 11's theme Dusk
_DUSK = {
    "Window": "45 50 54",
    "WindowText": "255 255 255",
    "GrayText": "166 166 166",
    "Hilight": "161 191 222",
    "HilightText": "33 45 59",
}


@dataclass(frozen=True)
class Look:
    """What the registry says, how the program is told, and what is looked at."""

    key: str = _PERSONAL
    values: Mapping[str, str | int] | None = None
    options: tuple[str, ...] = ()
    states: tuple[str, ...] = tuple(STATES.values())


LOOKS = {
    "light": Look(),
    "dark": Look(values={"AppsUseLightTheme": 0}),
    "200": Look(_DESKTOP, {"LogPixels": 192}),
    "contrast": Look(_COLOURS, _DUSK, ("--contrast",), _FEW),
}
USUAL = {
    _PERSONAL: {"AppsUseLightTheme": 1},
    _DESKTOP: {"LogPixels": 96},
}

Shown = Callable[[str], Mapping[str, Any]]


@pytest.fixture(scope="module")
def shown(wine: Session, python: str) -> Shown:
    """Renders the pages in a look, and gives what was seen."""
    product.add_tests(wine.work)
    code = product.run_module("tests.fixtures.gallery.on_windows")

    def render(name: str) -> Mapping[str, Any]:
        look = LOOKS[name]
        for key, values in USUAL.items():
            wine.set_registry(key, values)
        if look.values:
            wine.set_registry(look.key, look.values)
        wine.restart()
        folder = wine.work / name
        more = (wine.windows(folder), *look.options, *look.states)
        argv = ("wine", python, "-c", code, *more)
        wine.checked(*argv, limit_s=_LIMIT_S)
        kept = KEPT / "pictures" / name
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(folder, kept)
        seen: Mapping[str, Any] = json.loads((folder / "seen.json").read_text())
        assert seen["platform"] == "windows"
        assert seen["cut"] == {}
        _are_pictures(kept, look.states)
        return seen

    return render


def _are_pictures(folder: Path, states: tuple[str, ...]) -> None:
    found = {path.stem.partition("-")[2]: path for path in folder.glob("[0-9]*.png")}
    assert set(states) <= set(found)
    for path in found.values():
        image = QImage(str(path))
        some = range(0, min(image.width(), image.height()), 7)
        assert len({image.pixel(at, at) for at in some}) > 2, path.name


def test_the_pages_are_in_our_style_and_the_systems_font(shown: Shown) -> None:
    seen = shown("light")
    assert (seen["style"], seen["scheme"]) == ("Style", "Light")
    # in the place of Segoe UI; lists and menus would have another
    assert {seen["family"], seen["of_lists"]} == {"Open Sans"}
    assert seen["points"] == 9


def test_the_pages_are_dark_as_the_system_is(shown: Shown) -> None:
    seen = shown("dark")
    assert (seen["scheme"], seen["window"]) == ("Dark", "#1d2024")


def test_the_pages_are_as_large_as_the_system_says(shown: Shown) -> None:
    assert shown("200")["ratio"] == 2


def test_high_contrast_has_the_themes_colours(shown: Shown) -> None:
    seen = shown("contrast")
    assert (seen["window"], seen["text"]) == ("#2d3236", "#ffffff")
    assert (seen["accent"], seen["on_accent"]) == ("#a1bfde", "#212d3b")
