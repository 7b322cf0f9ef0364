"""Every outcome a request can have, on a real domain controller."""

import base64
import contextlib
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import ldap3
import pytest
from ldap3.core.exceptions import LDAPInvalidCredentialsResult
from ldap3.protocol.microsoft import security_descriptor_control

from agent.acl.descriptor import parse, with_dacl
from agent.acl.rights import Right
from agent.active_directory import users as accounts
from agent.ldap import pool
from agent.ldap.certificates import Endpoint
from agent.ldap.connection import Connection, connect
from agent.ldap.controls import POLICY_HINTS, POLICY_HINTS_OLD, policy_hints
from agent.ldap.errors import ConstraintViolation, TimedOut
from agent.request import judgment, password_write
from lab.agent_settings import settings_for
from lab.controller import Lab
from lab.people import AWKWARD
from tests.fixtures.agent_stage import CANARY, SELF_TEST, AgentStage
from tests.fixtures.ledger_file import open_entries
from wire import jose
from wire.hybrid_connections import RelayRequest
from wire.outcomes import Code
from wire.secret import Secret
from wire.text import Text

LONG_CANARY = f"{CANARY}-and-more"
PILOT = "CN=Writeback pilot,OU=Groups,DC=corp,DC=test"


def steps(answer: dict[str, Any]) -> dict[str, str]:
    return {step["step"]: step["result"] for step in answer["steps"]}


def administer(lab: Lab, dn: str, changes: dict[str, list[Any]]) -> None:
    with lab.signed_in(lab.admin_user, lab.admin_password) as connection:
        anyway: Any = connection
        anyway.modify(dn, {k: [(ldap3.MODIFY_REPLACE, v)] for k, v in changes.items()})


def read(lab: Lab, key: str, name: str) -> bytes:
    with lab.signed_in(lab.admin_user, lab.admin_password) as connection:
        anyway: Any = connection
        dn = lab.people[key]["dn"]
        anyway.search(dn, "(objectClass=*)", ldap3.BASE, attributes=[name])
        return bytes(anyway.response[0]["raw_attributes"][name][0])


def lock(lab: Lab, key: str) -> None:
    for _ in range(6):
        with contextlib.suppress(LDAPInvalidCredentialsResult):
            lab.sign_in(lab.people[key]["upn"], "wrong")
    assert read(lab, key, "lockoutTime") != b"0"


def test_a_reset_sets_the_password(stage: AgentStage) -> None:
    answer = stage.reset("anna")
    assert answer["code"] == "ok"
    assert steps(answer) == {"password": "done", "unlock": "skipped"}
    assert answer["controller"] == stage.lab.host
    assert {"open", "find", "judge", "write", "total"} <= set(answer["ms"])
    stage.lab.sign_in(stage.lab.people["anna"]["upn"], CANARY)
    (record,), (begun,) = stage.records(), stage.begun()
    assert record["id"] == begun["id"] == answer["id"]
    assert (begun["event"], begun["dn"]) == (31001, record["dn"])
    assert (record["event"], record["event_name"]) == (31002, "PasswordResetSuccess")
    assert record["dn"] == stage.lab.people["anna"]["dn"]


def test_a_reset_unlocks_and_asks_for_a_change(stage: AgentStage) -> None:
    answer = stage.reset("locked", must_change=True)
    assert answer["code"] == "ok"
    assert set(steps(answer).values()) == {"done"}
    assert read(stage.lab, "locked", "pwdLastSet") == b"0"
    assert read(stage.lab, "locked", "lockoutTime") == b"0"


def test_a_change_of_a_locked_account_says_that_it_is_locked(
    clean_lab: Lab, stage: AgentStage
) -> None:
    lock(clean_lab, "bruno_costa")
    old = clean_lab.start_password
    answer = stage.ask("change", "bruno_costa", new_password=CANARY, old_password=old)
    assert answer["code"] == "account_locked"


def test_must_change_is_skipped_where_it_has_no_effect(stage: AgentStage) -> None:
    answer = stage.reset("never_expires", must_change=True)
    assert (answer["code"], steps(answer)["must_change"]) == ("ok", "skipped")


def test_steps_that_are_off_are_said_to_be(stage: AgentStage) -> None:
    stage.with_settings(features={"must_change": False})
    answer = stage.reset("must_change", must_change=True)
    assert (answer["code"], steps(answer)["must_change"]) == ("ok", "off")


