"""A Windows machine for each test."""

import pytest

from tests.fixtures.windows.fake_win32 import FakeWin32


@pytest.fixture
def win32() -> FakeWin32:
    return FakeWin32()
