"""What the agent refuses whatever a portal says, on a real domain controller."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from ldap3.core.exceptions import LDAPInvalidCredentialsResult

from agent.acl.ace import Ace, AceType
from agent.acl.rights import READ_PROPERTY
from agent.acl.sid import Sid
from lab.controller import Lab
from tests.fixtures.agent_stage import CANARY, AgentStage
from tests.integration.agent.policy_admin import Admin
from tests.integration.agent.test_agent import administer, lock, read, steps

THRESHOLD, LEFT = 5, 2
WRONG = "No-such-passw0rd"


@pytest.fixture(autouse=True)
def _threshold(clean_lab: Lab) -> None:
    window = -30 * 60 * 10_000_000
    administer(
        clean_lab,
        clean_lab.base_dn,
        {
            "lockoutThreshold": [THRESHOLD],
            "lockOutObservationWindow": [window],
            "lockoutDuration": [window],
        },
    )


def change(stage: AgentStage, key: str, old: str) -> dict[str, Any]:
    return stage.ask("change", key, old_password=old, new_password=CANARY)


def wrong_sign_in(lab: Lab, key: str) -> None:
    with contextlib.suppress(LDAPInvalidCredentialsResult):
        lab.sign_in(lab.people[key]["upn"], WRONG)


def bad_pwd_count(lab: Lab, key: str) -> int:
    return int(read(lab, key, "badPwdCount"))


def test_wrong_old_passwords_leave_two_tries_to_the_person(stage: AgentStage) -> None:
    codes = [change(stage, "anna", WRONG)["code"] for _ in range(6)]

    assert codes == ["wrong_password"] * 3 + ["too_many"] * 3
    assert bad_pwd_count(stage.lab, "anna") == THRESHOLD - LEFT
    refused = change(stage, "anna", stage.lab.start_password)
    assert refused["code"] == "too_many"
    assert refused["earliest"]
    # the person's own tries, and a reset, are not touched by it
    wrong_sign_in(stage.lab, "anna")
    stage.lab.sign_in(stage.lab.people["anna"]["upn"], stage.lab.start_password)
    assert stage.reset("anna")["code"] == "ok"


def test_wrong_sign_ins_elsewhere_count_as_well(stage: AgentStage) -> None:
    for _ in range(3):
        wrong_sign_in(stage.lab, "bruno")

    assert change(stage, "bruno", WRONG)["code"] == "too_many"
    assert bad_pwd_count(stage.lab, "bruno") == 3


def test_changes_at_the_same_time_do_not_add_up(stage: AgentStage) -> None:
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(change, stage, "clara", WRONG) for _ in range(12)]
        codes = [each.result()["code"] for each in asked]

    assert codes.count("wrong_password") == 3
    assert bad_pwd_count(stage.lab, "clara") == THRESHOLD - LEFT


def test_right_passwords_count_for_nothing(stage: AgentStage) -> None:
    for _ in range(2):
        assert change(stage, "david", WRONG)["code"] == "wrong_password"
    # the old password is right, and the new one is not
    for _ in range(4):
        answer = stage.ask(
            "change",
            "david",
            old_password=stage.lab.start_password,
            new_password="short",
        )
        assert answer["code"] == "too_short"
    assert change(stage, "david", stage.lab.start_password)["code"] == "ok"


@pytest.mark.parametrize("threshold", [1, 2])
def test_where_one_wrong_password_is_too_many_none_is_tried(
    stage: AgentStage, threshold: int
) -> None:
    administer(stage.lab, stage.lab.base_dn, {"lockoutThreshold": [threshold]})
    stage.with_settings()

    assert change(stage, "elif", WRONG)["code"] == "too_many"
    assert bad_pwd_count(stage.lab, "elif") == 0


def test_without_a_threshold_nobody_is_locked(stage: AgentStage) -> None:
    administer(stage.lab, stage.lab.base_dn, {"lockoutThreshold": [0]})
    stage.with_settings()
    codes = {change(stage, "elif", WRONG)["code"] for _ in range(9)}

    assert codes == {"wrong_password"}


def test_the_threshold_of_a_policy_object_counts(stage: AgentStage) -> None:
    # the account may not read it, so no old password is tried
    refused = change(stage, "strict", WRONG)
    assert refused["code"] == "permission_denied"
    assert "Password Settings" in refused["detail"]

    with stage.lab.signed_in(stage.lab.admin_user, stage.lab.admin_password) as link:
        admin = Admin(link, stage.lab.base_dn)
        (pso,) = admin.read(stage.lab.people["strict"]["dn"], "msDS-ResultantPSO")
        administer(stage.lab, pso.decode(), {"msDS-LockoutThreshold": [4]})
        let_read(admin, stage.lab, pso.decode())
    stage.with_settings()
    codes = [change(stage, "strict", WRONG)["code"] for _ in range(4)]

    assert codes == ["wrong_password"] * 2 + ["too_many"] * 2


def let_read(admin: Admin, lab: Lab, dn: str) -> None:
    own = Sid.parse(admin.read(lab.accounts["svc-existing"]["dn"], "objectSid")[0])
    admin.add_aces(dn, [Ace(AceType.ALLOWED, 0, READ_PROPERTY, own)])


def test_unlocks_count_for_a_person(stage: AgentStage) -> None:
    lock(stage.lab, "farid")
    stage.with_settings(limits={"per_user_per_hour": 2})

    assert steps(stage.ask("unlock", "farid")) == {"unlock": "done"}
    assert stage.ask("unlock", "farid")["code"] == "ok"
    assert stage.ask("unlock", "farid")["code"] == "too_many"
    assert stage.reset("farid")["code"] == "too_many"
    assert stage.ask("unlock", "greta")["code"] == "ok"


def test_writes_at_the_same_time_keep_to_the_limit(stage: AgentStage) -> None:
    stage.with_settings(limits={"per_user_per_hour": 2})
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(stage.ask, "unlock", "henri") for _ in range(8)]
        codes = [each.result()["code"] for each in asked]

    assert sorted(codes) == ["ok"] * 2 + ["too_many"] * 6


def test_the_breaker_stops_every_write_until_it_is_closed(stage: AgentStage) -> None:
    stage.with_settings(limits={"people_per_five_minutes": 5})
    people = ["ines", "jonas", "katia", "lukas", "marie"]
    for key in people:
        assert stage.reset(key)["code"] == "ok"
    before = read(stage.lab, "nils", "pwdLastSet")

    assert stage.reset("nils")["code"] == "breaker_open"
    assert read(stage.lab, "nils", "pwdLastSet") == before
    stage.with_settings(limits={"people_per_five_minutes": 5})  # as a new process
    for answer in (
        stage.reset("ines", f"{CANARY}-2"),
        stage.ask("unlock", "ines"),
        stage.ask("check", "ines"),
        change(stage, "olga", stage.lab.start_password),
    ):
        assert answer["code"] == "breaker_open"

    stage.places.breaker.unlink()
    assert stage.reset("nils")["code"] == "ok"