def test_unlock_leaves_the_password(clean_lab: Lab, stage: AgentStage) -> None:
    person = clean_lab.people["ines"]
    lock(clean_lab, "ines")
    answer = stage.ask("unlock", "ines")
    assert (answer["code"], steps(answer)) == ("ok", {"unlock": "done"})
    assert "unlocked" in answer["message"]
    clean_lab.sign_in(person["upn"], clean_lab.start_password)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("disabled", Code.ACCOUNT_DISABLED),
        ("expired", Code.ACCOUNT_EXPIRED),
        ("protected", Code.PROTECTED_ACCOUNT),
        ("outside", Code.NOT_IN_SCOPE),
        ("no_inheritance", Code.PERMISSION_DENIED),
    ],
)
def test_who_may_not_be_reset_is_not_tried(
    stage: AgentStage, key: str, code: Code
) -> None:
    before = read(stage.lab, key, "pwdLastSet")
    answer = stage.reset(key)
    assert answer["code"] == code
    assert answer["steps"] == []
    assert read(stage.lab, key, "pwdLastSet") == before
    assert stage.records()[-1]["code"] == code


@pytest.mark.parametrize(
    ("key", "password", "code"),
    [
        ("bruno", "Ab1!short", Code.TOO_SHORT),
        ("bruno", "only-lower-letters", Code.NOT_COMPLEX),
        ("bruno", "Start-1234-Passw0rd", Code.IN_HISTORY),
        ("young", CANARY, Code.TOO_YOUNG),
    ],
)
def test_what_the_policy_says_is_told_apart(
    stage: AgentStage, key: str, password: str, code: Code
) -> None:
    answer = stage.reset(key, password)
    assert answer["code"] == code
    assert steps(answer) == {"password": "refused"}
    assert answer["policy"]["min_length"] == 10
    assert ("earliest" in answer) == (code is Code.TOO_YOUNG)


def test_a_strict_policy_holds_for_its_user(stage: AgentStage) -> None:
    # the delegated account can't read the policy object, so it says as much
    assert stage.reset("strict", "Fifteen-chars-1")["code"] in ("policy", "too_short")
    assert stage.reset("strict", LONG_CANARY)["code"] == "ok"


@pytest.mark.parametrize(
    ("oid", "key", "password", "words"),
    [
        (POLICY_HINTS, "young", LONG_CANARY, "too young"),
        (POLICY_HINTS, "david_costa", "Start-1234-Passw0rd", "already used"),
        (POLICY_HINTS_OLD, "young", f"{LONG_CANARY}-2", "too young"),
        (POLICY_HINTS_OLD, "clara_costa", "Start-1234-Passw0rd", "already used"),
    ],
)
def test_both_forms_of_the_hints_let_age_and_history_count(
    clean_lab: Lab, oid: str, key: str, password: str, words: str
) -> None:
    own, endpoint = clean_lab.accounts["svc-existing"], endpoint_of(clean_lab)
    dn, new = clean_lab.people[key]["dn"], Secret(password)
    with connect(endpoint, own["upn"], Secret(own["password"])) as directory:
        with pytest.raises(ConstraintViolation) as refused:
            accounts.reset(directory, dn, new, hints=policy_hints(oid))
        # without them neither counts, so it is the hints that refused
        accounts.reset(directory, dn, new, hints=None)

    assert words in refused.value.diagnostic


def endpoint_of(lab: Lab) -> Endpoint:
    return Endpoint(lab.host, lab.address, ca=lab.ca)


def test_without_hints_the_history_does_not_count(stage: AgentStage) -> None:
    stage.with_settings(directory={"policy_hints": False})
    answer = stage.reset("clara", stage.lab.start_password)
    assert answer["code"] == "ok"


def test_a_change_needs_the_old_password(stage: AgentStage) -> None:
    answer = stage.ask("change", "david", old_password="No-such-1", new_password=CANARY)
    assert answer["code"] == "wrong_password"
    old = stage.lab.start_password
    answer = stage.ask("change", "david", old_password=old, new_password=CANARY)
    assert answer["code"] == "ok"
    stage.lab.sign_in(stage.lab.people["david"]["upn"], CANARY)
    assert [r["event"] for r in stage.records()] == [33007, 31007]


