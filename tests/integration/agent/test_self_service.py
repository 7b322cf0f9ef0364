"""Self-service on a real domain controller: who may, and what a trial says."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import ldap3
import pytest

from lab.agent_settings import settings_for
from lab.controller import Lab
from lab.people import START_PASSWORD
from tests.fixtures.agent_stage import CANARY, AgentStage
from tests.fixtures.filetime import to_filetime
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


def used(kind: str, own_id: str = "", **more: Any) -> dict[str, Any]:
    """What a portal says of a method that a person used."""
    said = {"method": "otp", "at": int(time.time()) - 20, "kind": kind}
    return said | {"id": own_id or kind.ljust(43, "x")} | more


def registered(stage: AgentStage, key: str, kind: str) -> dict[str, Any]:
    """Have a person sign in and register a method; give it as it is used later."""
    signed_in = stage.ask("authenticate", key, password=START_PASSWORD)
    assert signed_in["code"] == "ok"
    wished = used(kind, f"{key}-{kind}".ljust(43, "x").replace("_", "-"))
    proof = {name: wished[name] for name in ("kind", "id")}
    asked = {"proof": proof, "sign_in": {"token": signed_in["sign_in"]}}
    answer = stage.ask("register", key, **asked)
    assert answer["code"] == "ok", answer
    return wished | {"receipt": answer["receipt"]}


def proofs(stage: AgentStage, key: str, *kinds: str) -> list[dict[str, Any]]:
    """Have a person register several methods."""
    return [registered(stage, key, kind) for kind in kinds]


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
    two = proofs(stage, "anna", "totp", "email")
    one = stage.reset("anna", methods=two[:1])
    assert one["code"] == "not_enough_proofs"
    assert stage.reset("anna", methods=two)["code"] == "ok"
    stage.lab.sign_in(stage.lab.people["anna"]["upn"], CANARY)


def test_who_is_none_of_the_groups_is_not_eligible(stage: AgentStage) -> None:
    entries = {"who": "groups", "groups": [PILOT]}
    stage.with_settings(self_service=entries)
    members = members_of(stage.lab, PILOT)
    inside = next(k for k, p in stage.lab.people.items() if p["dn"] in members)
    outside = "quentin"
    assert stage.lab.people[outside]["dn"] not in members
    assert stage.ask("lookup", inside, purpose="reset")["code"] == "ok"
    refused = stage.ask("lookup", outside, purpose="reset")
    assert refused["code"] == "not_eligible"
    assert refused["self_service"] == {"why": "no_member"}
    assert "person" not in refused
    assert "state" not in refused
    reset = stage.reset(outside, methods=proofs(stage, inside, "totp", "email"))
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

    own = {key: proofs(stage, key, "totp", "email") for key in ("farid", "greta")}

    def helped(op: str, key: str, actor: str, **more: Any) -> str:
        asked: dict[str, Any] = {"actor_methods": own.get(actor, [])}
        asked |= {"actor": people[actor]["objectGUID"], "reason": "called, #4711"}
        answer = stage.ask(op, key, origin="help_desk", **(asked | more))
        return str(answer["code"])

    assert helped("unlock", "henri", "farid") == "ok"
    # a portal that names a helper has none of what that helper registered
    nobody = "proof_not_registered"
    assert helped("unlock", "henri", "farid", actor_methods=[]) == "not_enough_proofs"
    assert helped("unlock", "henri", "farid", actor_methods=own["greta"]) == nobody
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


def test_a_method_is_registered_by_who_signed_in_alone(everybody: AgentStage) -> None:
    stage = everybody
    proof = {"kind": "totp", "id": "t" * 43}

    def code(key: str, **more: Any) -> str:
        return str(stage.ask("register", key, proof=proof, **more)["code"])

    ticket = stage.ask("authenticate", "lukas", password=START_PASSWORD)["sign_in"]
    assert code("lukas") == "sign_in_needed"
    assert code("lukas", sign_in={"token": "x"}) == "sign_in_needed"
    assert code("marie", sign_in={"token": ticket}) == "sign_in_needed"
    now = int(time.time())
    # that the identity provider says so counts where the settings say that
    assert code("lukas", sign_in={"at": now}) == "sign_in_needed"
    assert code("lukas", sign_in={"token": ticket}) == "ok"
    wrong = stage.ask("authenticate", "lukas", password="wrong-1-Passw0rd")
    assert "sign_in" not in wrong
    questions = proof | {"kind": "questions"}
    asked = {"proof": questions, "sign_in": {"token": ticket}}
    assert stage.ask("register", "lukas", **asked)["code"] == "proof_not_allowed"
    record = stage.records()[-1]
    assert (record["op"], record["event"]) == ("register", 32003)
    assert record["origin"] == {"kind": "questions", "registers": "t" * 43}
    text = stage.places.audit.read_text()
    assert ticket not in text
    stage.with_settings(
        self_service={"who": "all", "registration": {"provider_sign_in": True}}
    )
    assert code("lukas", sign_in={"at": now}) == "ok"
    assert code("lukas", sign_in={"at": now - 901}) == "sign_in_needed"


def test_where_the_first_method_is_registered_the_settings_say(
    everybody: AgentStage,
) -> None:
    stage = everybody
    people = stage.lab.people
    own = proofs(stage, "samir", "totp", "email")
    ticket = stage.ask("authenticate", "nils", password=START_PASSWORD)["sign_in"]
    proof = {"kind": "sms", "id": "s" * 43}

    def code(**more: Any) -> str:
        asked = {"proof": proof, "sign_in": {"token": ticket}} | more
        return str(stage.ask("register", "nils", **asked)["code"])

    networks = {"allowed_from": "networks", "networks": ["192.0.2.0/24"]}
    stage.with_settings(self_service={"who": "all", "registration": networks})
    inside = {"origin": "self", "client": {"ip": "192.0.2.7"}}
    assert code(**inside) == "ok"
    for address in ("198.51.100.1", "", "no address"):
        outside = {"origin": "self", "client": {"ip": address}}
        assert code(**outside) == "sign_in_needed"
    helped = {
        "origin": "help_desk",
        "actor": people["samir"]["objectGUID"],
        "reason": "a code, in person",
        "actor_methods": own,
    }
    roles = {"help_desk": [people["samir"]["dn"]]}
    by_code = {"who": "all", "registration": {"allowed_from": "code"}, "roles": roles}
    stage.with_settings(self_service=by_code)
    assert code() == "sign_in_needed"
    first = stage.ask("register", "nils", proof=proof, **helped)
    assert first["code"] == "ok"
    # who has enough adds more by those, wherever they are
    second = stage.ask(
        "register", "nils", proof={"kind": "totp", "id": "t" * 43}, **helped
    )
    two = [
        used("sms", "s" * 43, receipt=first["receipt"]),
        used("totp", "t" * 43, receipt=second["receipt"]),
    ]
    third = {"proof": {"kind": "email", "id": "e" * 43}, "methods": two}
    assert stage.ask("register", "nils", **third)["code"] == "ok"
    third["methods"] = two[:1]
    assert stage.ask("register", "nils", **third)["code"] == "not_enough_proofs"
    # a code of the portal's owner counts where the settings say that
    now = int(time.time())
    assert code(sign_in={"code_at": now}) == "sign_in_needed"
    by_code["registration"] = {"allowed_from": "code", "portal_codes": True}
    stage.with_settings(self_service=by_code)
    assert code(sign_in={"code_at": now}) == "ok"
    assert code(sign_in={"code_at": now - 901}) == "sign_in_needed"
    assert code(sign_in={"at": now}) == "sign_in_needed"


def test_a_stolen_password_registers_nothing_for_two_proof_people(
    everybody: AgentStage,
) -> None:
    stage = everybody
    people, now = stage.lab.people, int(time.time())
    own = proofs(stage, "samir", "totp", "email")
    wished: dict[str, Any] = {
        "who": "all",
        "two_proof_groups": [people["nils"]["dn"]],
        "registration": {"provider_sign_in": True},
        "roles": {"help_desk": [people["samir"]["dn"]]},
    }
    stage.with_settings(self_service=wished)
    ticket = stage.ask("authenticate", "nils", password=START_PASSWORD)["sign_in"]
    proof = {"kind": "totp", "id": "t" * 43}

    def code(key: str, **more: Any) -> str:
        return str(stage.ask("register", key, proof=proof, **more)["code"])

    def place(key: str) -> Any:
        answer = stage.ask("lookup", key, purpose="register")
        return answer["self_service"]["registration"]["allowed_from"]

    assert (place("nils"), place("olga")) == ("code", "anywhere")
    assert code("nils", sign_in={"token": ticket}) == "sign_in_needed"
    assert "two_proof_groups" in str(stage.records()[-1])
    assert code("nils", sign_in={"at": now}) == "sign_in_needed"
    assert code("nils", sign_in={"code_at": now}) == "sign_in_needed"
    assert code("olga", sign_in={"at": now}) == "ok"
    helped = {
        "origin": "help_desk",
        "actor": people["samir"]["objectGUID"],
        "reason": "a code, in person",
        "actor_methods": own,
    }
    first = stage.ask("register", "nils", proof=proof, **helped)
    assert first["code"] == "ok"
    # one of two adds nothing: the second is added as the first was
    one = [used("totp", "t" * 43, receipt=first["receipt"])]
    proof = {"kind": "email", "id": "e" * 43}
    assert code("nils", methods=one) == "not_enough_proofs"
    assert code("nils", **helped) == "ok"
    wished["registration"]["portal_codes"] = True
    stage.with_settings(self_service=wished)
    assert code("nils", sign_in={"code_at": now}) == "ok"
    # of whom nobody knows whether they are, as much is asked; the record says why
    wished["two_proof_groups"] = [f"CN=Gone,{people['nils']['dn'].partition(',')[2]}"]
    stage.with_settings(self_service=wished)
    ticket = stage.ask("authenticate", "samir", password=START_PASSWORD)["sign_in"]
    assert code("samir", sign_in={"token": ticket}) == "sign_in_needed"
    detail = str(stage.records()[-1])
    assert "CN=Gone" in detail
    assert "(two_proof_groups)" not in detail


def test_a_manager_is_told_to_helpers_who_proved_who_they_are(
    everybody: AgentStage,
) -> None:
    stage = everybody
    lab, people = stage.lab, stage.lab.people
    own = proofs(stage, "samir", "totp", "email")
    administer(lab, people["nils"]["dn"], {"manager": [people["olga"]["dn"]]})
    wished: dict[str, Any] = {
        "who": "all",
        "roles": {"help_desk": [people["samir"]["dn"]]},
        "registration": {},
    }
    helped: dict[str, Any] = {
        "origin": "help_desk",
        "actor": people["samir"]["objectGUID"],
        "reason": "lost the phone",
        "actor_methods": own,
        "purpose": "help_desk",
    }

    def manager(key: str = "nils", **more: Any) -> Any:
        answer = stage.ask("lookup", key, **(helped | more))
        assert answer["code"] == "ok", answer
        return answer["person"].get("manager")

    stage.with_settings(self_service=wished)
    assert manager() is None  # the settings do not say so
    wished["registration"]["code_to_manager"] = True
    stage.with_settings(self_service=wished)
    mail = people["olga"]["mail"]
    told = manager()
    assert told["mail"] == mail
    assert "Olga" in told["name"]
    assert manager("pavel") is None  # has none
    # a portal that lies names a helper, and has nothing that proves it
    assert manager(actor_methods=own[:1]) is None
    assert manager(actor_methods=[]) is None
    for purpose in ("register", "reset"):
        assert manager(purpose=purpose) is None
        alone = stage.ask("lookup", "nils", purpose=purpose)
        assert "manager" not in alone["person"]
    assert mail not in stage.places.audit.read_text()
    # nobody is told who could not read it, or is the person, or who helps
    for key in ("nils", "samir"):
        administer(lab, people["nils"]["dn"], {"manager": [people[key]["dn"]]})
        assert manager() is None, key
    administer(lab, people["nils"]["dn"], {"manager": [people["olga"]["dn"]]})
    administer(lab, people["olga"]["dn"], {"userAccountControl": ["514"]})
    try:
        assert manager() is None
        over = to_filetime(datetime.now(UTC) - timedelta(hours=1))
        on = {"userAccountControl": ["512"], "accountExpires": [str(over)]}
        administer(lab, people["olga"]["dn"], on)
        assert manager() is None
        administer(lab, people["olga"]["dn"], {"accountExpires": ["0"]})
        assert manager() is not None
    finally:
        was = {"userAccountControl": ["512"], "accountExpires": ["0"]}
        administer(lab, people["olga"]["dn"], was)
        administer(lab, people["nils"]["dn"], {"manager": []})


def test_what_was_changed_in_the_portal_s_database_does_not_count(
    everybody: AgentStage,
) -> None:
    stage = everybody
    mail, totp = proofs(stage, "pavel", "email", "totp")
    foreign = registered(stage, "olga", "email")
    for lie in (
        mail | {"id": "o" * 43},  # another address, and so another hash
        foreign,
        foreign | {"receipt": mail["receipt"]},
        {name: value for name, value in mail.items() if name != "receipt"},
    ):
        refused = stage.reset("pavel", methods=[lie, totp])
        assert refused["code"] == "proof_not_registered"
    new = {"who": "all", "registration": {"wait_hours": 1}}
    stage.with_settings(self_service=new)
    old = int(time.time()) - 30 * DAY
    aged = [each | {"registered": old} for each in (mail, totp)]
    assert stage.reset("pavel", methods=aged)["code"] == "proof_too_new"
    stage.with_settings(self_service={"who": "all"})
    assert stage.reset("pavel", methods=[mail, totp])["code"] == "ok"


def test_addresses_are_told_of_who_signed_in_alone(stage: AgentStage) -> None:
    """A portal that lies asks for everybody's, one after the other."""
    wished = {"who": "all", "contacts": ["mail"]}
    stage.with_settings(self_service=wished)
    ticket = stage.ask("authenticate", "rosa", password=START_PASSWORD)["sign_in"]

    def contacts(key: str, **more: Any) -> Any:
        answer = stage.ask("lookup", key, purpose="register", **more)
        assert answer["code"] == "ok"
        return answer["person"].get("contacts")

    mail = stage.lab.people["rosa"]["mail"]
    assert contacts("rosa", sign_in={"token": ticket}) == {"mail": [mail]}
    assert contacts("rosa") is None
    assert contacts("rosa", sign_in={"at": int(time.time())}) is None
    assert contacts("tilda", sign_in={"token": ticket}) is None


