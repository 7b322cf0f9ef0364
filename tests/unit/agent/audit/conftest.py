"""An audit trail of its own for each test."""

from pathlib import Path

import pytest

from tests.unit.agent.audit.trail_files import Files


@pytest.fixture
def trail(tmp_path: Path) -> Files:
    return Files(tmp_path)