def test_who_cannot_change_is_told_so(stage: AgentStage) -> None:
    old = stage.lab.start_password
    answer = stage.ask("change", "cannot_change", old_password=old, new_password=CANARY)
    assert answer["code"] == "cannot_change"


def test_a_change_that_nobody_may_make_names_the_right(stage: AgentStage) -> None:
    guid = Right.CHANGE_PASSWORD.value.guid
    lab, dn = stage.lab, stage.lab.people["farid"]["dn"]
    control = security_descriptor_control(sdflags=4)
    with lab.signed_in(lab.admin_user, lab.admin_password) as connection:
        anyway: Any = connection
        name = "nTSecurityDescriptor"
        anyway.search(
            dn, "(objectClass=*)", ldap3.BASE, attributes=[name], controls=control
        )
        found = parse(anyway.response[0]["raw_attributes"][name][0])
        assert found.dacl
        kept = [a for a in found.dacl.aces if getattr(a, "object_type", None) != guid]
        raw = with_dacl(found, tuple(kept)).to_bytes()
        anyway.modify(dn, {name: [(ldap3.MODIFY_REPLACE, [raw])]}, controls=control)

    old = lab.start_password
    answer = stage.ask("change", "farid", old_password=old, new_password=CANARY)

    assert answer["code"] == "permission_denied"
    assert "change the password" in answer["detail"]


def test_an_account_without_rights_is_named_as_the_cause(
    clean_lab: Lab, tmp_path: Path
) -> None:
    weak = AgentStage(clean_lab, tmp_path, settings_for(clean_lab), account="svc-weak")
    answer = weak.reset("elif")
    assert answer["code"] == "permission_denied"
    assert "reset the password" in answer["detail"]
    assert "Grant" in answer["remedy"]
    weak.close()


def test_two_people_with_one_mail_are_not_guessed_between(stage: AgentStage) -> None:
    user = {"by": "mail", "value": "twin@corp.test"}
    assert stage.reset("anna", user=user)["code"] == "several_users"


def test_nobody_is_found_by_what_looks_like_a_filter(stage: AgentStage) -> None:
    for value in ("*", "anna*", "x)(objectClass=*", "\\2a"):
        user = {"by": "sAMAccountName", "value": value}
        assert stage.reset("anna", user=user)["code"] == "user_not_found"
    user = {"by": "sAMAccountName", "value": "\0"}
    assert stage.reset("anna", user=user)["code"] == "bad_request"


@pytest.mark.parametrize("folds", ["  twin", "twin  ", "two  blanks", "TWO blanks "])
def test_nobody_is_found_by_what_the_directory_folds(
    stage: AgentStage, folds: str
) -> None:
    dn = stage.lab.people["quentin_costa"]["dn"]
    administer(stage.lab, dn, {"mail": ["two blanks"]})
    user = {"by": "mail", "value": folds}
    code = stage.ask("check", "quentin_costa", user=user)["code"]
    assert code in ("bad_request", "user_not_found")
    user = {"by": "mail", "value": "Two BLANKS"}
    assert stage.ask("check", "quentin_costa", user=user)["verdict"]["dn"] == dn


def test_the_agents_own_account_is_never_written_to(stage: AgentStage) -> None:
    own = stage.lab.accounts["svc-existing"]["dn"]
    container = own.partition(",")[2]
    stage.with_settings(scope={"containers": [stage.lab.base_dn, container]})
    administer(stage.lab, own, {"mail": ["harmless@corp.test"]})
    for user in (
        {"by": "mail", "value": "harmless@corp.test"},
        {"by": "userPrincipalName", "value": stage.lab.accounts["svc-existing"]["upn"]},
    ):
        for op in ("reset", "unlock", "check", "change"):
            passwords = {"new_password": CANARY, "old_password": CANARY}
            more = passwords if op != "unlock" else {}
            answer = stage.ask(op, "anna", user=user, **more)
            assert answer["code"] == "excluded_account", op
    stage.lab.sign_in(
        stage.lab.accounts["svc-existing"]["upn"],
        stage.lab.accounts["svc-existing"]["password"],
    )