def test_a_password_of_the_help_desk_is_never_one_that_lasts(
    everybody: AgentStage,
) -> None:
    stage = everybody
    people = stage.lab.people
    own = proofs(stage, "tilda", "totp", "email")
    wished = {
        "who": "all",
        "roles": {"help_desk": [people["tilda"]["dn"]]},
        "operations": {"help_desk_reset": True},
    }

    def reset(key: str) -> dict[str, Any]:
        helper: dict[str, Any] = {
            "actor": people["tilda"]["objectGUID"],
            "actor_methods": own,
        }
        asked: dict[str, Any] = {
            "origin": "help_desk",
            "reason": "called",
            "must_change": True,
        }
        return stage.reset(key, **(helper | asked))

    features = {"must_change": False}
    stage.with_settings(self_service=wished, features=features)
    assert reset("elif")["code"] == "operation_off"
    stage.with_settings(self_service=wished)
    assert reset("never_expires")["code"] == "operation_off"
    stage.lab.sign_in(people["never_expires"]["upn"], START_PASSWORD)
    answer = reset("elif")
    assert answer["code"] == "ok"
    assert {"step": "must_change", "result": "done"} in answer["steps"]


def test_the_help_desk_helps_nobody_who_is_an_exception(everybody: AgentStage) -> None:
    """Whoever talks a helper into it gains nobody whom the settings leave out."""
    stage = everybody
    people = stage.lab.people
    own = proofs(stage, "bruno", "totp", "email")
    roles = {"help_desk": [people["bruno"]["dn"]]}

    def helped(op: str, key: str, **more: Any) -> str:
        asked = {"actor": people["bruno"]["objectGUID"], "actor_methods": own}
        asked |= {"origin": "help_desk", "reason": "called"}
        return str(stage.ask(op, key, **(asked | more))["code"])

    proof = {"proof": {"kind": "totp", "id": "t" * 43}}
    one = [people["ines"]["dn"]]
    stage.with_settings(self_service={"who": "all", "roles": roles, "exceptions": one})
    assert helped("unlock", "ines") == "not_eligible"
    assert helped("register", "ines", **proof) == "not_eligible"
    assert helped("unlock", "olga") == "ok"
    assert helped("register", "olga", **proof) == "ok"
    gone = [f"CN=Gone,{GROUPS}"]
    stage.with_settings(self_service={"who": "all", "roles": roles, "exceptions": gone})
    assert helped("unlock", "olga") == "not_eligible"
    # whom self-service is not for yet may be unlocked, and has nothing to register
    groups = {"who": "groups", "groups": one, "roles": roles}
    stage.with_settings(self_service=groups)
    assert helped("unlock", "olga") == "ok"
    assert helped("register", "olga", **proof) == "not_eligible"


