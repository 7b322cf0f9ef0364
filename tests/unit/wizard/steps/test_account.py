"""The account's password: what needs a directory is in tests/integration."""

import json
from contextlib import AbstractContextManager, nullcontext

import pytest

from agent.config import secret_store as kept
from agent.config.settings_file import dump
from agent.ldap.errors import SignInRefused, Unreachable
from tests.unit.wizard.answered import CANARY, SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from tests.unit.wizard.steps.installation import changed, secrets_now, spoil
from wire.secret import Secret
from wire.text import Text
from wizard.directory import accounts
from wizard.inputs import Inputs
from wizard.plan.change import Begun, Change, Facts, StepFailed
from wizard.plan.step import Target
from wizard.steps.account import PREVIOUS, Account

EXISTING = changed(directory={"account": {"kind": "existing", "name": "svc@corp.test"}})


def with_password(password: str) -> Inputs:
    return Inputs(account_password=Secret(password))


def test_an_existing_accounts_password_is_asked_for(host: FakeHost) -> None:
    with pytest.raises(StepFailed, match=r"password of svc@corp\.test is needed"):
        Account().plan(Target(EXISTING, on(host)))


def test_a_password_that_is_stored_already_changes_nothing(host: FakeHost) -> None:
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret(CANARY))
    assert Account().plan(Target(EXISTING, on(host))) == ()
    assert Account().plan(Target(EXISTING, on(host, with_password(CANARY)))) == ()


def test_a_password_is_stored_and_taken_back(host: FakeHost) -> None:
    context = on(host, with_password(CANARY))
    (change,) = Account().plan(Target(EXISTING, context))
    made = Account().apply(change, context)
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) == Secret(CANARY)
    assert CANARY not in json.dumps([change.as_dict(), dict(made)])
    Account().undo(Begun(0, change, made), on(host))
    Account().undo(Begun(0, change, made), on(host))
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) is None


def test_the_password_in_force_comes_back(host: FakeHost) -> None:
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret("in force"))
    context = on(host, with_password(CANARY))
    (change,) = Account().plan(Target(EXISTING, context))
    made = Account().apply(change, context)
    Account().undo(Begun(0, change, made), on(host))
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) == Secret("in force")
    assert host.secrets.get(PREVIOUS) is None


def test_a_change_not_begun_leaves_the_password_in_force(host: FakeHost) -> None:
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret("in force"))
    (change,) = Account().plan(Target(EXISTING, on(host, with_password(CANARY))))
    Account().undo(Begun(0, change, None), on(host))
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) == Secret("in force")


@pytest.mark.parametrize("how", ["read", "damaged"])
def test_a_password_of_no_use_is_a_finding_and_asked_for(
    host: FakeHost, how: str
) -> None:
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret("in force"))
    spoil(host, kept.DIRECTORY_PASSWORD, how)
    before = secrets_now(host)
    (row,) = Account().verify(Target(EXISTING, on(host)))
    assert row.state == "failed"
    assert "writeback repair" in row.remedy
    with pytest.raises(StepFailed, match="is needed") as needed:
        Account().plan(Target(EXISTING, on(host)))
    assert needed.value.needs == "account_password"
    context = on(host, with_password(CANARY))
    (change,) = Account().plan(Target(EXISTING, context))
    Account().undo(Begun(0, change, None), on(host))
    assert secrets_now(host) == before
    Account().apply(change, context)
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) == Secret(CANARY)
    for _ in range(2):
        Account().undo(Begun(0, change, {}), on(host))
        assert secrets_now(host) == before


def test_a_new_accounts_password_of_no_use_needs_an_administrator(
    host: FakeHost,
) -> None:
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret("in force"))
    spoil(host, kept.DIRECTORY_PASSWORD, "read")
    with pytest.raises(StepFailed, match="mode 644") as needed:
        Account().plan(Target(SETTINGS, on(host)))
    assert needed.value.needs == "admin"


def test_a_refused_sign_in_is_a_finding(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_arguments: object) -> None:
        raise SignInRefused(
            "dc1.corp.test", Text("the password is wrong"), Text("give it anew")
        )

    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret(CANARY))
    monkeypatch.setattr("wizard.directory.sign_in.connect", refused)
    (row,) = Account().verify(Target(EXISTING, on(host)))
    assert row.state == "failed"
    assert (row.detail, row.remedy) == ("The password is wrong.", "Give it anew.")