def test_services_and_the_deny_list_are_left_alone(stage: AgentStage) -> None:
    dn = stage.lab.people["quentin_costa"]["dn"]
    administer(stage.lab, dn, {"servicePrincipalName": ["HTTP/app.corp.test"]})
    assert stage.reset("quentin_costa")["code"] == "excluded_account"
    stage.with_settings(scope={"exclude_service_accounts": False})
    assert stage.reset("quentin_costa")["code"] == "ok"
    stage.with_settings(scope={"deny_list": [PILOT]})
    assert stage.ask("check", "anna")["code"] == "excluded_account"
    assert stage.ask("check", "duplicate_mail")["code"] == "ok"
    stage.with_settings(scope={"deny_list": [f"CN=Gone,{stage.lab.base_dn}"]})
    assert stage.reset("duplicate_mail")["code"] == "excluded_account"


def test_a_group_or_computer_is_no_user(stage: AgentStage) -> None:
    for value in ("DC1$", "Domain Admins"):
        user = {"by": "sAMAccountName", "value": value}
        assert stage.ask("check", "anna", user=user)["code"] == "user_not_found"


def test_every_identifier_finds_the_same_person(stage: AgentStage) -> None:
    person = stage.lab.people["farid"]
    guid = uuid.uuid4()
    administer(stage.lab, person["dn"], {"mS-DS-ConsistencyGuid": [guid.bytes_le]})
    users = [
        ("objectGUID", person["objectGUID"].upper()),
        ("userPrincipalName", person["upn"].upper()),
        ("mail", person["mail"]),
        ("sAMAccountName", person["sam"]),
        ("ms-DS-ConsistencyGuid", str(guid)),
        ("ms-DS-ConsistencyGuid", base64.b64encode(guid.bytes_le).decode()),
    ]
    for by, value in users:
        answer = stage.ask("check", "farid", user={"by": by, "value": value})
        assert answer["verdict"]["dn"] == person["dn"]


def test_what_is_no_guid_is_a_bad_request(stage: AgentStage) -> None:
    user = {"by": "objectGUID", "value": "anna"}
    assert stage.reset("anna", user=user)["code"] == "bad_request"


@pytest.mark.parametrize("key", sorted(AWKWARD))
def test_awkward_names_work(stage: AgentStage, key: str) -> None:
    container = stage.lab.people[key]["dn"].partition(",")[2]
    stage.with_settings(scope={"containers": [container]})
    assert stage.reset(key)["code"] == "ok"
    assert stage.reset("greta")["code"] == "not_in_scope"


def test_the_pilot_group_counts_nested_members(stage: AgentStage) -> None:
    stage.with_settings(scope={"pilot_group": PILOT})
    with stage.lab.signed_in(stage.lab.admin_user, stage.lab.admin_password) as c:
        anyway: Any = c
        interns = f"CN=Berlin interns,OU=Groups,{stage.lab.base_dn}"
        nested = f"(&(objectClass=user)(memberOf={interns}))"
        anyway.search(stage.lab.base_dn, nested, attributes=["sAMAccountName"])
        sam = anyway.response[0]["attributes"]["sAMAccountName"]
    sam = sam if isinstance(sam, str) else sam[0]
    user = {"by": "sAMAccountName", "value": sam}
    assert stage.ask("check", "anna", user=user)["verdict"]["reset"]["code"] != (
        "not_in_scope"
    )
    answer = stage.ask("check", "duplicate_mail")
    assert answer["code"] == "not_in_scope"
    assert "pilot" in answer["detail"]


def test_check_writes_nothing_and_tells_the_policy(stage: AgentStage) -> None:
    before = read(stage.lab, "henri", "pwdLastSet")
    answer = stage.ask("check", "henri", new_password="Short1!")
    assert (answer["code"], answer["policy"]["min_length"]) == ("too_short", 10)
    assert stage.ask("check", "henri")["code"] == "ok"
    assert stage.ask("check", "young")["code"] == "too_young"
    assert read(stage.lab, "henri", "pwdLastSet") == before


def test_the_same_token_gets_the_first_answer(stage: AgentStage) -> None:
    token = stage.token("reset", "jonas", new_password=CANARY)
    first, again = stage.send(token), stage.send(token)
    assert (first["code"], again["code"]) == ("ok", "ok")
    assert first["id"] == again["id"]
    assert stage.records()[1]["answer_of"] == first["id"]
    assert len(stage.records()) == 2


