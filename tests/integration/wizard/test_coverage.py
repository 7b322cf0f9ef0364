"""Coverage of the lab's domain: each answer is the one the person alone would get."""

import threading
from collections import Counter
from pathlib import Path

from agent.active_directory import users
from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.identifiers import user_filter
from agent.active_directory.subject_reader import SubjectReader
from agent.config.settings import Settings
from agent.ldap import filters
from agent.ldap.certificates import Endpoint
from agent.ldap.connection import Connection, connect
from agent.ldap.pool import PooledConnection
from agent.verdict import judge as verdict
from agent.verdict.causes import Cause
from lab.agent_settings import settings_for
from lab.bench.coverage import judge
from lab.controller import Lab
from lab.people import OTHER, PEOPLE
from wire.operation import Operation
from wire.secret import Secret
from wizard.controller.permissions import Coverage, Permissions
from wizard.host.sandbox.host import SandboxHost
from wizard.inputs import Inputs
from wizard.permissions.coverage import PersonVerdict, Scan, Tally, cover
from wizard.plan.change import Context, allow_all


def opened(lab: Lab, account: str) -> Connection:
    own = lab.accounts[account]
    endpoint = Endpoint(lab.host, lab.address, ca=lab.ca)
    return connect(endpoint, own["upn"], Secret(own["password"]))


def judged(
    lab: Lab, settings: Settings, who: str = "svc-existing"
) -> dict[str, PersonVerdict]:
    with opened(lab, who) as pages, opened(lab, who) as facts:
        warm = PooledConnection(facts, facts.root())
        subjects = SubjectReader(DomainCache(settings))
        operations = settings.features.operations
        scan = Scan(pages, warm, subjects, settings.scope, operations)
        found = list(cover(scan))
        scope, query = settings.scope, filters.people_filter()
        there = [
            entry for c in scope.containers for entry in facts.search(c, query, ())
        ]
        assert len(found) == len(there) or scope.pilot_group
    return {each.sam: each for each in found}


def test_everybody_gets_the_answer_they_would_get_alone(lab: Lab) -> None:
    settings = settings_for(lab)
    found = judged(lab, settings)
    assert len(found) > 60
    domain = DomainCache(settings)
    with opened(lab, "svc-existing") as directory:
        warm = PooledConnection(directory, directory.root())
        for sam, each in found.items():
            whom = user_filter("sAMAccountName", sam)
            user = users.find(directory, domain.base_dn, whom, detail=True)
            subject = SubjectReader(domain).read(warm, user, detail=True)
            alone = verdict.judge(subject, settings.features.operations)
            assert each.verdict == alone


def test_each_obstacle_of_the_domain_is_counted_under_its_cause(
    fresh_lab: Lab,
) -> None:
    found = judged(fresh_lab, settings_for(fresh_lab))
    tally = Tally()
    for each in found.values():
        tally.add(each.verdict)
    people = fresh_lab.people

    def cause(key: str) -> Cause:
        return found[people[key]["sam"]].verdict.reset.cause

    assert cause("anna") == Cause.NONE
    assert cause("disabled") == Cause.DISABLED
    assert cause("expired") == Cause.EXPIRED
    assert cause("protected") == Cause.PROTECTED
    assert cause("no_inheritance") == Cause.INHERITANCE_OFF
    assert cause("young") == Cause.TOO_YOUNG
    change = found[people["cannot_change"]["sam"]].verdict.change
    assert change.cause == Cause.CANNOT_CHANGE
    assert tally.people == len(found) == tally.states.total()
    assert people["outside"]["sam"] not in found


def test_an_account_without_rights_sees_them_missing(lab: Lab) -> None:
    found = judged(lab, settings_for(lab), "svc-weak")
    causes = Counter(each.verdict.reset.cause for each in found.values())

    assert Cause.NONE not in causes
    assert causes[Cause.NOT_GRANTED] > 50
    assert causes[Cause.INHERITANCE_OFF] == 1


def test_only_members_of_the_pilot_group_are_judged(lab: Lab) -> None:
    pilot = f"CN=Writeback pilot,OU=Groups,{lab.base_dn}"
    found = judged(lab, settings_for(lab, scope={"pilot_group": pilot}))
    with opened(lab, "svc-existing") as directory:
        inside = {
            person["sam"]
            for person in lab.people.values()
            if users.in_group(directory, pilot, person["dn"])
        }

    assert set(found) == inside
    assert len(found) > 5


def test_the_benchmark_judges_everybody_in_a_process_of_its_own(lab: Lab) -> None:
    settings = settings_for(lab)
    found = judge(lab, settings)

    assert found.people == len(judged(lab, settings))
    assert found.peak_mb > 10


def test_who_could_be_reset_once_the_settings_are_applied_is_foreseen(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    """Of a container that is added nobody is granted anything yet."""
    now = settings_for(fresh_lab)
    more = now.scope.model_copy(update={"containers": (PEOPLE, OTHER)})
    wanted = now.model_copy(update={"scope": more})
    password = Secret(fresh_lab.accounts["svc-existing"]["password"])
    context = Context(SandboxHost(tmp_path), Inputs(), allow_all)
    permissions, inputs = Permissions(context), Inputs(account_password=password)

    def ignore(_seen: object) -> None:
        pass

    never = threading.Event()
    today = permissions.coverage(wanted, inputs, each=ignore, report=ignore, stop=never)
    then = permissions.foresee(wanted, inputs, report=ignore, stop=never)

    def causes(coverage: Coverage) -> Counter[Cause]:
        return Counter(coverage.causes[Operation.RESET])

    assert causes(today)[Cause.NOT_GRANTED] == 2
    assert causes(then)[Cause.NOT_GRANTED] == 0
    assert then.people == today.people
    # what a grant does not change is as it was
    assert causes(then) - causes(today) == Counter({Cause.NONE: 2})
