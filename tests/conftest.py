"""Fixtures of every test: the lab's real domain controller."""

import os
from collections.abc import Iterator

import pytest

from tests.lab import Lab

# before Qt is imported by any test; those on a real screen say so themselves
os.environ["QT_QPA_PLATFORM"] = "offscreen"


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A domain controller of this worker's own; tests leave people as they were."""
    started = Lab.start(tmp_path_factory.mktemp("lab"))
    yield started
    started.stop()


@pytest.fixture
def fresh_lab(lab: Lab) -> Lab:
    """The controller in its first state, for a test that changes things."""
    lab.reset()
    return lab
