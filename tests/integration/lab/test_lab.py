"""The lab itself: its controller refuses and allows as Active Directory does.

Asked with plain ldap3, so that the rest of the tests stand on firm ground.
"""

import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import ldap3
import pytest
from ldap3.core.exceptions import (
    LDAPExceptionError,
    LDAPInsufficientAccessRightsResult,
    LDAPInvalidCredentialsResult,
    LDAPOperationResult,
    LDAPSocketOpenError,
    LDAPUnwillingToPerformResult,
)

from lab import process, signin
from lab.controller import Lab
from lab.people import AWKWARD
from lab.places import REPOSITORY

Found = dict[str, dict[str, list[bytes]]]

# untouched by the tests of another file
pytestmark = pytest.mark.usefixtures("clean_lab")

HINTS = "1.2.840.113556.1.4.2239"
OLD_HINTS = "1.2.840.113556.1.4.2066"
# SEQUENCE { INTEGER 1 } (MS-ADTS 3.1.1.3.4.1.27), critical.
WITH_HINTS = [(HINTS, True, bytes.fromhex("3003020101"))]
CANARY = "Canary-7f3a-Passw0rd!"
LONG_CANARY = "Canary-7f3a-Passw0rd!-and-more"


def modify(
    connection: Any, dn: str, changes: dict[str, Any], controls: Any = None
) -> None:
    """Any: the stubs know ldap3's searches but not its writes."""
    connection.modify(dn, changes, controls)


def reset_as(
    lab: Lab, who: str, key: str, new: str, *, hints: bool = True, secret: str = ""
) -> None:
    password = secret or lab.admin_password
    with lab.signed_in(who, password) as connection:
        value = f'"{new}"'.encode("utf-16-le")
        change = {"unicodePwd": [(ldap3.MODIFY_REPLACE, [value])]}
        wanted = WITH_HINTS if hints else None
        modify(connection, lab.people[key]["dn"], change, wanted)


def sign_in_code(lab: Lab, key: str) -> str:
    with pytest.raises(LDAPInvalidCredentialsResult) as refused:
        lab.sign_in(lab.people[key]["upn"], lab.start_password)
    return str(refused.value.message).partition("data ")[2].partition(",")[0]


def find(connection: ldap3.Connection, base: str, wanted: str, *names: str) -> Found:
    """The entries by DN with their raw values; referrals are left out."""
    scope = ldap3.SUBTREE if wanted else ldap3.BASE
    query = wanted or "(objectClass=*)"
    connection.search(base, query, scope, attributes=list(names))
    return {
        entry["dn"]: entry["raw_attributes"]
        for entry in connection.response or ()
        if entry["type"] == "searchResEntry"
    }


def read(lab: Lab, dn: str, *names: str) -> dict[str, list[bytes]]:
    with lab.signed_in(lab.admin_user, lab.admin_password) as connection:
        (found,) = find(connection, dn, "", *names).values()
        return found


def test_policy_hints_are_offered(lab: Lab) -> None:
    controls = read(lab, "", "supportedControl")["supportedControl"]
    assert {HINTS.encode(), OLD_HINTS.encode()} <= set(controls)


def test_a_used_password_is_refused_with_hints_and_taken_without(
    fresh_lab: Lab,
) -> None:
    with pytest.raises(LDAPUnwillingToPerformResult, match=r"0000052D.*already used"):
        reset_as(fresh_lab, fresh_lab.admin_user, "anna", fresh_lab.start_password)
    reset_as(
        fresh_lab,
        fresh_lab.admin_user,
        "anna",
        fresh_lab.start_password,
        hints=False,
    )


def test_a_young_password_is_refused_with_hints(lab: Lab) -> None:
    with pytest.raises(LDAPUnwillingToPerformResult, match=r"0000052D.*too young"):
        reset_as(lab, lab.admin_user, "young", CANARY)


def test_a_normal_person_is_reset_with_hints_and_signs_in(fresh_lab: Lab) -> None:
    reset_as(fresh_lab, fresh_lab.admin_user, "bruno", CANARY)
    fresh_lab.sign_in(fresh_lab.people["bruno"]["upn"], CANARY)


def test_a_short_password_is_refused(lab: Lab) -> None:
    with pytest.raises(LDAPUnwillingToPerformResult, match="0000052D"):
        reset_as(lab, lab.admin_user, "clara", "Ab1!short")


def test_the_strict_policy_asks_for_sixteen(fresh_lab: Lab) -> None:
    with pytest.raises(LDAPUnwillingToPerformResult, match="0000052D"):
        reset_as(fresh_lab, fresh_lab.admin_user, "strict", "Fifteen-chars-1")
    reset_as(fresh_lab, fresh_lab.admin_user, "strict", LONG_CANARY)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("locked", "775"),
        ("disabled", "533"),
        ("expired", "701"),
        ("password_expired", "532"),
        ("must_change", "773"),
    ],
)
def test_an_account_that_cannot_sign_in_says_why(lab: Lab, key: str, code: str) -> None:
    assert sign_in_code(lab, key) == code


