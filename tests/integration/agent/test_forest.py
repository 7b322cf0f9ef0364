"""A forest with another domain: the user's whole token says who is protected."""

import time
from collections.abc import Iterator
from uuid import UUID

import pytest

from agent.acl.ace import Ace, AceType
from agent.acl.rights import READ_PROPERTY
from agent.active_directory.protected_groups import protected_groups, token_of
from lab.agent_settings import settings_for
from lab.controller import Lab
from tests.conftest import ReportLine
from tests.fixtures.agent_stage import AgentStage
from tests.integration.agent.policy_admin import Admin
from tests.integration.agent.test_hidden import account_sid, is_not_written
from tests.integration.wizard.test_coverage import judged, opened
from wire.outcomes import Code

TOKEN_GROUPS = UUID("b7c69e6d-2cc7-11d2-854e-00a0c983f608")
_LOOKS = 100


@pytest.fixture(scope="module")
def forest(clean_lab: Lab) -> Iterator[Lab]:
    """The lab's domain, with another one entered beside it."""
    wish = {"name": f"CN=System,{clean_lab.base_dn}"}
    clean_lab.change_stopped("forest.py", wish)
    yield clean_lab
    clean_lab.reset()


def test_the_labs_domain_is_the_only_one_of_its_forest(clean_lab: Lab) -> None:
    with opened(clean_lab, "svc-existing") as directory:
        assert not protected_groups(directory, clean_lab.base_dn).others


def test_everybody_is_judged_as_before_in_a_forest_of_several_domains(
    clean_lab: Lab, request: pytest.FixtureRequest, report_line: ReportLine
) -> None:
    settings = settings_for(clean_lab)
    alone = judged(clean_lab, settings)
    request.getfixturevalue("forest")
    with opened(clean_lab, "svc-existing") as directory:
        assert protected_groups(directory, clean_lab.base_dn).others
        dn = clean_lab.people["clara"]["dn"]
        began = time.perf_counter()
        for _ in range(_LOOKS):
            assert token_of(directory, dn)
        each = (time.perf_counter() - began) / _LOOKS
    report_line(f"a user's token takes {each * 1000:.1f} ms")
    beside = judged(clean_lab, settings)

    reset = {sam: each.verdict.reset for sam, each in alone.items()}
    assert reset == {sam: each.verdict.reset for sam, each in beside.items()}
    assert any(each.state == "yes" for each in reset.values())
    assert any(each.cause == "protected" for each in reset.values())


def test_a_token_that_is_hidden_may_hold_a_protected_group(
    forest: Lab, stage: AgentStage
) -> None:
    with forest.signed_in(forest.admin_user, forest.admin_password) as link:
        admin = Admin(link, forest.base_dn)
        own, dn = account_sid(admin, forest), forest.people["clara"]["dn"]
        deny = Ace(AceType.DENIED_OBJECT, 0, READ_PROPERTY, own, TOKEN_GROUPS)
        admin.add_aces(dn, [deny])
    detail = is_not_written(stage, "clara", Code.PERMISSION_DENIED)
    assert "tokenGroups" in detail
