"""Attributes that the directory hides from the account: never taken as not set."""

from typing import Any
from uuid import UUID

import ldap3

from agent.acl.ace import Ace, AceFlag, AceType
from agent.acl.rights import ACCOUNT_RESTRICTIONS, READ_PROPERTY, USER, Right
from agent.acl.sid import Sid
from lab.agent_settings import settings_for
from lab.controller import Lab
from tests.fixtures.agent_stage import CANARY, AgentStage
from tests.integration.agent.policy_admin import Admin
from tests.integration.agent.test_agent import LONG_CANARY, read, steps
from tests.integration.wizard.test_coverage import judged
from wire.outcomes import Code

AUTHENTICATED = "S-1-5-11"
COMPUTED = "2cc4b836-b63f-4940-8d23-ea7acf06af56"


def hide(lab: Lab, key: str, *rights: Right) -> None:
    """Deny the service account to read some attributes of somebody."""
    with lab.signed_in(lab.admin_user, lab.admin_password) as link:
        admin = Admin(link, lab.base_dn)
        own = account_sid(admin, lab)
        kind = AceType.DENIED_OBJECT
        aces = [Ace(kind, 0, READ_PROPERTY, own, right.value.guid) for right in rights]
        admin.add_aces(lab.people[key]["dn"], aces)


def account_sid(admin: Admin, lab: Lab) -> Sid:
    return Sid.parse(admin.read(lab.accounts["svc-existing"]["dn"], "objectSid")[0])


def checked(stage: AgentStage, key: str) -> dict[str, Any]:
    answer: dict[str, Any] = stage.ask("check", key)["verdict"]
    return answer


def is_not_written(stage: AgentStage, key: str, code: Code) -> str:
    before = read(stage.lab, key, "pwdLastSet")
    answer = stage.reset(key)

    assert answer["code"] == code
    assert answer["steps"] == []
    assert read(stage.lab, key, "pwdLastSet") == before
    return str(answer["detail"])


def test_a_check_under_a_hidden_policy_is_not_known_and_the_reset_works(
    stage: AgentStage,
) -> None:
    # the account may read whose policy holds, and not what it says
    answer = stage.ask("check", "strict")

    assert (answer["code"], answer["verdict"]["reset"]["state"]) == (
        "not_known",
        "unknown",
    )
    assert "policy" not in answer
    assert stage.reset("strict", LONG_CANARY)["code"] == "ok"


def test_a_hidden_policy_object_is_not_taken_for_the_domains(stage: AgentStage) -> None:
    hide(stage.lab, "strict", Right.READ_RESULTANT_PSO)
    found = checked(stage, "strict")

    for operation in ("reset", "change"):
        answer = found[operation]
        assert (answer["state"], answer["cause"]) == ("unknown", "policy_hidden")
        assert "msDS-ResultantPSO" in answer["shown_by"]
    assert found["unlock"]["state"] == "yes"


def test_hidden_groups_may_be_protected_ones(stage: AgentStage) -> None:
    assert checked(stage, "clara")["reset"]["state"] == "yes"
    hide(stage.lab, "clara", Right.READ_MEMBER_OF)
    found = checked(stage, "clara")

    for operation in ("reset", "change", "unlock", "must_change"):
        assert (found[operation]["state"], found[operation]["cause"]) == (
            "unknown",
            "hidden",
        )
    assert "memberOf" in is_not_written(stage, "clara", Code.PERMISSION_DENIED)


def test_a_hidden_admin_count_may_be_set(stage: AgentStage) -> None:
    key, lab = "no_inheritance", stage.lab
    with lab.signed_in(lab.admin_user, lab.admin_password) as link:
        admin, dn = Admin(link, lab.base_dn), lab.people[key]["dn"]
        own = account_sid(admin, lab)
        admin.always(dn, "adminCount", 1)
        reset = Right.RESET_PASSWORD.value
        admin.add_aces(dn, [Ace(5, 0, reset.mask, own, reset.guid), may_read(own)])
    is_not_written(stage, key, Code.PROTECTED_ACCOUNT)

    hide(lab, key, Right.READ_ADMIN_COUNT)
    assert checked(stage, key)["reset"]["state"] == "unknown"
    assert "adminCount" in is_not_written(stage, key, Code.PERMISSION_DENIED)


def may_read(own: Sid) -> Ace:
    return Ace(AceType.ALLOWED, 0, READ_PROPERTY, own)


def test_a_hidden_end_of_an_account_is_not_never(stage: AgentStage) -> None:
    hide(stage.lab, "expired", Right.READ_ACCOUNT_EXPIRES)

    assert checked(stage, "expired")["reset"]["state"] == "unknown"
    detail = is_not_written(stage, "expired", Code.PERMISSION_DENIED)
    assert "accountExpires" in detail


def test_a_hidden_lock_leaves_a_change_open_and_is_lifted(stage: AgentStage) -> None:
    lab, person = stage.lab, stage.lab.people["locked"]
    hide(lab, "locked", Right.READ_LOCKOUT_TIME)
    assert checked(stage, "locked")["change"]["cause"] == "locked"  # by the flags
    hide_computed(lab, person["dn"])

    found = checked(stage, "locked")
    assert (found["change"]["state"], found["change"]["cause"]) == ("unknown", "hidden")
    assert "lockoutTime" in found["change"]["shown_by"]
    assert found["reset"]["state"] == "yes"
    assert steps(stage.reset("locked")) == {"password": "done", "unlock": "done"}
    lab.sign_in(person["upn"], CANARY)


def hide_computed(lab: Lab, dn: str) -> None:
    with lab.signed_in(lab.admin_user, lab.admin_password) as link:
        admin = Admin(link, lab.base_dn)
        own, kind = account_sid(admin, lab), AceType.DENIED_OBJECT
        admin.add_aces(dn, [Ace(kind, 0, READ_PROPERTY, own, UUID(COMPUTED))])


def test_without_pre_windows_2000_access_nobody_is_said_to_work(
    fresh_lab: Lab,
) -> None:
    """Authenticated Users out of that group, and only narrow rights to read left."""
    settings = settings_for(fresh_lab)
    before = judged(fresh_lab, settings)
    assert any(each.verdict.reset.state == "yes" for each in before.values())

    with fresh_lab.signed_in(fresh_lab.admin_user, fresh_lab.admin_password) as link:
        harden(Admin(link, fresh_lab.base_dn), fresh_lab, link)
    after = judged(fresh_lab, settings)

    strict = after[fresh_lab.people["strict"]["sam"]].verdict.reset
    assert (strict.state, strict.cause) == ("unknown", "hidden")
    assert not [sam for sam, each in after.items() if each.verdict.reset.state == "yes"]
    assert len(after) == len(before)


def harden(admin: Admin, lab: Lab, link: Any) -> None:
    group = f"CN=Pre-Windows 2000 Compatible Access,CN=Builtin,{lab.base_dn}"
    (member,) = [dn for dn in admin.read(group, "member") if AUTHENTICATED in str(dn)]
    link.modify(group, {"member": [(ldap3.MODIFY_DELETE, [member])]})
    own = account_sid(admin, lab)
    flags = int(AceFlag.CONTAINER_INHERIT | AceFlag.INHERIT_ONLY)
    narrow = Ace(
        AceType.ALLOWED_OBJECT, flags, READ_PROPERTY, own, ACCOUNT_RESTRICTIONS, USER
    )
    admin.add_aces(f"OU=People,{lab.base_dn}", [narrow])
