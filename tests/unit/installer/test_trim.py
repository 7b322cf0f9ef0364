"""What the frozen programs hold of languages: ours whole, others not."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import babel
import PySide6
import pytest

from installer.package_specs import WIZARD
from installer.paths import INSTALLER, REPOSITORY
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


def test_what_is_of_another_system_is_left_out(trim: ModuleType) -> None:
    """Its libraries are not there, and a build that misses any is none."""
    of_windows = {
        ".".join(found.parent.relative_to(REPOSITORY).parts)
        for top in ("agent", "wizard")
        for found in (REPOSITORY / top).glob("**/windows/__init__.py")
    }
    assert len(of_windows) > 1
    assert of_windows <= set(trim.LEFT_OUT)


_WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in {left_out!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
import {program}
"""


@pytest.mark.parametrize(
    "program", ["agent.__main__", "wizard.__main__", "wizard.cli.main"]
)
def test_a_program_starts_without_what_is_left_out(
    trim: ModuleType, program: str
) -> None:
    ours = [name for name in trim.LEFT_OUT if name.startswith(("agent.", "wizard."))]
    code = _WITHOUT.format(left_out=ours, program=program)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=REPOSITORY)
