"""All of a container but another one in it, on a real domain controller."""

from typing import Any

import pytest

from agent.active_directory.domain_cache import DomainCache
from agent.ldap.certificates import Endpoint
from agent.ldap.connection import connect
from agent.ldap.dn import is_below
from agent.ldap.filters import people_filter
from agent.service.reach import look
from lab.agent_settings import settings_for
from lab.controller import Lab
from tests.fixtures.agent_stage import AgentStage
from wire.secret import Secret
from wizard.permissions.account_report import find_about_account
from wizard.permissions.coverage import people_in
from wizard.permissions.findings import Level


@pytest.fixture
def people(clean_lab: Lab) -> str:
    return f"OU=People,{clean_lab.base_dn}"


def administer(lab: Lab) -> Any:
    return lab.signed_in(lab.admin_user, lab.admin_password)


def test_an_excluded_container_is_refused_though_the_right_reaches_it(
    stage: AgentStage, people: str
) -> None:
    assert stage.reset("never_expires")["code"] == "ok"
    stage.with_settings(scope={"exclude_containers": [f"ou=paris,{people}"]})

    answer = stage.ask("check", "never_expires")
    assert answer["code"] == "not_in_scope"
    assert f"in ou=paris,{people}, which the scope excludes" in str(answer)
    assert stage.reset("never_expires")["code"] == "not_in_scope"
    assert stage.reset("anna")["code"] == "ok"


def test_what_is_made_later_beside_an_excluded_container_is_in_scope(
    stage: AgentStage, people: str
) -> None:
    stage.with_settings(scope={"exclude_containers": [f"OU=Paris,{people}"]})
    later, dn = f"OU=Made later,{people}", stage.lab.people["farid"]["dn"]
    with administer(stage.lab) as admin:
        admin.add(later, ["organizationalUnit"])
        admin.modify_dn(dn, dn.partition(",")[0], new_superior=later)

    assert stage.reset("farid")["code"] == "ok"


def test_an_excluded_container_under_another_name_stops_every_reset(
    stage: AgentStage, people: str
) -> None:
    """Who was meant can't be told any more: nobody is taken for somebody else."""
    stage.with_settings(scope={"exclude_containers": [f"OU=Gone,{people}"]})

    answer = stage.ask("check", "anna")
    assert answer["code"] == "not_in_scope"
    assert f"OU=Gone,{people} is not found" in str(answer)
    assert stage.reset("anna")["code"] == "not_in_scope"
    reach = look(stage.tools.pool, stage.tools.domain, stage.settings)
    assert reach.nobody
    assert reach.code == "not_in_scope"


def test_people_beside_what_is_excluded_are_looked_at_and_no_others(
    stage: AgentStage, people: str
) -> None:
    stage.reset("anna")  # so that there is a record, as in every test of a stage
    inner = _inner(stage.lab, people)
    everything_but = {"exclude_containers": [dn for dn in inner if "Paris" not in dn]}
    stage.with_settings(scope=everything_but)
    assert not look(stage.tools.pool, stage.tools.domain, stage.settings).nobody

    stage.with_settings(scope={"exclude_containers": inner})
    reach = look(stage.tools.pool, stage.tools.domain, stage.settings)
    assert (reach.nobody, reach.looked) == (True, 0)


def _inner(lab: Lab, people: str) -> list[str]:
    with administer(lab) as admin:
        query = "(objectClass=organizationalUnit)"
        admin.search(people, query, attributes=["name"])
        return [
            each["dn"] for each in admin.response if each.get("dn", people) != people
        ]


def test_the_report_says_who_inherits_the_right_and_is_refused(
    clean_lab: Lab, people: str
) -> None:
    paris = f"OU=Paris,{people}"
    settings = settings_for(clean_lab, scope={"exclude_containers": [paris]})
    account = clean_lab.accounts["svc-existing"]
    endpoint = Endpoint(clean_lab.host, clean_lab.address, 636, clean_lab.ca)
    with connect(endpoint, account["upn"], Secret(account["password"])) as opened:
        found = find_about_account(
            opened,
            DomainCache(settings),
            report=lambda _count: None,
            stop=lambda: False,
        )
        everybody = list(opened.search(people, people_filter(), ()))
        counted = list(people_in(opened, settings.scope, ("sAMAccountName",), 500))
    told = {each.id: each for each in found}

    inside = [each.dn for each in everybody if is_below(each.dn, paris)]
    assert inside
    assert len(counted) == len(everybody) - len(inside)
    assert told["outside/excluded"].level is Level.INFO
    assert "people in excluded containers" in told["outside/excluded"].title
    assert not told["outside/excluded"].title.startswith(
        "It may reset the passwords of 0"
    )
    assert told["outside/people"].level is Level.OK
