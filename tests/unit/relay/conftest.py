"""The stage that the relay's tests play on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.relay.stage import Enrolled, Stage, a_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as running:
        yield running


@pytest.fixture
async def agent(stage: Stage) -> Enrolled:
    return await stage.enrol("agent1")