def test_of_who_can_t_be_reset_the_help_desk_hears_why(everybody: AgentStage) -> None:
    stage = everybody
    people = stage.lab.people
    own = proofs(stage, "bruno", "totp", "email")
    operations = {"help_desk_reset": True}
    roles = {"help_desk": [people["bruno"]["dn"]]}
    wished = {"who": "all", "roles": roles, "operations": operations}
    stage.with_settings(self_service=wished)
    helper: dict[str, Any] = {
        "actor": people["bruno"]["objectGUID"],
        "actor_methods": own,
    }
    asked: dict[str, Any] = {
        "origin": "help_desk",
        "reason": "called",
        "must_change": True,
    }
    answer = stage.reset("disabled", **(helper | asked))
    assert answer["code"] == "account_disabled"


def roster(stage: AgentStage, **more: Any) -> dict[str, Any]:
    claims = stage.claims("roster", "anna", **more)
    del claims["user"]
    return stage.send(stage.seal(claims))


def test_a_roster_is_told_where_the_settings_say_so(everybody: AgentStage) -> None:
    stage = everybody
    assert roster(stage)["code"] == "operation_off"
    members = members_of(stage.lab, PILOT)
    stage.with_settings(
        self_service={"who": "groups", "groups": [PILOT], "roster": True}
    )
    answer = roster(stage)
    assert answer["code"] == "ok"
    listed = {each["guid"]: each for each in answer["roster"]["people"]}
    assert answer["roster"]["total"] == len(listed) > 20
    guids = {p["objectGUID"]: p["dn"] for p in stage.lab.people.values()}
    named = {guids[g] for g, each in listed.items() if each["eligible"] if g in guids}
    assert named == members & set(guids.values())
    assert stage.lab.people["outside"]["objectGUID"] not in listed
    record = stage.records()[-1]
    assert (record["op"], record["event"]) == ("roster", 40057)
    name = next(iter(listed.values()))["name"]
    for path in stage.home.rglob("*"):
        assert not path.is_file() or name.encode() not in path.read_bytes()
    gone = roster(stage, cursor="0123456789abcdef-500")
    assert gone["code"] == "bad_request"
    stage.with_settings(self_service={"roster": True})
    assert roster(stage)["code"] == "not_eligible"


def test_another_agent_takes_what_the_first_signed_where_it_is_a_peer(
    everybody: AgentStage, tmp_path: Path
) -> None:
    """The one in use is gone: its sign-ins and receipts count at the next."""
    first = everybody
    two = proofs(first, "marie", "totp", "email")
    ticket = first.ask("authenticate", "marie", password=START_PASSWORD)["sign_in"]
    peer = {"fingerprint": first.keys.public.fingerprint}
    third = {"kind": "recovery_code", "id": "r" * 43}

    def asked(*peers: dict[str, str]) -> tuple[str, str]:
        settings = settings_for(
            first.lab, self_service={"who": "all", "peers": list(peers)}
        )
        home = tmp_path / f"next-{len(peers)}"
        second = AgentStage(first.lab, home, settings, portal=first.portal)
        try:
            more = second.ask(
                "register", "marie", proof=third, sign_in={"token": ticket}
            )
            return more["code"], second.reset("marie", methods=two)["code"]
        finally:
            second.close()

    assert asked() == ("sign_in_needed", "proof_not_registered")
    assert asked(peer) == ("ok", "ok")


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
