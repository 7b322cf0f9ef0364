"""What was granted is found again: renamed, gone, by other controllers, another's."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from agent.acl.ace import Ace
from agent.acl.descriptor import parse
from agent.acl.sid import Sid
from agent.ldap import connection as ldap
from lab.controller import Lab
from lab.remains import directory_now
from lab.sandbox import CANARY, Sandbox, sandbox
from tests.integration.wizard.grants.granting import NOTHING, names, revoke
from tests.integration.wizard.test_cut_off import cut_off
from tests.integration.wizard.test_install import (
    admin,
    change,
    install,
    ok,
    scope,
    someone_in,
    steps,
)
from tests.integration.wizard.test_steps import agents_sids, as_administrator, people_of
from wire.secret import Secret
from wizard.controller.controller import Controller
from wizard.host.sandbox.host import SandboxHost
from wizard.inputs import AdminCredentials, Inputs
from wizard.plan.change import Change, StepFailed, allow_all

_WITH_ALL_BELOW = [("1.2.840.113556.1.4.805", True, None)]  # MS-ADTS 3.1.1.3.4.1.15


@pytest.fixture
def whole(
    fresh_lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    with sandbox(fresh_lab, tmp_path_factory.mktemp("stage")) as made:
        yield made


def remove(whole: Sandbox, inputs: Inputs | None = None) -> Sequence[Change]:
    controller, credentials = whole.controller, inputs or admin(whole)
    plan = controller.changes.plan_removal(credentials)
    controller.changes.apply(
        plan, credentials, lambda _progress: None, threading.Event()
    )
    return plan.changes


def entries_for(whole: Sandbox, own: Sid) -> list[str]:
    """Name the objects that have an entry of an account."""
    lists = {dn: parse(raw).dacl for dn, raw in directory_now(whole.lab).items() if raw}
    return [
        dn
        for dn, acl in lists.items()
        if acl and any(isinstance(ace, Ace) and ace.sid == own for ace in acl.aces)
    ]


def rename(whole: Sandbox, dn: str, name: str) -> None:
    as_administrator(whole, lambda link: link.modify_dn(dn, f"OU={name}"))


def delete(whole: Sandbox, dn: str) -> None:
    def with_all(link: Any) -> None:
        link.delete(dn, controls=_WITH_ALL_BELOW)

    as_administrator(whole, with_all)


def test_a_renamed_container_is_the_same_container(whole: Sandbox) -> None:
    bare = directory_now(whole.lab)
    install(whole, **scope(whole, "Paris", "Berlin"))
    (own,) = agents_sids(whole)
    paris = someone_in(whole, "Paris")
    rename(whole, people_of(whole, "Paris"), "Lyon")
    upn = whole.lab.people[paris]["upn"]

    wanted = whole.settings(**scope(whole, "Lyon", "Berlin"))
    assert steps(change(whole, wanted, NOTHING)) == ["settings", "service"]
    assert ok(whole, wanted)
    assert whole.tested(upn).code == "ok"

    taken = remove(whole)
    summaries = [each.summary for each in taken if each.step == "grants"]
    assert any(people_of(whole, "Lyon") in summary for summary in summaries)
    assert entries_for(whole, own) == []
    rename(whole, people_of(whole, "Lyon"), "Paris")
    assert directory_now(whole.lab) == bare


def test_one_that_left_the_scope_is_found_under_its_new_name(whole: Sandbox) -> None:
    install(whole, **scope(whole, "Paris", "Berlin"))
    rename(whole, people_of(whole, "Paris"), "Lyon")

    made = change(whole, whole.settings(**scope(whole, "Berlin")), admin(whole))

    assert f"on {people_of(whole, 'Lyon')}" in made[0].summary
    assert len(entries_for(whole, *agents_sids(whole))) > 0  # Berlin's
    assert not any("Lyon" in dn for dn in entries_for(whole, *agents_sids(whole)))
    assert change(whole, whole.settings(**scope(whole, "Berlin")), NOTHING) == ()


def test_another_container_of_that_name_is_another(whole: Sandbox) -> None:
    install(whole, **scope(whole, "Paris", "Berlin"))
    rename(whole, people_of(whole, "Paris"), "Lyon")
    again = people_of(whole, "Paris")
    as_administrator(whole, lambda link: link.add(again, "organizationalUnit"))  # type: ignore[no-untyped-call]
    (own,) = agents_sids(whole)

    remove(whole)

    assert entries_for(whole, own) == []


def test_a_container_that_went_stops_nothing(whole: Sandbox) -> None:
    install(whole, **scope(whole, "Paris", "Berlin"))
    delete(whole, people_of(whole, "Paris"))
    narrow = whole.settings(**scope(whole, "Berlin"))

    made = change(whole, narrow, admin(whole))

    assert steps(made) == ["grants", "settings", "service"]
    assert ok(whole, narrow)
    delete(whole, people_of(whole, "Berlin"))
    (own,) = agents_sids(whole)
    remove(whole)
    assert entries_for(whole, own) == []
    assert agents_sids(whole) == []


def _is_moved(whole: Sandbox) -> None:
    """Have the journals name a controller that answers no more, and a CA that went."""
    for path in whole.host.places.journal.rglob("*"):
        if path.is_file():
            text = path.read_text().replace(f'"{whole.lab.address}"', '"127.255.0.254"')
            path.write_text(text.replace(str(whole.lab.ca), "/nowhere/ca.pem"))


def test_other_controllers_are_asked_to_take_back(whole: Sandbox) -> None:
    bare = directory_now(whole.lab)
    settings = install(whole)
    _is_moved(whole)
    narrow = whole.settings(**scope(whole, "Paris"))
    change(whole, narrow, admin(whole))
    assert ok(whole, narrow)
    _is_moved(whole)
    assert len(names(revoke(whole, narrow))) == 3
    change(whole, settings, admin(whole))
    _is_moved(whole)
    remove(whole)
    assert directory_now(whole.lab) == bare


def test_the_account_of_before_goes_by_other_controllers(whole: Sandbox) -> None:
    new, account = install(whole), whole.lab.accounts["svc-existing"]
    _is_moved(whole)
    directory = new.directory.model_dump(mode="json")
    directory["account"] = {"kind": "existing", "name": account["upn"]}
    existing = whole.settings(directory=directory)

    made = change(
        whole, existing, Inputs(admin(whole).admin, Secret(account["password"]))
    )

    assert made[-1].step == "former"
    assert agents_sids(whole) == []


def test_what_a_kept_account_had_goes_with_the_next_removal(whole: Sandbox) -> None:
    bare = directory_now(whole.lab)
    install(whole)
    remove(whole, Inputs(keep_account=True))

    made = change(whole, whole.settings(), whole.inputs)
    (took,) = [each.summary for each in made if each.step == "grants"]
    people = people_of(whole)
    summary = "Reuses 3 permissions of an earlier setup, of svc-writeback on"
    assert took == f"{summary} {people}"
    assert ok(whole, whole.settings())

    remove(whole)
    assert directory_now(whole.lab) == bare


def test_what_was_taken_over_stays_when_the_plan_is_taken_back(whole: Sandbox) -> None:
    install(whole)
    remove(whole, Inputs(keep_account=True))
    (own,) = agents_sids(whole)
    before = entries_for(whole, own)
    settings = whole.settings()
    at = steps(whole.controller.changes.plan(settings, whole.inputs).changes).index(
        "grants"
    )

    cut_off(whole, f"after {at}", whole.relay.code(), settings)
    whole.controller.recovery.recover(admin(whole), lambda _progress: None)

    assert whole.controller.recovery.find() is None
    assert entries_for(whole, own) == before != []


def test_what_another_server_took_over_is_left_to_it(whole: Sandbox) -> None:
    install(whole)
    whole.host.stop_service()
    other = SandboxHost(whole.host.places.home.with_name("other"))
    elsewhere = Sandbox(whole.lab, whole.relay, other, Controller(other, allow_all))
    try:
        theirs = elsewhere.settings(agent="other")
        change(elsewhere, theirs, elsewhere.inputs)

        taken = remove(whole)

        assert not {"grants", "account"} & set(steps(taken))
        assert ok(elsewhere, theirs)
    finally:
        other.stop_service()


@pytest.mark.parametrize("how", ["deleted", "damaged"])
def test_without_settings_the_account_goes_too(whole: Sandbox, how: str) -> None:
    bare = directory_now(whole.lab)
    install(whole)
    place = whole.host.places.settings
    if how == "deleted":
        place.unlink()
    else:
        place.write_text("version: 1\nagent: [")
    taken = remove(whole)
    assert "former" in steps(taken)
    assert directory_now(whole.lab) == bare


def test_a_mistyped_administrator_is_tried_once(
    whole: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = whole.settings(**scope(whole, "Paris", "Berlin"))
    bare = directory_now(whole.lab)
    at = steps(whole.controller.changes.plan(settings, whole.inputs).changes).index(
        "enrolment"
    )
    cut_off(whole, f"before {at}", whole.relay.code(), settings)
    tried: list[str] = []
    real = ldap.Connection.sign_in

    def counted(self: ldap.Connection) -> None:
        tried.append(self.host)
        real(self)

    monkeypatch.setattr(ldap.Connection, "sign_in", counted)
    wrong = Inputs(AdminCredentials(whole.lab.admin_user, Secret(CANARY)))

    with pytest.raises(StepFailed, match="was refused") as raised:
        whole.controller.recovery.recover(wrong, lambda _progress: None)

    assert len(tried) == 1
    assert "Nothing was changed" in str(raised.value)
    assert CANARY not in str(raised.value)
    assert whole.controller.recovery.find() is not None
    rolled = whole.controller.recovery.recover(admin(whole), lambda _progress: None)
    assert rolled.stuck == ()
    assert directory_now(whole.lab) == bare
