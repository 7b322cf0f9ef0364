"""The stage that the relay's tests play on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fixtures.relay_stage import Enrolled, RelayStage, relay_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RelayStage]:
    async with relay_stage(tmp_path) as running:
        yield running


@pytest.fixture
async def agent(stage: RelayStage) -> Enrolled:
    return await stage.enrol("agent1")