def other_in_force(host: FakeHost) -> None:
    """An installation with another account, whose password is stored."""
    host.write(host.places.settings, dump(SETTINGS))
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret(CANARY))


def test_another_accounts_password_is_not_tried(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*_arguments: object) -> None:
        pytest.fail("a wrong password counts towards a lockout")

    monkeypatch.setattr("wizard.directory.sign_in.connect", connect)
    other_in_force(host)
    with pytest.raises(StepFailed, match=r"password of svc@corp\.test is needed"):
        Account().plan(Target(EXISTING, on(host)))
    account = SETTINGS.directory.account.model_dump() | {"name": "svc-2"}
    other = changed(directory={"account": account})
    with pytest.raises(StepFailed, match=r"password of svc-2@corp\.test is not stored"):
        Account().plan(Target(other, on(host)))
    (row,) = Account().verify(Target(EXISTING, on(host)))
    assert (row.state, row.detail) == (
        "failed",
        "The password of svc@corp.test is not stored here.",
    )


def test_another_accounts_password_comes_back_when_it_is_taken_back(
    host: FakeHost,
) -> None:
    other_in_force(host)
    context = on(host, with_password("given"))
    (change,) = Account().plan(Target(EXISTING, context))
    made = Account().apply(change, context)
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) == Secret("given")
    Account().undo(Begun(0, change, made), on(host))
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) == Secret(CANARY)


class Opened:
    """A directory that let somebody in."""

    def close(self) -> None:
        pass


@pytest.mark.parametrize("cut_off", [False, True])
@pytest.mark.parametrize("answer", ["in", "refused", "silent"])
@pytest.mark.parametrize("installed", [False, True])
def test_a_password_that_was_set_stays_where_an_agent_goes_on_with_it(
    host: FakeHost,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    *,
    cut_off: bool,
    installed: bool,
) -> None:
    """Whether it was set is asked of the directory, where nothing here tells.

    The mark is given back first, as somebody lets the administrator in.
    """

    def connect(*_arguments: object) -> Opened:
        if answer == "in":
            return Opened()
        kind = SignInRefused if answer == "refused" else Unreachable
        raise kind("dc1.corp.test", Text("no"), Text("look at it"))

    given_back: list[str] = []

    def as_admin(*_arguments: object) -> AbstractContextManager[Opened]:
        if answer == "silent":
            raise Unreachable("dc1.corp.test", Text("no"), Text("look at it"))
        return nullcontext(Opened())

    def give_back(_opened: Opened, _where: object, entry: Facts, plan_id: str) -> None:
        given_back.append(f"{plan_id} {entry['info']}")

    monkeypatch.setattr("wizard.directory.sign_in.connect", connect)
    monkeypatch.setattr("wizard.steps.account.as_admin", as_admin)
    monkeypatch.setattr(accounts, "give_back", give_back)
    if installed:
        host.write(host.places.settings, dump(SETTINGS))
    host.secrets.put(PREVIOUS, Secret("of before"))
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret(CANARY))
    directory = SETTINGS.directory.model_dump(mode="json")
    after = {"kind": "new", "directory": directory, "stored": True}
    before = {"dn": "CN=svc", "info": "writeback:of-before"}
    change = Change("account", Text("Reuses"), before, after)
    made = None if cut_off else {"dn": "CN=svc"}
    if answer == "silent":
        with pytest.raises(Unreachable):
            Account().undo(Begun(0, change, made), on(host))
        assert host.secrets.get(PREVIOUS) == Secret("of before")
        return
    Account().undo(Begun(0, change, made), on(host))
    assert given_back == [f"{on(host).plan_id} writeback:of-before"]
    stays = installed and (not cut_off or answer == "in")
    now = Secret(CANARY if stays else "of before")
    for _ in range(2):
        assert host.secrets.get(kept.DIRECTORY_PASSWORD) == now
        assert host.secrets.get(PREVIOUS) is None
        Account().undo(Begun(0, change, made), on(host))
