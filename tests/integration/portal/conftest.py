"""A portal in a real browser: one browser a file, a new portal for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.authority import Authority
from tests.fixtures.node_package import node_package
from tests.fixtures.portal.chromium import Window, window
from tests.fixtures.portal.running import ANNA, Running
from tests.fixtures.portal.served import Place, new_place, served
from tests.fixtures.portal.text_gateway import (
    GatewayThread,
    settings_for,
    text_gateway,
)

_AXE = Path(__file__).parent / "axe"
_PICTURES = Path(__file__).parents[3] / ".lab" / "portal-pictures"
_NARROWEST = 320


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return new_place(tmp_path_factory.mktemp("place"))


@pytest.fixture(scope="module")
def browser(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    with window(place, tmp_path_factory.mktemp("browser")) as shown:
        yield shown


@pytest.fixture
def gateway(place: Place, tmp_path: Path) -> Iterator[GatewayThread]:
    """A gateway of text messages that the portal sends through."""
    folder = place.stem.parent / "ca"
    authority = Authority(folder / "ca.pem", folder / "ca.key")
    with text_gateway(authority, tmp_path / "gateway") as made:
        yield made


@pytest.fixture
def portal(
    place: Place, browser: Window, gateway: GatewayThread, tmp_path: Path
) -> Iterator[Running]:
    ca = place.stem.parent / "ca/ca.pem"
    (tmp_path / "portal").mkdir()
    with served(place, tmp_path / "portal", settings_for(gateway.url, ca)) as run:
        browser.forget()
        yield run


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, as a script."""
    folder = node_package(_AXE, "package.json", "axe-core").parent
    return (folder / "node_modules/axe-core/axe.min.js").read_text()


def sign_in(browser: Window) -> None:
    """Sign Anna in."""
    browser.open("/account/sign-in")
    browser.type("name", ANNA.upn)
    browser.type("password", ANNA.password)
    browser.press("Sign in", "How you prove who you are")


class Gallery:
    """Looks at pages one after another; `found` is what is wrong with them."""

    def __init__(self, browser: Window, axe: str) -> None:
        self._browser, self._axe = browser, axe
        self.found: list[str] = []

    def look(self, name: str, heading: str) -> None:
        """Look at the page that is shown, in both schemes and narrow."""
        browser = self._browser
        browser.wait_for(heading)
        browser.pictures(_PICTURES, name)
        for dark in (False, True):
            browser.show_as(dark=dark)
            self.found += [f"{name}: {v}" for v in browser.violations(self._axe)]
        browser.show_as(width=_NARROWEST)
        if browser.is_too_wide():
            self.found.append(f"{name}: wider than {_NARROWEST} px")
        for right_to_left in (False, True):
            self._look_translated(name, right_to_left=right_to_left)
        browser.show_as()

    def _look_translated(self, name: str, *, right_to_left: bool) -> None:
        """Look at it on a narrow phone in longer words, from either side."""
        browser, side = self._browser, "right" if right_to_left else "left"
        with browser.translated(right_to_left=right_to_left):
            browser.picture(_PICTURES / f"{name}-long-{side}.png")
            if browser.is_too_wide():
                self.found.append(f"{name}: too wide in long words from the {side}")


@pytest.fixture
def gallery(browser: Window, axe: str) -> Iterator[Gallery]:
    _PICTURES.mkdir(parents=True, exist_ok=True)
    made = Gallery(browser, axe)
    yield made
    assert made.found == []
    assert browser.messages() == []
