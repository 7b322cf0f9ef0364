"""A machine for single steps, and one that has keys."""

from pathlib import Path

import pytest

from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wizard.plan.step import Target
from wizard.steps.keys import Keys


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path / "machine")


@pytest.fixture
def keyed(host: FakeHost) -> FakeHost:
    """A machine with keys."""
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    Keys().apply(change, on(host))
    return host
