"""Permissions as a plan on a real directory: the least, and where it is needed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ldap3
import pytest
from ldap3.core.exceptions import LDAPOperationResult

from agent.acl.ace import Ace
from agent.acl.descriptor import Acl, SecurityDescriptor, parse, with_dacl
from agent.acl.rights import Right
from agent.acl.sddl import sddl
from agent.acl.sid import Sid
from agent.acl.well_known_sids import EVERYONE, SELF
from agent.config.secret_store import DIRECTORY_PASSWORD
from lab import places
from lab.controller import Lab
from lab.people import AWKWARD
from lab.remains import directory_now
from lab.samba_chroot import run_python
from lab.sandbox import CANARY, Sandbox, sandbox
from tests.integration.wizard.grants.granting import (
    NOTHING,
    apply,
    grant,
    names,
    revoke,
)
from tests.integration.wizard.test_install import admin, change, install, ok
from tests.integration.wizard.test_steps import (
    agents_sids,
    as_administrator,
    deny,
    edit_list,
    people_of,
    put_entry,
    stands,
    with_account,
    without_inheritance,
)
from wire.secret import Secret
from wizard.grants.grants import grant_change
from wizard.inputs import Inputs
from wizard.permissions.grant import KINDS, Grant
from wizard.plan.change import ApplyError, Plan, StepFailed

_RESET, _CHANGE = Right.RESET_PASSWORD, Right.CHANGE_PASSWORD


@pytest.fixture
def whole(
    fresh_lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    with sandbox(fresh_lab, tmp_path_factory.mktemp("stage")) as made:
        yield made


def add_inet_person(whole: Sandbox, name: str) -> str:
    """Make somebody whose most specific class is inetOrgPerson."""
    dn = f"CN={name},{people_of(whole, 'Berlin')}"
    more = {
        "sAMAccountName": name,
        "userPrincipalName": f"{name}@{whole.lab.realm.lower()}",
        "sn": name,
    }

    def add(link: Any) -> None:
        assert link.add(dn, "inetOrgPerson", more)

    as_administrator(whole, add)
    start_with_canary(whole, dn)
    return str(more["userPrincipalName"])


def start_with_canary(whole: Sandbox, dn: str) -> None:
    """Give somebody a password that is old enough to be changed at once."""
    wanted = {
        "unicodePwd": spelled(CANARY),
        "userAccountControl": b"512",
        "pwdLastSet": b"0",
    }

    def put(link: Any) -> None:
        for name, value in wanted.items():
            assert link.modify(dn, {name: [(ldap3.MODIFY_REPLACE, [value])]})

    as_administrator(whole, put)


def spelled(password: str) -> bytes:
    return f'"{password}"'.encode("utf-16-le")


def code_of(whole: Sandbox, upn: str) -> str:
    return whole.tested(upn).code


def change_entries(who: Sid, here: SecurityDescriptor) -> list[Ace]:
    """Give what stands there about Change Password for somebody."""
    assert here.dacl
    guid = _CHANGE.value.guid
    return [
        ace
        for ace in here.dacl.aces
        if isinstance(ace, Ace) and ace.object_type == guid and ace.sid == who
    ]


def without_change(here: SecurityDescriptor) -> SecurityDescriptor:
    """Take away what lets everybody change a password, as some who harden do."""
    assert here.dacl
    gone = [*change_entries(EVERYONE, here), *change_entries(SELF, here)]
    assert gone
    return with_dacl(here, tuple(ace for ace in here.dacl.aces if ace not in gone))


def changed(whole: Sandbox, key: str) -> str:
    """Change somebody's password as the service account, knowing the old one."""
    person = whole.lab.people[key]
    own = whole.host.secrets.get(DIRECTORY_PASSWORD)
    assert own
    user = whole.settings().directory.sign_in_name
    with whole.lab.signed_in(user, own.reveal()) as opened:
        link: Any = opened
        acts = [
            (ldap3.MODIFY_DELETE, [spelled(CANARY)]),
            (ldap3.MODIFY_ADD, [spelled(f"New-{CANARY}")]),
        ]
        try:
            link.modify(person["dn"], {"unicodePwd": acts})
        except LDAPOperationResult as refused:
            return f"{refused.description}: {refused.message}"
    return "done"


