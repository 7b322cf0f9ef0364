"""Whether anybody can be reset, on a real domain controller."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.ldap.errors import DirectoryError
from agent.service.reach import Reach, look
from lab.agent_settings import settings_for
from lab.controller import Lab
from tests.fixtures.agent_stage import AgentStage
from wire.outcomes import Code


def reach_of(stage: AgentStage) -> Reach:
    return look(stage.tools.pool, stage.tools.domain, stage.settings)


@pytest.fixture
def weak(clean_lab: Lab, tmp_path: Path) -> Iterator[AgentStage]:
    """An agent whose account has lost its rights."""
    settings = settings_for(clean_lab)
    with closing(AgentStage(clean_lab, tmp_path, settings, account="svc-weak")) as made:
        yield made


def test_somebody_is_found_where_the_rights_are_there(stage: AgentStage) -> None:
    stage.reset("anna")  # so that there is a record, as in every test of a stage
    reach = reach_of(stage)
    assert not reach.nobody
    assert reach.why == ""


def test_nobody_is_found_where_the_rights_are_gone(weak: AgentStage) -> None:
    reach = reach_of(weak)
    assert reach.nobody
    assert reach.looked > 5
    assert reach.code is Code.PERMISSION_DENIED
    assert "lacks a right" in reach.why


def test_nobody_is_in_a_scope_without_people(clean_lab: Lab, stage: AgentStage) -> None:
    stage.reset("anna")
    stage.with_settings(scope={"containers": [f"OU=Groups,{clean_lab.base_dn}"]})
    reach = reach_of(stage)
    assert (reach.nobody, reach.looked) == (True, 0)
    assert "no people in the scope" in reach.why


def test_a_container_that_is_gone_is_no_answer(
    clean_lab: Lab, stage: AgentStage
) -> None:
    stage.reset("anna")
    stage.with_settings(scope={"containers": [f"OU=Nowhere,{clean_lab.base_dn}"]})
    with pytest.raises(DirectoryError):
        reach_of(stage)