def test_every_person_is_found_by_the_name_told(lab: Lab) -> None:
    assert len(lab.people) >= 60
    names = ("objectGUID", "sAMAccountName", "mail")
    with lab.signed_in(lab.admin_user, lab.admin_password) as connection:
        for person in lab.people.values():
            (found,) = find(connection, person["dn"], "", *names).values()
            described = uuid.UUID(person["objectGUID"])
            assert uuid.UUID(bytes_le=found["objectGUID"][0]) == described
            assert found["sAMAccountName"] == [person["sam"].encode()]
            assert found["mail"] == [person["mail"].encode()]


def test_containers_keep_their_awkward_names(lab: Lab) -> None:
    for key, name in AWKWARD.items():
        container = lab.people[key]["dn"].partition(",")[2]
        assert read(lab, container, "ou")["ou"] == [name.encode()]


def test_the_delegated_account_resets_and_unlocks_below_people(
    fresh_lab: Lab,
) -> None:
    account = fresh_lab.accounts["svc-existing"]
    reset_as(fresh_lab, account["upn"], "locked", CANARY, secret=account["password"])
    with fresh_lab.signed_in(account["upn"], account["password"]) as connection:
        for name in ("lockoutTime", "pwdLastSet"):
            change = {name: [(ldap3.MODIFY_REPLACE, ["0"])]}
            modify(connection, fresh_lab.people["locked"]["dn"], change)
    assert read(fresh_lab, fresh_lab.people["locked"]["dn"], "pwdLastSet") == {
        "pwdLastSet": [b"0"]
    }


@pytest.mark.parametrize("key", ["protected", "no_inheritance", "outside"])
def test_the_delegated_account_is_refused_elsewhere(lab: Lab, key: str) -> None:
    account = lab.accounts["svc-existing"]
    with pytest.raises(LDAPInsufficientAccessRightsResult):
        reset_as(lab, account["upn"], key, CANARY, secret=account["password"])


def test_the_weak_account_resets_nobody(lab: Lab) -> None:
    account = lab.accounts["svc-weak"]
    with pytest.raises(LDAPInsufficientAccessRightsResult):
        reset_as(lab, account["upn"], "anna", CANARY, secret=account["password"])


def test_one_who_may_not_change_is_refused_a_change_of_their_own(lab: Lab) -> None:
    def change(key: str) -> None:
        person = lab.people[key]
        old = f'"{lab.start_password}"'.encode("utf-16-le")
        new = f'"{CANARY}"'.encode("utf-16-le")
        with lab.signed_in(person["upn"], lab.start_password) as connection:
            changes = [(ldap3.MODIFY_DELETE, [old]), (ldap3.MODIFY_ADD, [new])]
            modify(connection, person["dn"], {"unicodePwd": changes})

    with pytest.raises(LDAPOperationResult):
        change("cannot_change")
    change("david")


def test_two_people_share_a_mail(lab: Lab) -> None:
    first, second = lab.people["duplicate_mail"], lab.people["duplicate_mail_2"]
    assert first["mail"] == second["mail"]
    assert first["dn"] != second["dn"]


def test_the_pilot_group_reaches_a_third_level(lab: Lab) -> None:
    pilot = f"CN=Writeback pilot,OU=Groups,{lab.base_dn}"
    interns = f"CN=Berlin interns,OU=Groups,{lab.base_dn}"
    nested = f"(&(objectClass=user)(memberOf:1.2.840.113556.1.4.1941:={pilot}))"
    with lab.signed_in(lab.admin_user, lab.admin_password) as connection:
        everyone = find(connection, lab.base_dn, nested, "mail").keys()
        third = find(connection, lab.base_dn, f"(memberOf={interns})", "mail").keys()
    assert third
    assert third < everyone


def test_a_hung_controller_times_out_and_goes_on(
    fresh_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh_lab.pause()
    try:
        with monkeypatch.context() as short:
            short.setattr(signin, "SECONDS", 1)
            with pytest.raises(LDAPExceptionError):
                fresh_lab.sign_in(fresh_lab.admin_user, fresh_lab.admin_password)
    finally:
        fresh_lab.resume()
    fresh_lab.sign_in(fresh_lab.admin_user, fresh_lab.admin_password)


def test_a_crashed_controller_comes_back_with_its_data(fresh_lab: Lab) -> None:
    reset_as(fresh_lab, fresh_lab.admin_user, "elif", CANARY)
    fresh_lab.kill()
    with pytest.raises(LDAPSocketOpenError):
        fresh_lab.sign_in(fresh_lab.admin_user, fresh_lab.admin_password)
    fresh_lab.restart()
    fresh_lab.sign_in(fresh_lab.people["elif"]["upn"], CANARY)


def test_a_reset_gives_the_first_password_back(lab: Lab) -> None:
    reset_as(lab, lab.admin_user, "farid", CANARY)
    lab.reset()
    lab.sign_in(lab.people["farid"]["upn"], lab.start_password)
    assert sign_in_code(lab, "locked") == "775"


def test_a_killed_test_run_leaves_no_controller(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path;"
        "from lab.controller import Lab;"
        "lab = Lab.start(Path(sys.argv[1])); print('up', flush=True); time.sleep(60)"
    )
    argv = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=REPOSITORY) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"up\n"
        controller = process.load(tmp_path / "dc.pid")
        run.kill()
    assert controller is not None
    assert controller.gone_within(5)
