"""A portal in a real browser: one browser a file, a new portal for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.node_package import node_package
from tests.fixtures.portal.chromium import Window, window
from tests.fixtures.portal.running import ANNA, Running
from tests.fixtures.portal.served import Place, new_place, served

_AXE = Path(__file__).parent / "axe"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return new_place(tmp_path_factory.mktemp("place"))


@pytest.fixture(scope="module")
def browser(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    with window(place, tmp_path_factory.mktemp("browser")) as shown:
        yield shown


@pytest.fixture
def portal(place: Place, browser: Window, tmp_path: Path) -> Iterator[Running]:
    with served(place, tmp_path) as run:
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
