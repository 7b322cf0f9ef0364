"""A screen, the buses of a desktop, and programs of ours on them."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fixtures.desktop import buses
from tests.fixtures.desktop.assistive import Assistive
from tests.fixtures.desktop.screen import Screen

Start = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def screen() -> Iterator[Screen]:
    with Screen.open() as opened:
        yield opened


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[buses.Buses]:
    with buses.started(tmp_path) as started:
        yield started


@pytest.fixture
def assistive(desktop: buses.Buses) -> Iterator[Assistive]:
    with desktop.connect() as bus:
        yield Assistive(bus)


@pytest.fixture
def start(screen: Screen, desktop: buses.Buses, tmp_path: Path) -> Iterator[Start]:
    """Starts a module of this package on the screen; ends it."""
    started: list[subprocess.Popen[str]] = []
    environment = {
        **screen.environment,
        **desktop.environment,
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "LC_ALL": "C.UTF-8",
    }

    def one(module: str) -> subprocess.Popen[str]:
        argv = [sys.executable, "-X", "faulthandler", "-m", f"{__package__}.{module}"]
        process = subprocess.Popen(
            argv,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield one
    for process in started:
        process.kill()
        process.communicate()