def test_one_jti_for_two_requests_is_a_replay(stage: AgentStage) -> None:
    claims = stage.claims("reset", "katia", new_password=CANARY)
    assert stage.send(stage.seal(claims))["code"] == "ok"
    # sealed anew, the token differs even with the same claims
    assert stage.send(stage.seal(claims))["code"] == "replayed_request"


def test_limits_and_switches(stage: AgentStage) -> None:
    stage.with_settings(limits={"per_user_per_hour": 1})
    assert stage.reset("lukas")["code"] == "ok"
    assert stage.reset("lukas", LONG_CANARY)["code"] == "too_many"
    stage.with_settings(limits={"checks_per_minute": 1})
    assert stage.ask("check", "marie")["code"] == "ok"
    assert stage.ask("check", "marie")["code"] == "too_many"
    stage.with_settings(limits={"proofs": 2})
    now = int(time.time())
    once = [{"method": "otp", "at": now}, {"method": "otp", "at": now - 1}]
    assert stage.reset("marie", methods=once)["code"] == "not_enough_proofs"
    stage.with_settings(features={"password_writeback": False})
    assert stage.reset("marie")["code"] == "paused"
    stage.with_settings(features={"change": False, "unlock": False})
    old = stage.lab.start_password
    change = stage.ask("change", "marie", old_password=old, new_password=CANARY)
    assert change["code"] == "operation_off"
    assert stage.ask("unlock", "marie")["code"] == "operation_off"


def test_a_paused_request_may_be_sent_again(stage: AgentStage) -> None:
    token = stage.token("check", "marie")
    stage.with_settings(features={"password_writeback": False})
    assert stage.send(token)["code"] == "paused"
    stage.with_settings()
    assert stage.send(token)["code"] == "ok"


def test_the_self_test_may_reset_and_check_only(stage: AgentStage) -> None:
    for op, code in (("check", "ok"), ("unlock", "operation_off")):
        claims = stage.claims(op, "nils", iss=SELF_TEST)
        assert stage.send(stage.seal(claims, stage.tester))["code"] == code


def test_forged_requests_are_answered_and_recorded(stage: AgentStage) -> None:
    claims = stage.claims("reset", "nils", new_password=CANARY)
    for token in (b"no token", stage.seal(claims, stage.keys)):
        answer = stage.send(token)
        assert answer["code"] == "forged_request"
        names = {"v", "iss", "iat", "code", "message", "id", "request"}
        assert set(answer) == names
    # the second is counted, and told at the end of the minute
    assert [r["event_name"] for r in stage.records()] == ["DecryptionError"]


def test_a_stale_request_is_refused(stage: AgentStage) -> None:
    assert stage.reset("nils", exp=1_700_000_000)["code"] == "expired_request"


def test_a_wrong_password_of_ours_is_told(clean_lab: Lab, tmp_path: Path) -> None:
    bad = AgentStage(clean_lab, tmp_path, settings_for(clean_lab))
    target = bad.pool._target
    bad.pool._target = replace(target, password=Secret("wrong"))
    for _ in range(3):
        assert bad.reset("olga")["code"] == "directory_refused_agent"
    bad.close()
    # asked once only: three wrong ones more would lock the account
    with clean_lab.signed_in(clean_lab.admin_user, clean_lab.admin_password) as c:
        anyway: Any = c
        dn = clean_lab.accounts["svc-existing"]["dn"]
        anyway.search(dn, "(objectClass=*)", ldap3.BASE, attributes=["badPwdCount"])
        count = anyway.response[0]["raw_attributes"]["badPwdCount"][0]
    assert count == b"1"


def test_the_next_controller_is_asked(clean_lab: Lab, tmp_path: Path) -> None:
    closed = Endpoint("dc0.corp.test", clean_lab.address, 635, clean_lab.ca)
    open_ = Endpoint(clean_lab.host, clean_lab.address, 636, clean_lab.ca)
    two = AgentStage(
        clean_lab, tmp_path, settings_for(clean_lab), endpoints=(closed, open_)
    )
    answer = two.reset("olga")
    assert (answer["code"], answer["controller"]) == ("ok", clean_lab.host)
    two.close()


