"""The wizard's entry in the desktop's menu, and its icon."""

import configparser
import shutil
import subprocess
from importlib.resources import files
from xml.etree import ElementTree as ET

import pytest

from installer.package_specs import WIZARD
from installer.paths import INSTALLER
from lab.translations.catalogs import LANGUAGES
from wizard.translation import TRIED

SHARE = INSTALLER / "root/wizard/usr/share"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
ENTRY = SHARE / "applications/org.writeback.Wizard.desktop"


def entry() -> configparser.SectionProxy:
    read = configparser.ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(ENTRY)
    return read["Desktop Entry"]


def test_the_entry_starts_a_program_of_the_package() -> None:
    assert entry()["Exec"] in WIZARD.programs


def test_the_icon_that_is_named_is_there_and_scales() -> None:
    path = SHARE / f"icons/hicolor/scalable/apps/{entry()['Icon']}.svg"
    drawn = ET.parse(path).getroot()  # noqa: S314 - a file of our own
    assert drawn.get("viewBox") == "0 0 64 64"


def test_the_desktops_own_check_finds_nothing() -> None:
    if shutil.which("desktop-file-validate") is None:
        pytest.skip("desktop-file-utils is not installed")
    argv = ["desktop-file-validate", "--warn-kde", str(ENTRY)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_menu_and_the_question_of_polkit_are_in_each_language() -> None:
    whole = set(LANGUAGES) - TRIED
    for key in ("GenericName", "Comment", "Keywords"):
        assert whole == {
            each.removeprefix(f"{key}[").rstrip("]")
            for each in entry()
            if each.startswith(f"{key}[")
        }
    policy = INSTALLER / "root/agent/usr/share/polkit-1/actions"
    (file,) = policy.glob("*.policy")
    for action in ET.parse(file).getroot().iter("action"):  # noqa: S314 - our own
        for tag in ("description", "message"):
            spoken = [each.get(_LANGUAGE) for each in action.findall(tag)]
            assert sorted(filter(None, spoken)) == sorted(whole)
            assert spoken[0] is None


def test_window_has_the_icon_of_the_menu() -> None:
    shown = SHARE / f"icons/hicolor/scalable/apps/{entry()['Icon']}.svg"
    ours = files("resources") / "icons" / shown.name
    assert ours.read_bytes() == shown.read_bytes()