def test_an_inet_org_person_gets_an_entry_of_their_own(whole: Sandbox) -> None:
    settings = install(whole)
    upn = add_inet_person(whole, "ines")
    # the entry for users is handed down past them, not to them
    assert code_of(whole, upn) == "permission_denied"

    changes = grant(whole, settings)

    three = ["RESET_PASSWORD", "WRITE_LOCKOUT_TIME", "WRITE_PWD_LAST_SET"]
    assert names(changes) == [f"{name} inetOrgPerson" for name in three]
    assert code_of(whole, upn) == "ok"
    assert whole.controller.permissions.plan_grant(settings, NOTHING).changes == ()
    assert whole.controller.changes.plan(settings, NOTHING).changes == ()
    taken = revoke(whole, settings)
    assert sorted(names(taken)) == sorted([*three, *names(changes)])
    assert code_of(whole, upn) == "permission_denied"
    assert sorted(names(grant(whole, settings))) == sorted(names(taken))
    assert code_of(whole, upn) == "ok"


def test_an_account_that_is_not_made_yet_is_told(whole: Sandbox) -> None:
    permissions, settings = whole.controller.permissions, whole.settings()
    for act in (permissions.plan_grant, permissions.plan_revoke):
        with pytest.raises(StepFailed, match="not made") as raised:
            act(settings, admin(whole))
        assert raised.value.remedy.startswith("Install first")


def test_a_protected_inet_org_person_needs_no_entry(whole: Sandbox) -> None:
    settings = install(whole)
    add_inet_person(whole, "ines")
    dn = f"CN=ines,{people_of(whole, 'Berlin')}"
    marked = {"adminCount": [(ldap3.MODIFY_REPLACE, [b"1"])]}
    as_administrator(whole, lambda link: link.modify(dn, marked))  # type: ignore[no-untyped-call]

    assert whole.controller.permissions.plan_grant(settings, NOTHING).changes == ()


@pytest.mark.parametrize(
    "place",
    [
        "CN=AdminSDHolder,CN=System",
        "cn=AdminSDHolder, cn=system",
        "CN=Administrator,CN=Users",
    ],
)
def test_nothing_is_granted_on_what_is_protected(whole: Sandbox, place: str) -> None:
    settings = install(whole)
    before = directory_now(whole.lab)
    wide = [people_of(whole), f"{place},{whole.lab.base_dn}"]
    wider = whole.settings(scope={"containers": wide})

    with pytest.raises(StepFailed, match="is protected by AdminSDHolder"):
        whole.controller.permissions.plan_grant(wider, NOTHING)
    with pytest.raises(StepFailed, match="is protected by AdminSDHolder"):
        whole.controller.changes.plan(wider, admin(whole))
    late = grant_change(settings, wide[1], (Grant(_RESET),))
    with pytest.raises(ApplyError, match="is protected by AdminSDHolder") as raised:
        apply(whole, Plan(settings, (late,)))
    assert raised.value.stuck == ()
    assert directory_now(whole.lab) == before


def test_change_password_is_granted_only_where_everybody_lost_it(
    whole: Sandbox,
) -> None:
    key, name = next(iter(AWKWARD.items()))
    scope = {"containers": [people_of(whole, name)]}
    settings = install(whole, scope=scope)
    permissions, person = whole.controller.permissions, whole.lab.people[key]
    assert permissions.plan_grant(settings, NOTHING).changes == ()
    start_with_canary(whole, person["dn"])
    edit_list(whole, person["dn"], without_change)
    before = directory_now(whole.lab)

    off = whole.settings(scope=scope, features={"change": False})
    assert permissions.plan_grant(off, NOTHING).changes == ()
    explained = permissions.explain(
        settings, NOTHING, "userPrincipalName", person["upn"]
    )
    assert explained.verdict.change.cause == "not_granted"
    assert "error in module acl" in changed(whole, key)  # not one of policy
    assert names(grant(whole, settings)) == ["CHANGE_PASSWORD"]
    explained = permissions.explain(
        settings, NOTHING, "userPrincipalName", person["upn"]
    )
    assert explained.verdict.change.cause == "none"
    assert changed(whole, key) == "done"
    assert permissions.plan_grant(settings, NOTHING).changes == ()
    # once it is not offered any more, a plan of everything takes it back
    plan = whole.controller.changes.plan(off, NOTHING)
    apply(whole, plan)
    assert names(plan.changes[:1]) == ["CHANGE_PASSWORD"]
    assert directory_now(whole.lab) == before


def test_what_a_group_may_is_not_granted_again(whole: Sandbox) -> None:
    install(whole)
    account, people = whole.lab.accounts["svc-weak"], people_of(whole)
    settings = whole.settings(**with_account(whole, "existing", account["upn"]))
    inputs = Inputs(None, Secret(account["password"]))
    group = group_with(whole, "svc-weak")
    permissions = whole.controller.permissions
    lacking = names(permissions.plan_grant(settings, inputs).changes)
    assert lacking == ["RESET_PASSWORD", "WRITE_LOCKOUT_TIME", "WRITE_PWD_LAST_SET"]

    put_entry(whole, people, Grant(_RESET).ace(group))
    assert names(permissions.plan_grant(settings, inputs).changes) == lacking[1:]
    for name in lacking[1:]:
        put_entry(whole, people, Grant.of(name).ace(group))
    assert permissions.plan_grant(settings, inputs).changes == ()