def test_a_controller_that_hung_before_is_unavailable(
    stage: AgentStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stage.ask("check", "pavel")["code"] == "ok"
    token = stage.token("reset", "pavel", new_password=CANARY)
    stage.lab.pause()
    try:
        with monkeypatch.context() as short:
            short.setattr(pool, "READ_S", 0.5)
            short.setattr(pool, "CONNECT_S", 0.5)
            assert stage.send(token)["code"] == "directory_unavailable"
    finally:
        stage.lab.resume()
    assert stage.send(token)["code"] == "ok"


def test_a_write_that_hung_is_settled_by_what_the_directory_shows(
    stage: AgentStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(password_write, "_LOST_S", 2.0)
    judge = judgment.judge

    def judge_and_hang(*arguments: Any) -> judgment.Judged:
        judged = judge(*arguments)
        stage.lab.pause()
        short.setattr(pool, "CONNECT_S", 0.5)
        short.setattr(password_write, "WRITE_S", 0.5)
        return judged

    monkeypatch.setattr(judgment, "judge", judge_and_hang)
    token = stage.token("reset", "quentin", new_password=CANARY)
    try:
        # no longer than it hangs: one that answers may be slow
        with monkeypatch.context() as short:
            assert stage.send(token)["code"] == "unknown_result"
    finally:
        stage.lab.resume()
    assert open_entries(stage.places.ledger) == 1
    answer = stage.send(token)
    while answer["code"] == "unknown_result":
        answer = stage.send(token)
    # Samba drops a request whose connection ended; either way it must be the truth
    holds = CANARY if answer["code"] == "ok" else stage.lab.start_password
    assert answer["code"] in ("ok", "directory_unavailable")
    assert open_entries(stage.places.ledger) == 0
    stage.lab.sign_in(stage.lab.people["quentin"]["upn"], holds)


def test_a_write_whose_answer_was_lost_is_not_sent_again(
    stage: AgentStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    reset = accounts.reset

    def reset_and_hang(
        directory: Connection, dn: str, *arguments: Any, **named: Any
    ) -> None:
        sent.append(dn)
        reset(directory, dn, *arguments, **named)
        stage.lab.pause()
        short.setattr(pool, "CONNECT_S", 0.5)
        raise TimedOut(directory.host, Text("no answer"), Text("wait"), waited=True)

    monkeypatch.setattr(accounts, "reset", reset_and_hang)
    token = stage.token("reset", "greta_brandt", new_password=CANARY, must_change=True)
    try:
        with monkeypatch.context() as short:
            assert stage.send(token)["code"] == "unknown_result"
    finally:
        stage.lab.resume()
    answer = stage.send(token)
    assert (answer["code"], answer["detail"]) == ("ok", "settled by pwdLastSet")
    assert steps(answer)["must_change"] == "done"
    assert len(sent) == 1
    assert stage.send(token)["id"] == answer["id"]


def test_a_controller_that_crashed_before_the_write_is_told(
    stage: AgentStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = judgment.judge

    def judge_and_crash(*arguments: Any) -> judgment.Judged:
        judged = judge(*arguments)
        stage.lab.kill()
        return judged

    monkeypatch.setattr(judgment, "judge", judge_and_crash)
    token = stage.token("reset", "rosa", new_password=CANARY)
    assert stage.send(token)["code"] == "unknown_result"
    stage.lab.restart()
    # not changed: said so, and never sent a second time
    assert stage.send(token)["code"] == "unknown_result"
    stage.lab.sign_in(stage.lab.people["rosa"]["upn"], stage.lab.start_password)
    monkeypatch.setattr(judgment, "judge", judge)
    assert stage.reset("rosa")["code"] == "ok"


def test_an_idle_connection_that_was_closed_is_noticed(stage: AgentStage) -> None:
    assert stage.ask("check", "samir")["code"] == "ok"
    stage.lab.kill()
    assert stage.ask("check", "samir")["code"] == "directory_unavailable"
    stage.lab.restart()
    assert stage.reset("samir")["code"] == "ok"


def test_keys_and_ready_are_signed(stage: AgentStage) -> None:
    for path, kind in (
        ("keys", "writeback-keys+jwt"),
        ("ready", "writeback-ready+jwt"),
    ):
        response = stage.served.answer(RelayRequest("GET", f"/a/{path}?x=1", {}, b""))
        signed = jose.read_signed(response.body, stage.keys.public, kind)
        assert signed["iss"] == "agent-1"
    missing = stage.served.answer(RelayRequest("GET", "/a/none", {}, b""))
    assert missing.status == 404
    assert stage.reset("tilda")["code"] == "ok"
