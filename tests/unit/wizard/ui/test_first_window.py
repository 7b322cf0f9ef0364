"""The window opens before anything heavy is imported, and its thread imports none."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.bench.first_window import figures

_PROGRAM = Path(__file__).with_name("gui_imports.py")
# what takes tens of milliseconds, and what knows of machines, directories and relays
HEAVY = (
    *("aiohttp", "asyncio", "babel", "cryptography", "dns", "jeepney", "joserfc"),
    *("keyring", "ldap3", "pydantic", "ssl", "yaml"),
    *("agent.config.settings", "agent.ldap.connection", "agent.verdict"),
    *("wizard.checks", "wizard.cli", "wizard.controller", "wizard.directory"),
    *("wizard.elevation", "wizard.enrolment", "wizard.flow.conversion"),
    *("wizard.grants", "wizard.health", "wizard.host.sandbox", "wizard.host.systemd"),
    *("wizard.permissions", "wizard.plan", "wizard.report", "wizard.steps"),
    *("wizard.ui.complete", "wizard.ui.form", "wizard.ui.health", "wizard.ui.review"),
    *("wizard.ui.start", "wizard.ui.widgets.editors", "wizard.ui.widgets.field_box"),
)
_PAGES = "wizard.ui.pages."
_FIRST = {_PAGES + "order", _PAGES + "reading"}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    home = tmp_path_factory.mktemp("home")
    done = subprocess.run(
        [sys.executable, str(_PROGRAM), str(home)],
        stdout=subprocess.PIPE,
        env=os.environ | {"XDG_STATE_HOME": str(home), "LANGUAGE": "en"},
        check=True,
    )
    seen: dict[str, list[str]] = json.loads(done.stdout)
    return seen


def heavy(names: list[str]) -> set[str]:
    below = tuple(f"{each}." for each in HEAVY)
    pages = {name for name in names if name.startswith(_PAGES)} - _FIRST
    return pages | {name for name in names if name in HEAVY or name.startswith(below)}


def test_the_window_is_painted_before_anything_heavy_is_imported(
    imported: dict[str, list[str]],
) -> None:
    assert {"wizard.ui.window", *_FIRST} <= set(imported["painted"])
    assert heavy(imported["painted"]) == set()


def test_what_follows_is_imported_off_the_gui_thread(
    imported: dict[str, list[str]],
) -> None:
    assert imported["page"] == ["welcome"]
    assert {"wizard.controller.changes", "aiohttp"} <= heavy(imported["elsewhere"])
    assert heavy(imported["shown"]) == set()


def test_the_figures_are_ratios_of_medians() -> None:
    taken = {"wizard": [300.0, 310.0, 900.0], "frame": [200.0] * 3, "qt": [155.0] * 3}
    assert figures(taken) == {
        "wizard_ms": 310.0,
        "frame_ms": 200.0,
        "qt_ms": 155.0,
        "ratio_to_frame": 1.55,
        "ratio_to_qt": 2.0,
    }
