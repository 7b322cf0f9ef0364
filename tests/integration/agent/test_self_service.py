"""Self-service on a real domain controller: who may, and what a trial says."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ldap3
import pytest

from lab.agent_settings import settings_for
from lab.controller import Lab
from lab.people import START_PASSWORD
from tests.fixtures.agent_stage import CANARY, AgentStage
from tests.integration.agent.test_agent import administer, lock

GROUPS = "OU=Groups,DC=corp,DC=test"
PILOT = f"CN=Writeback pilot,{GROUPS}"
DAY = 86_400


@pytest.fixture
def everybody(clean_lab: Lab, tmp_path: Path) -> Iterator[AgentStage]:
    made = AgentStage(
        clean_lab, tmp_path, settings_for(clean_lab, self_service={"who": "all"})
    )
    yield made
    made.close()


def proofs(*kinds: str) -> list[dict[str, Any]]:
    now = int(time.time())
    return [
        {
            "method": "otp",
            "at": now - 20,
            "kind": kind,
            "id": kind.ljust(43, "x"),
            "registered": now - 30 * DAY,
        }
        for kind in kinds
    ]


def members_of(lab: Lab, group: str) -> set[str]:
    """Give the members of a group, those of groups within it too."""
    nested = f"(memberOf:1.2.840.113556.1.4.1941:={group})"
    with lab.signed_in(lab.admin_user, lab.admin_password) as connection:
        anyway: Any = connection
        anyway.search(lab.base_dn, nested, ldap3.SUBTREE, attributes=["cn"])
        return {str(each.get("dn")) for each in anyway.response}


def tried(stage: AgentStage, key: str, password: str) -> tuple[str, str]:
    answer = stage.ask("authenticate", key, password=password)
    return answer["code"], answer.get("state", {}).get("password", "")


def test_a_reset_needs_what_the_settings_ask_for(everybody: AgentStage) -> None:
    stage = everybody
    assert stage.reset("anna")["code"] == "not_enough_proofs"
    one = stage.reset("anna", methods=proofs("totp"))
    assert one["code"] == "not_enough_proofs"
    assert stage.reset("anna", methods=proofs("totp", "email"))["code"] == "ok"
    stage.lab.sign_in(stage.lab.people["anna"]["upn"], CANARY)


def test_who_is_none_of_the_groups_is_not_eligible(stage: AgentStage) -> None:
    entries = {"who": "groups", "groups": [PILOT]}
    stage.with_settings(self_service=entries)
    members = members_of(stage.lab, PILOT)
    inside = next(k for k, p in stage.lab.people.items() if p["dn"] in members)
    outside = "quentin"
    assert stage.lab.people[outside]["dn"] not in members
    enough = proofs("totp", "email")
    assert stage.ask("lookup", inside, purpose="reset")["code"] == "ok"
    refused = stage.ask("lookup", outside, purpose="reset")
    assert refused["code"] == "not_eligible"
    assert refused["self_service"] == {"why": "no_member"}
    assert "person" not in refused
    assert "state" not in refused
    reset = stage.reset(outside, methods=enough)
    assert reset["code"] == "not_eligible"
    # an exception that nobody finds may have meant anybody
    gone = {**entries, "exceptions": [f"CN=Gone,{GROUPS}"]}
    stage.with_settings(self_service=gone)
    assert stage.ask("lookup", inside, purpose="reset")["code"] == "not_eligible"


def test_a_lookup_says_who_it_is_and_how_the_account_is(everybody: AgentStage) -> None:
    stage = everybody
    person = stage.lab.people["must_change"]
    answer = stage.ask("lookup", "must_change", purpose="sign_in")
    assert answer["person"]["guid"] == person["objectGUID"]
    assert answer["person"]["upn"] == person["upn"]
    assert answer["state"]["must_change"] is True
    assert answer["self_service"]["proofs"] == 2
    record = stage.records()[-1]
    assert (record["op"], record["event"]) == ("lookup", 40051)
    assert record["origin"] == {"purpose": "sign_in"}


def test_without_self_service_nothing_of_it_is_answered(stage: AgentStage) -> None:
    for answer in (
        stage.ask("lookup", "bruno", purpose="reset"),
        stage.ask("authenticate", "bruno", password=START_PASSWORD),
        stage.reset("bruno", origin="self"),
    ):
        assert answer["code"] == "not_eligible"


def test_a_password_s_trial_says_what_the_directory_does(everybody: AgentStage) -> None:
    stage = everybody
    assert tried(stage, "clara", START_PASSWORD) == ("ok", "right")
    assert tried(stage, "clara", "wrong-1-Passw0rd")[0] == "wrong_password"
    assert tried(stage, "must_change", START_PASSWORD) == ("ok", "must_change")
    assert tried(stage, "must_change", "wrong-1-Passw0rd")[0] == "wrong_password"
    assert tried(stage, "password_expired", START_PASSWORD) == ("ok", "expired")
    assert tried(stage, "disabled", START_PASSWORD)[0] == "account_disabled"
    assert tried(stage, "expired", START_PASSWORD)[0] == "account_expired"


def test_a_locked_account_says_nothing_of_its_password(everybody: AgentStage) -> None:
    lock(everybody.lab, "david")
    for password in (START_PASSWORD, "wrong-1-Passw0rd"):
        assert tried(everybody, "david", password)[0] == "account_locked"


def test_nobody_is_locked_out_by_trials(everybody: AgentStage) -> None:
    stage = everybody
    codes = [tried(stage, "elif", f"wrong-{n}-Passw0rd")[0] for n in range(8)]
    assert codes.count("wrong_password") == 3  # self_service.sign_in.tries
    assert set(codes[3:]) == {"too_many"}
    # a right one is none of the tries, and the account is not locked
    assert tried(stage, "elif", START_PASSWORD)[0] == "too_many"
    stage.lab.sign_in(stage.lab.people["elif"]["upn"], START_PASSWORD)
    # a change with a wrong old password is one more of the same
    change = stage.ask(
        "change", "elif", new_password=CANARY, old_password="wrong-9-Passw0rd"
    )
    assert change["code"] == "too_many"


def test_the_help_desk_may_what_its_role_and_the_settings_say(
    everybody: AgentStage,
) -> None:
    stage = everybody
    people = stage.lab.people
    roles = {"help_desk": [people["farid"]["dn"], people["greta"]["dn"]]}
    stage.with_settings(self_service={"who": "all", "roles": roles})

    def helped(op: str, key: str, actor: str, **more: Any) -> str:
        asked = {"actor": people[actor]["objectGUID"], "reason": "called, #4711"}
        answer = stage.ask(op, key, origin="help_desk", **(asked | more))
        return str(answer["code"])

    assert helped("unlock", "henri", "farid") == "ok"
    assert helped("unlock", "henri", "ines") == "not_eligible"
    assert helped("unlock", "farid", "farid") == "not_eligible"
    assert helped("unlock", "greta", "farid") == "not_eligible"
    password = {"new_password": CANARY, "must_change": True}
    assert helped("reset", "henri", "farid", **password) == "operation_off"
    operations = {"help_desk_reset": True}
    chosen = {"who": "all", "roles": roles, "operations": operations}
    stage.with_settings(self_service=chosen)
    assert helped("reset", "henri", "farid", new_password=CANARY) == "bad_request"
    assert helped("reset", "henri", "farid", **password) == "ok"
    record = stage.records()[-1]
    assert record["origin"]["actor"] == people["farid"]["objectGUID"]
    assert record["origin"]["reason"] == "called, #4711"
    # whoever a role that is not found meant may be anybody
    gone = {**roles, "administrators": [f"CN=Gone,{GROUPS}"]}
    stage.with_settings(self_service={"who": "all", "roles": gone})
    assert helped("unlock", "henri", "farid") == "not_eligible"
    stage.with_settings(self_service=chosen)
    assert helped("unlock", "henri", "farid") == "ok"
    # one who can't sign in helps nobody
    flags = {"userAccountControl": ["514"]}
    administer(stage.lab, people["farid"]["dn"], flags)
    assert helped("unlock", "henri", "farid") == "not_eligible"


def test_words_that_the_organization_bans_are_refused_before_the_write(
    stage: AgentStage,
) -> None:
    stage.with_settings(self_service={"banned_words": ["contoso", "blank"]})
    for password, code in (
        ("C0ntos0Blank12", "banned_password"),
        ("xy7-Katia.Adler-Zebra", "banned_password"),
        ("ContoS0Bl@nkf9!", "ok"),
    ):
        checked = stage.ask("check", "katia", new_password=password)
        assert checked["code"] == code
        assert stage.reset("katia", password)["code"] == code
    records = [each["detail"] for each in stage.records()]
    assert not any("contoso" in each.lower() for each in records)


def test_no_password_that_was_tried_is_anywhere(everybody: AgentStage) -> None:
    tried(everybody, "jonas", CANARY)
    for path in everybody.home.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes()
