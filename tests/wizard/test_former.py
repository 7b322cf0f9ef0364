"""An account of before is deleted only while it is still the one that was made."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from agent.directory import Entry
from agent.entries import Modification
from agent.settings import Settings
from tests.wizard.answered import SETTINGS
from tests.wizard.machine import Machine, on
from wizard import journal
from wizard.plan import Change
from wizard.steps import account, former
from wizard.steps.account import Account
from wizard.steps.former import FormerAccount
from wizard.steps.new_account import MARK

DN = "CN=svc-writeback,CN=Users,DC=corp,DC=test"
CHANGES = (Change("account", "Creates another account", None, {}),)


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
        for change in changes:
            if change.attribute == "info":
                self.info = change.values[0].decode()


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Domain:
    made = Domain(f"{MARK}of-an-earlier-setup")
    monkeypatch.setattr(account, "as_admin", lambda *_: nullcontext(made))
    monkeypatch.setattr(account, "as_either", lambda *_: nullcontext(made))
    monkeypatch.setattr(former, "as_either", lambda *_: nullcontext(made))
    return made


def taken_over(host: Machine, domain: Domain) -> None:
    """Have a machine take the account over, by a plan that ends well."""
    after = {
        "kind": "new",
        "directory": SETTINGS.directory.model_dump(mode="json"),
        "stored": False,
    }
    change = Change("account", "Takes it over", {"dn": DN}, after, needs_admin=True)
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
    here, other = Machine(tmp_path / "here"), Machine(tmp_path / "other")
    taken_over(here, domain)
    wanted, step = named("svc-2"), FormerAccount()
    (deletion,) = step.plan(wanted, on(here), CHANGES)
    assert DN in deletion.summary
    assert step.plan(SETTINGS, on(here), CHANGES) == ()
    taken_over(other, domain)
    assert step.plan(wanted, on(here), CHANGES) == ()
    assert Account().plan_removal(SETTINGS, on(here)) == ()
    assert len(Account().plan_removal(SETTINGS, on(other))) == 1
    assert len(step.plan(wanted, on(other), CHANGES)) == 1
