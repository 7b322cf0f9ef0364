"""Grants are made all or none, and what is taken back is what was added."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from agent.acl.ace import Ace
from agent.acl.descriptor import has_ace, parse, remove_ace, with_dacl
from agent.acl.rights import Right
from agent.acl.sddl import sddl
from agent.acl.sid import Sid
from agent.ldap.connection import Connection
from lab.controller import Lab
from lab.remains import directory_now
from lab.sandbox import Sandbox, sandbox
from tests.integration.wizard.grants.granting import (
    NOTHING,
    apply,
    grant,
    names,
    revoke,
    revoke_plan,
)
from tests.integration.wizard.test_cut_off import cut_off
from tests.integration.wizard.test_install import admin, install
from tests.integration.wizard.test_steps import (
    agents_sids,
    deny,
    edit_list,
    people_of,
    put_entry,
    stands,
)
from wizard.permissions.grant import Grant
from wizard.plan.change import ApplyError

_RESET = Right.RESET_PASSWORD


@pytest.fixture
def whole(
    fresh_lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    with sandbox(fresh_lab, tmp_path_factory.mktemp("stage")) as made:
        yield made


def test_denies_stand_and_the_rest_comes_back_to_the_byte(whole: Sandbox) -> None:
    settings = install(whole)
    revoke(whole, settings)
    (own,) = agents_sids(whole)
    people = people_of(whole)
    against = [
        deny(_RESET, own),
        deny(_RESET, Sid.of("S-1-5-11")),
        replace(deny(Right.WRITE_LOCKOUT_TIME, own), object_type=None),
    ]
    for ace in against:
        put_entry(whole, people, ace)
    before = directory_now(whole.lab)

    assert len(names(grant(whole, settings))) == 3
    assert all(stands(whole, people, ace) for ace in against)
    # a grant that a deny outweighs is not planned over and over
    assert whole.controller.permissions.plan_grant(settings, NOTHING).changes == ()
    assert len(names(revoke(whole, settings))) == 3
    assert directory_now(whole.lab) == before
    assert revoke_plan(whole, settings) == ()


def test_what_appeared_after_the_plan_is_not_ours_to_take_back(whole: Sandbox) -> None:
    settings = install(whole)
    revoke(whole, settings)
    plan = whole.controller.permissions.plan_grant(settings, NOTHING)
    (own,) = agents_sids(whole)
    theirs = Grant(_RESET).ace(own)
    put_entry(whole, people_of(whole), theirs)
    before = directory_now(whole.lab)

    apply(whole, plan)
    revocation = whole.controller.permissions.plan_revoke(settings, NOTHING)
    assert names(revocation.plan.changes) == [
        "WRITE_LOCKOUT_TIME",
        "WRITE_PWD_LAST_SET",
    ]
    assert [one.words for one in revocation.left] == [
        "Allows svc-writeback to reset the password on user objects below"
    ]
    apply(whole, revocation.plan)
    assert directory_now(whole.lab) == before


def test_another_spelling_of_a_container_is_the_same_container(whole: Sandbox) -> None:
    install(whole)
    spelled = people_of(whole).lower().replace(",", ", ")
    settings = whole.settings(scope={"containers": [spelled]})

    revocation = whole.controller.permissions.plan_revoke(settings, NOTHING)

    assert len(names(revocation.plan.changes)) == 3
    assert revocation.left == ()
    assert whole.controller.permissions.plan_grant(settings, NOTHING).changes == ()


def test_what_was_removed_by_hand_and_granted_again_is_taken_back_once(
    whole: Sandbox,
) -> None:
    settings = install(whole)
    (own,) = agents_sids(whole)
    people = people_of(whole)
    edit_list(whole, people, lambda here: remove_ace(here, Grant(_RESET).ace(own)))
    spelled = whole.settings(scope={"containers": [people.replace(",", ", ")]})
    assert names(grant(whole, spelled)) == ["RESET_PASSWORD"]

    taken = revoke(whole, settings)
    assert [len(names((change,))) for change in taken] == [3]
    assert revoke_plan(whole, settings) == ()


def test_a_grant_that_is_not_there_after_all_is_taken_back(
    whole: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = install(whole)
    revoke(whole, settings)
    before = directory_now(whole.lab)
    plan = whole.controller.permissions.plan_grant(settings, NOTHING)
    (own,) = agents_sids(whole)
    lost, real, written = Grant(_RESET).ace(own), Connection.modify, list[bytes]()

    def loses(self: Connection, dn: str, what: Any, controls: Any = ()) -> None:
        """Write all but one entry, as a script that tidies up would leave it."""
        (modification,) = what
        here = parse(modification.values[0])
        assert here.dacl
        aces = tuple(ace for ace in here.dacl.aces if ace != lost)
        written.append(with_dacl(here, aces).to_bytes())
        real(self, dn, (replace(modification, values=(written[-1],)),), controls)

    with monkeypatch.context() as patched:
        patched.setattr(Connection, "modify", loses)
        with pytest.raises(ApplyError, match="but shows others") as raised:
            apply(whole, plan)
    assert has_ace(parse(written[0]), Grant(Right.WRITE_LOCKOUT_TIME).ace(own))
    assert raised.value.failed == plan.changes[0]
    assert raised.value.stuck == ()
    assert directory_now(whole.lab) == before
    assert whole.controller.recovery.find() is None
    assert revoke_plan(whole, settings) == ()


@pytest.mark.parametrize("what", ["grant", "revoke"])
def test_a_killed_run_is_taken_back(whole: Sandbox, what: str) -> None:
    settings = install(whole)
    if what == "grant":
        revoke(whole, settings)
    before = directory_now(whole.lab)
    within = "grants, before they are written"
    for cut in ("before 0", within, "after 0", "noted 0"):
        cut_off(whole, cut, "", settings, plan=what)
        assert whole.controller.recovery.find() is not None
        rolled = whole.controller.recovery.recover(admin(whole), lambda _progress: None)
        assert (len(rolled.undone), rolled.stuck) == (1, ())
        assert sorted_aces(directory_now(whole.lab)) == sorted_aces(before)
    changes = grant(whole, settings) if what == "grant" else revoke(whole, settings)
    assert len(names(changes)) == 3


def sorted_aces(found: dict[str, bytes | None]) -> dict[str, list[str]]:
    """Order plays no part between allows: what is put back comes last of its kind."""
    lists = {dn: parse(raw).dacl for dn, raw in found.items() if raw}
    return {
        dn: sorted(sddl(ace) if isinstance(ace, Ace) else repr(ace) for ace in acl.aces)
        for dn, acl in lists.items()
        if acl
    }


def test_nothing_of_an_administrator_stays(whole: Sandbox) -> None:
    settings = install(whole)
    revoke(whole, settings)
    grant(whole, settings)
    home = whole.host.places.home
    kept = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert not any(whole.lab.admin_password.encode() in content for content in kept)
