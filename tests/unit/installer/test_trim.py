"""What the frozen programs hold of languages: ours whole, others not."""

import importlib.util
from pathlib import Path
from types import ModuleType

import babel
import PySide6
import pytest

from agent.platform import interface
from installer.package_specs import WIZARD
from installer.paths import INSTALLER
from lab.translations import catalogs


@pytest.fixture(scope="module")
def trim() -> ModuleType:
    path = INSTALLER / "freeze/trim.py"
    specification = importlib.util.spec_from_file_location("trim", path)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def names(trim: ModuleType, *listed: str) -> list[str]:
    return [name for name, *_ in trim.kept([(name, "", "DATA") for name in listed])]


def test_every_language_is_frozen_with_its_tables_and_qts_texts(
    trim: ModuleType,
) -> None:
    assert set(catalogs.languages()) <= set(catalogs.LANGUAGES)
    assert trim.LANGUAGES == catalogs.LANGUAGES
    tables = Path(babel.__file__).parent / "locale-data"
    qt = Path(PySide6.__file__).parent / "Qt/translations"
    for language in trim.LANGUAGES:
        assert (tables / f"{language}.dat").exists()
        assert (qt / f"qtbase_{language}.qm").exists()
        name = f"babel/locale-data/{language}.dat"
        assert names(trim, name) == [name]


def test_what_no_program_reads_is_left_out(trim: ModuleType) -> None:
    kept = (
        *("babel/locale-data/root.dat", "babel/locale-data/de_CH.dat"),
        "babel/locale-data/en.dat",
        *("babel/global.dat", "resources/translations/de/LC_MESSAGES/writeback.mo"),
    )
    gone = (
        *("babel/locale-data/sv.dat", "babel/locale-data/en_DE.dat"),
        *("resources/translations/writeback.pot", "babel/locale-data/dsb.dat"),
        *("resources/translations/guide.pot",),
        *("resources/translations/de/LC_MESSAGES/guide.po",),
        "resources/translations/de/LC_MESSAGES/writeback.po",
    )
    assert names(trim, *kept, *gone) == list(kept)


def test_the_desktop_package_asks_for_the_letters_of_each_language() -> None:
    assert {"fonts-noto-core", "fonts-noto-cjk"} <= set(WIZARD.deb.recommends)
    assert {"font(:lang=ja)", "font(:lang=ar)"} <= set(WIZARD.rpm.recommends)


def test_another_systems_platform_is_left_out(trim: ModuleType) -> None:
    """Its libraries are not there, and a build that misses any is none."""
    of_linux = Path(interface.__file__).with_name("systemd")
    others = {path.parent for path in of_linux.parent.glob("*/__init__.py")}
    names = {f"agent.platform.{path.name}" for path in others - {of_linux}}
    assert names
    assert names <= set(trim.LEFT_OUT)
