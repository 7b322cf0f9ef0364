"""A machine for single steps, and one that has keys."""

from pathlib import Path

import pytest

from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.machine import Machine, on
from wizard.plan.step import Target
from wizard.steps.keys import Keys


@pytest.fixture
def host(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


@pytest.fixture
def keyed(host: Machine) -> Machine:
    """A machine with keys."""
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    Keys().apply(change, on(host))
    return host
