"""A Windows machine for each test, and its host."""

from pathlib import Path

import pytest

from tests.fixtures.windows.fake_services import FakeServices, below
from wizard.host.windows.host import WindowsHost

PROGRAM = r"C:\Program Files\Writeback\1.0.0\python\python.exe"


@pytest.fixture
def win32(tmp_path: Path) -> FakeServices:
    return below(tmp_path)


@pytest.fixture
def host(win32: FakeServices) -> WindowsHost:
    return WindowsHost(win32, PROGRAM)
