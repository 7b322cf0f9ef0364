"""The steps on a real directory: what stands there already is kept, and is told."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import ldap3
import pytest
from ldap3.protocol.microsoft import security_descriptor_control

from agent.acl.ace import Ace, AceFlag, AceType
from agent.acl.descriptor import (
    Control,
    SecurityDescriptor,
    add_ace,
    has_ace,
    parse,
    with_dacl,
)
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.ldap.dn import same
from lab.controller import Lab
from lab.people import AWKWARD, rdn
from lab.remains import directory_now, files_now
from lab.sandbox import Sandbox, sandbox
from tests.integration.wizard.test_install import (
    NOTHING,
    admin,
    change,
    code_for,
    install,
    ok,
    steps,
)
from wire.secret import Secret
from wizard.inputs import Inputs
from wizard.permissions.grant import grant_ace
from wizard.plan.change import ApplyError, Progress, StepFailed

_DACL = security_descriptor_control(sdflags=4)
Edit = Callable[[SecurityDescriptor], SecurityDescriptor]
_AUTHENTICATED = Sid.of("S-1-5-11")


@pytest.fixture
def whole(
    fresh_lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    with sandbox(fresh_lab, tmp_path_factory.mktemp("stage")) as made:
        yield made


def people_of(whole: Sandbox, *names: str) -> str:
    above = [f"OU={rdn(name)}" for name in names]
    return ",".join([*above, "OU=People", whole.lab.base_dn])


def deny(right: Right, whom: Sid) -> Ace:
    """What stands against a grant of the same right."""
    grant = grant_ace(right, whom)
    return Ace(
        AceType.DENIED_OBJECT,
        AceFlag(grant.flags),
        grant.mask,
        whom,
        grant.object_type,
        grant.inherited_object_type,
    )


def as_administrator(whole: Sandbox, act: Callable[[ldap3.Connection], None]) -> None:
    with whole.lab.signed_in(whole.lab.admin_user, whole.lab.admin_password) as link:
        act(link)


def edit_list(whole: Sandbox, dn: str, edit: Edit) -> None:
    """Let an administrator edit a permission list by hand."""

    def change(link: ldap3.Connection) -> None:
        link.search(
            dn,
            "(objectClass=*)",
            "BASE",
            attributes=["nTSecurityDescriptor"],
            controls=_DACL,
        )
        assert link.response
        (raw,) = link.response[0]["raw_attributes"]["nTSecurityDescriptor"]
        new = edit(parse(raw)).to_bytes()
        wanted = {"nTSecurityDescriptor": [(ldap3.MODIFY_REPLACE, [new])]}
        link.modify(dn, wanted, controls=_DACL)  # type: ignore[no-untyped-call]

    as_administrator(whole, change)


def put_entry(whole: Sandbox, dn: str, ace: Ace) -> None:
    edit_list(whole, dn, lambda here: add_ace(here, ace))


def without_inheritance(here: SecurityDescriptor) -> SecurityDescriptor:
    """Do as "Disable inheritance" with "Remove" does."""
    assert here.dacl
    own = tuple(ace for ace in here.dacl.aces if not ace.flags & AceFlag.INHERITED)
    cut = with_dacl(here, own)
    return replace(cut, control=cut.control | Control.DACL_PROTECTED)


def set_text(whole: Sandbox, dn: str, attribute: str, value: str) -> None:
    change = {attribute: [(ldap3.MODIFY_REPLACE, [value])]}
    as_administrator(whole, lambda link: link.modify(dn, change))  # type: ignore[no-untyped-call]


def stands(whole: Sandbox, dn: str, ace: Ace) -> bool:
    now = directory_now(whole.lab)
    (raw,) = (raw for name, raw in now.items() if same(name, dn))
    assert raw is not None
    return has_ace(parse(raw), ace)


def with_account(whole: Sandbox, kind: str, name: str) -> dict[str, object]:
    directory = whole.settings().directory.model_dump(mode="json")
    directory["account"] |= {"kind": kind, "name": name}
    if kind == "existing":
        del directory["account"]["container"]
    return {"directory": directory}


def test_a_deny_is_kept_and_what_it_denies_is_a_finding(whole: Sandbox) -> None:
    berlin = people_of(whole, "Berlin")
    against = deny(Right.RESET_PASSWORD, _AUTHENTICATED)
    settings = install(whole)
    put_entry(whole, berlin, against)

    rows = [row for row in whole.verified(settings) if row.state != "ok"]
    assert [row.id for row in rows] == ["grants"]
    assert "Reset Password" in rows[0].detail
    assert f",{berlin}" in rows[0].more
    assert rows[0].remedy
    # no entry of ours would help
    assert whole.controller.changes.plan(settings, NOTHING).changes == ()

    narrow = whole.settings(scope={"containers": [berlin]})
    change(whole, narrow, admin(whole))
    assert stands(whole, berlin, against)
    change(whole, settings, admin(whole))
    assert stands(whole, berlin, against)


def test_a_container_that_inherits_nothing_is_a_finding(whole: Sandbox) -> None:
    berlin = people_of(whole, "Berlin")
    settings = install(whole)
    edit_list(whole, berlin, without_inheritance)
    (row,) = [row for row in whole.verified(settings) if row.state != "ok"]
    assert f",{berlin}" in row.more


def test_what_stood_there_before_comes_back_to_the_byte(whole: Sandbox) -> None:
    people = people_of(whole)
    put_entry(whole, people, deny(Right.WRITE_LOCKOUT_TIME, Sid.of("S-1-5-32-546")))
    put_entry(whole, people, grant_ace(Right.RESET_PASSWORD, _AUTHENTICATED))
    before, stop = directory_now(whole.lab), threading.Event()
    settings, inputs = whole.settings(), whole.inputs

    def late(progress: Progress) -> None:
        if (progress.change.step, progress.state) == ("settings", "done"):
            stop.set()

    plan = whole.controller.changes.plan(settings, inputs)
    assert "grants" in steps(plan.changes)
    with pytest.raises(ApplyError) as raised:
        whole.controller.changes.apply(plan, inputs, late, stop)
    assert raised.value.stuck == ()
    assert directory_now(whole.lab) == before


@pytest.mark.parametrize("name", ["anna.adler", "Guests"])
def test_a_name_that_is_taken_is_refused_before_anything(
    whole: Sandbox, name: str
) -> None:
    before = directory_now(whole.lab)
    settings = whole.settings(**with_account(whole, "new", name))
    with pytest.raises(StepFailed, match=f"{name} already"):
        whole.controller.changes.plan(settings, whole.inputs)
    assert directory_now(whole.lab) == before
    assert files_now(whole.host.places) == {}


def test_an_account_with_the_rights_needs_no_administrator(whole: Sandbox) -> None:
    account = whole.lab.accounts["svc-existing"]
    before = directory_now(whole.lab)
    settings = whole.settings(**with_account(whole, "existing", account["upn"]))
    password = Secret(account["password"])
    inputs = Inputs(None, password, whole.inputs.enrolment_code)
    made = change(whole, settings, inputs)
    assert steps(made) == ["keys", "account", "enrolment", "settings", "service"]
    assert ok(whole, settings)
    assert code_for(whole, "anna") == "ok"
    assert directory_now(whole.lab) == before


def test_an_account_without_them_is_granted_them(whole: Sandbox) -> None:
    account = whole.lab.accounts["svc-weak"]
    settings = whole.settings(**with_account(whole, "existing", account["upn"]))
    password, code = Secret(account["password"]), whole.inputs.enrolment_code
    with pytest.raises(StepFailed, match="administrator of the domain"):
        change(whole, settings, Inputs(None, password, code))
    assert files_now(whole.host.places) == {}
    made = change(whole, settings, Inputs(admin(whole).admin, password, code))
    assert steps(made).count("grants") == 1
    assert ok(whole, settings)
    assert code_for(whole, "anna") == "ok"


def test_an_account_that_was_changed_since_is_left(whole: Sandbox) -> None:
    settings, inputs = whole.settings(), whole.inputs
    dn = f"CN=svc-writeback,CN=Users,{whole.lab.base_dn}"
    stop = threading.Event()

    def takes_it_over(progress: Progress) -> None:
        if (progress.change.step, progress.state) == ("enrolment", "done"):
            set_text(whole, dn, "info", "ours now")
            stop.set()

    plan = whole.controller.changes.plan(settings, inputs)
    with pytest.raises(ApplyError) as raised:
        whole.controller.changes.apply(plan, inputs, takes_it_over, stop)
    (stuck,) = raised.value.stuck
    assert stuck.change.step == "account"
    assert dn in stuck.reason
    assert dn in directory_now(whole.lab)


def test_names_that_a_careless_program_breaks_on(whole: Sandbox) -> None:
    containers = [people_of(whole, name) for name in AWKWARD.values()]
    settings = install(whole, scope={"containers": containers})
    assert ok(whole, settings)
    for key in AWKWARD:
        assert code_for(whole, key) == "ok"
    everybody = whole.settings()
    change(whole, everybody, admin(whole))
    assert ok(whole, everybody)
    (own,) = agents_sids(whole)
    assert stands(whole, people_of(whole), grant_ace(Right.RESET_PASSWORD, own))
    for container in containers:
        assert not stands(whole, container, grant_ace(Right.RESET_PASSWORD, own))


def agents_sids(whole: Sandbox) -> list[Sid]:
    found: list[Sid] = []

    def look(link: ldap3.Connection) -> None:
        query = "(sAMAccountName=svc-writeback)"
        link.search(whole.lab.base_dn, query, attributes=["objectSid"])
        for entry in link.response or ():
            if entry["type"] == "searchResEntry":
                found.extend(map(Sid, entry["raw_attributes"]["objectSid"]))

    as_administrator(whole, look)
    return found


def test_another_spelling_of_a_container_is_the_same_container(whole: Sandbox) -> None:
    install(whole)
    spelled = people_of(whole).lower().replace(",", ", ")
    settings = whole.settings(scope={"containers": [spelled]})
    assert "grants" not in steps(
        whole.controller.changes.plan(settings, NOTHING).changes
    )
    change(whole, settings, NOTHING)
    assert ok(whole, settings)
    assert code_for(whole, "anna") == "ok"


def test_a_container_that_went_meanwhile_does_not_stop_the_way_back(
    whole: Sandbox,
) -> None:
    extra = people_of(whole, "Temporary")
    as_administrator(whole, lambda link: link.add(extra, ["organizationalUnit"]))  # type: ignore[no-untyped-call]
    settings = whole.settings(scope={"containers": [people_of(whole), extra]})
    inputs, stop = whole.inputs, threading.Event()

    def goes(progress: Progress) -> None:
        if (progress.change.step, progress.state) == ("settings", "done"):
            as_administrator(whole, lambda link: link.delete(extra))  # type: ignore[no-untyped-call]
            stop.set()

    plan = whole.controller.changes.plan(settings, inputs)
    with pytest.raises(ApplyError) as raised:
        whole.controller.changes.apply(plan, inputs, goes, stop)
    assert raised.value.stuck == ()
    assert whole.controller.recovery.find() is None
