"""Reading fine-grained policies: granted where an administrator wants it, and back."""

from collections.abc import Iterator

import pytest

from lab.controller import Lab
from lab.remains import directory_now
from lab.sandbox import CANARY, Sandbox, sandbox
from tests.integration.wizard.grants.granting import NOTHING, names, revoke
from tests.integration.wizard.grants.test_granted import entries_for, remove
from tests.integration.wizard.test_install import admin, change, install, ok
from tests.integration.wizard.test_steps import agents_sids
from wire.secret import Secret
from wizard.permissions.grant import Grant

READ = "READ_PASSWORD_SETTINGS"


@pytest.fixture
def whole(
    fresh_lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    with sandbox(fresh_lab, tmp_path_factory.mktemp("stage")) as made:
        yield made


def checked(whole: Sandbox) -> str:
    return str(whole.tested(whole.lab.people["strict"]["upn"]).code)


def test_a_check_tells_what_a_policy_asks_for_once_it_may_be_read(
    whole: Sandbox,
) -> None:
    bare = directory_now(whole.lab)
    install(whole)
    assert checked(whole) == "not_known"

    reading = whole.settings(features={"read_password_settings": True})
    made = change(whole, reading, admin(whole))
    assert names(tuple(each for each in made if each.step == "grants")) == [READ]
    assert ok(whole, reading)
    assert checked(whole) == "ok"
    answer = whole.tested(whole.lab.people["strict"]["upn"]).answer
    assert "Password Settings Container" in answer["policy"]["source"]
    assert whole.tested(whole.lab.people["strict"]["upn"], Secret("Fifteen-chars-1"))

    # turned off again, it is taken back, and nothing else is
    changes = change(whole, whole.settings(), admin(whole))
    assert names(tuple(each for each in changes if each.step == "grants")) == [READ]
    assert checked(whole) == "not_known"
    remove(whole)
    assert directory_now(whole.lab) == bare


def test_it_is_granted_to_a_new_account_and_revoked_like_the_others(
    whole: Sandbox,
) -> None:
    settings = install(whole, features={"read_password_settings": True})
    (own,) = agents_sids(whole)
    place = f"CN=Password Settings Container,CN=System,{whole.lab.base_dn}"
    assert place in entries_for(whole, own)
    assert checked(whole) == "ok"

    assert READ in names(revoke(whole, settings))
    assert place not in entries_for(whole, own)
    (row,) = [r for r in whole.verified(settings) if place in r.title]
    assert (row.state, row.id) == ("failed", "grants")
    plan = whole.controller.permissions.plan_grant(settings, NOTHING)
    shown = whole.controller.permissions.entries(plan, NOTHING)
    (entry,) = [each for each in shown if each.container == place]
    assert entry.dsacls.endswith(':GR"')
    assert "/I:T" in entry.dsacls
    assert "'GenericRead', 'Allow', 'All'" in entry.powershell
    assert entry.sddl == f"(A;CI;LCRPLORC;;;{own})"
    assert Grant.of(READ).ace(own).flags == 2
    assert CANARY not in entry.powershell
