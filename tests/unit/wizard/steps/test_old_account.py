"""An account of before is deleted only while it is still the one that was made."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from agent.config.secret_store import DIRECTORY_PASSWORD
from agent.config.settings import Settings
from agent.config.settings_file import dump
from agent.ldap.entry import Entry, Modification
from agent.ldap.errors import refused
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wire.text import Text
from wizard.directory.accounts import NO_SUCH_ATTRIBUTE
from wizard.plan import journal
from wizard.plan.change import Begun, Change, StepFailed
from wizard.plan.history import MARK
from wizard.plan.step import Target
from wizard.steps import account, old_account
from wizard.steps.account import Account
from wizard.steps.old_account import OldAccount

DN = "CN=svc-writeback,CN=Users,DC=corp,DC=test"
CHANGES = (Change("account", Text("Creates another account"), None, {}),)


def named(name: str) -> Settings:
    directory = SETTINGS.directory
    other = directory.account.model_copy(update={"name": name})
    renamed = directory.model_copy(update={"account": other})
    return SETTINGS.model_copy(update={"directory": renamed})


class Domain:
    """A directory with the one account, whose writes are kept."""

    host = "dc1.corp.test"

    def __init__(self, info: str) -> None:
        self.info = info

    def search(self, *_: Any, **__: Any) -> Any:
        values = {"info": (self.info.encode(),), "objectGUID": (bytes(16),)}
        return iter([Entry(DN, values)])

    def modify(self, dn: str, changes: tuple[Modification, ...]) -> None:
        assert dn == DN
        now = {self.info}
        for change in (each for each in changes if each.attribute == "info"):
            (value,) = (each.decode() for each in change.values)
            if change.operation == "delete" and value not in now:
                raise refused(self.host, NO_SUCH_ATTRIBUTE, "")
            now = {"delete": now - {value}, "add": now | {value}}.get(
                change.operation, {value}
            )
        (self.info,) = now


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Domain:
    made = Domain(f"{MARK}of-an-earlier-setup")
    monkeypatch.setattr(account, "as_admin", lambda *_: nullcontext(made))
    monkeypatch.setattr(account, "as_either", lambda *_: nullcontext(made))
    monkeypatch.setattr(old_account, "as_either", lambda *_: nullcontext(made))
    return made


def takes_over(domain: Domain) -> Change:
    """Plan to take the account over as it is now."""
    after = {
        "kind": "new",
        "directory": SETTINGS.directory.model_dump(mode="json"),
        "stored": False,
    }
    before = {"dn": DN, "info": domain.info}
    return Change("account", Text("Takes it over"), before, after, needs_admin=True)


def taken_over(host: FakeHost, domain: Domain) -> None:
    """Have a machine take the account over, by a plan that ends well."""
    change = takes_over(domain)
    begun = journal.begin(host.places.journal, (change,))
    begun.intend(0, change)
    before = domain.info
    made = Account().apply(change, on(host, plan_id=begun.id))
    assert domain.info != before
    begun.did(0, made)
    begun.seal()


def test_one_that_another_server_took_over_is_its(
    tmp_path: Path, domain: Domain
) -> None:
    here, other = FakeHost(tmp_path / "here"), FakeHost(tmp_path / "other")
    taken_over(here, domain)
    wanted, step = named("svc-2"), OldAccount()
    (deletion,) = step.plan(Target(wanted, on(here), CHANGES))
    assert DN in deletion.summary
    assert step.plan(Target(SETTINGS, on(here), CHANGES)) == ()
    taken_over(other, domain)
    assert step.plan(Target(wanted, on(here), CHANGES)) == ()
    for host in (here, other):
        host.write(host.places.settings, dump(SETTINGS))
    assert Account().plan_removal(on(here)) == ()
    assert len(Account().plan_removal(on(other))) == 1
    assert len(step.plan(Target(wanted, on(other), CHANGES))) == 1


def test_one_that_is_somebody_elses_since_the_plan_keeps_its_password(
    tmp_path: Path, domain: Domain
) -> None:
    host = FakeHost(tmp_path / "here")
    change = takes_over(domain)
    domain.info = "of an account that was made in its place"
    with pytest.raises(StepFailed, match="changed while the plan was shown"):
        Account().apply(change, on(host))
    assert domain.info == "of an account that was made in its place"
    Account().undo(Begun(0, change, None), on(host))
    assert not host.secrets.holds(DIRECTORY_PASSWORD)