def test_one_who_is_denied_among_people_of_a_group_needs_no_grant(
    whole: Sandbox,
) -> None:
    install(whole)
    account, people = whole.lab.accounts["svc-weak"], people_of(whole)
    settings = whole.settings(**with_account(whole, "existing", account["upn"]))
    inputs = Inputs(None, Secret(account["password"]))
    group = group_with(whole, "svc-weak")
    for right in (_RESET, Right.WRITE_LOCKOUT_TIME, Right.WRITE_PWD_LAST_SET):
        put_entry(whole, people, Grant(right).ace(group))
    against = deny(_RESET, group)
    put_entry(whole, whole.lab.people["anna"]["dn"], replace(against, flags=0))

    assert whole.controller.permissions.plan_grant(settings, inputs).changes == ()
    permissions = whole.controller.permissions
    upn = whole.lab.people["anna"]["upn"]
    verdict = permissions.explain(settings, inputs, "userPrincipalName", upn).verdict
    assert verdict.reset.cause == "denied"


def test_containers_inside_others_get_entries_only_where_none_reach(
    whole: Sandbox,
) -> None:
    people, berlin = people_of(whole), people_of(whole, "Berlin")
    nested = {"containers": [berlin, people]}
    before = directory_now(whole.lab)
    settings = install(whole, scope=nested)
    entry = Grant(_RESET).ace(agents_sids(whole)[0])
    assert stands(whole, people, entry)
    assert not stands(whole, berlin, entry)
    assert ok(whole, settings)

    edit_list(whole, berlin, without_inheritance)
    cut = directory_now(whole.lab)
    assert names(grant(whole, settings)) == [
        *("RESET_PASSWORD", "WRITE_LOCKOUT_TIME", "WRITE_PWD_LAST_SET")
    ]
    assert stands(whole, berlin, entry)
    assert whole.controller.changes.plan(settings, NOTHING).changes == ()
    revoke(whole, settings)
    assert not stands(whole, berlin, entry)
    assert not stands(whole, people, entry)
    assert cut[berlin] == directory_now(whole.lab)[berlin]
    assert before[people] == directory_now(whole.lab)[people]


def test_a_scope_that_grows_and_shrinks_keeps_reaching_everybody(
    whole: Sandbox,
) -> None:
    people, berlin = people_of(whole), people_of(whole, "Berlin")
    before = directory_now(whole.lab)
    install(whole, scope={"containers": [berlin]})
    narrow = directory_now(whole.lab)
    for containers in ([people, berlin], [people], [berlin]):
        settings = whole.settings(scope={"containers": containers})
        change(whole, settings, admin(whole))
        assert ok(whole, settings), containers
    assert directory_now(whole.lab) == narrow
    revoke(whole, whole.settings(scope={"containers": [berlin]}))
    assert before[berlin] == directory_now(whole.lab)[berlin]


def group_with(whole: Sandbox, member: str) -> Sid:
    """Make a group; give its SID, which is in the member's next token."""
    dn, found = f"CN=Resetters,OU=Groups,{whole.lab.base_dn}", list[Sid]()

    def make(link: Any) -> None:
        link.search(whole.lab.base_dn, f"(sAMAccountName={member})")
        who = next(one["dn"] for one in link.response if "dn" in one)
        more = {"sAMAccountName": "Resetters", "member": who}
        assert link.add(dn, "group", more), link.result
        link.search(dn, "(objectClass=*)", "BASE", attributes=["objectSid"])
        (raw,) = link.response[0]["raw_attributes"]["objectSid"]
        found.append(Sid.parse(raw))

    as_administrator(whole, make)
    return found[0]


def test_samba_reads_the_same_entry_from_its_text(lab: Lab, tmp_path: Path) -> None:
    assert lab.host  # its root is there
    own = Sid.of("S-1-5-21-1-2-3-1104")
    made = [Grant(right, kind).ace(own) for right in Right for kind in KINDS]
    texts = [sddl(ace) for ace in made]
    read = json.loads(run_python(places.ROOT, tmp_path, "sddl.py", texts))
    for ace, raw in zip(made, read, strict=True):
        assert parse(bytes.fromhex(raw)).dacl == Acl((ace,), revision=4)
