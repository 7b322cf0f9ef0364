"""A removal leaves nothing of this machine in the directory, or says what stays."""

import threading
from pathlib import Path

import pytest

from agent.acl import descriptor
from agent.config import secret_store as kept
from agent.config.settings import DirectorySettings
from lab.controller import Lab
from lab.remains import directory_now
from lab.sandbox import Sandbox, sandbox
from tests.integration.wizard.test_install import admin, install
from wire.secret import Secret
from wire.text import Text
from wizard.cli.commands.remove import remove
from wizard.cli.output import Result
from wizard.cli.secrets import CommandSecrets
from wizard.directory import accounts
from wizard.directory.sign_in import as_admin
from wizard.grants.acl import rewrite
from wizard.permissions.grant import Grant
from wizard.plan.change import ApplyError, Context, StepFailed, allow_all
from wizard.steps.service import ServiceStep


def removed(whole: Sandbox) -> Result:
    return remove(whole.controller, given(whole), lambda _text: True)


def given(whole: Sandbox) -> CommandSecrets:
    typed = admin(whole).admin
    assert typed is not None
    return CommandSecrets(
        {"admin_user": Secret(typed.user), "admin_password": typed.password}
    )


def repair_that_fails(whole: Sandbox, monkeypatch: pytest.MonkeyPatch) -> ApplyError:
    """Have the account's password replaced, and the agent not start after it."""
    settings = whole.settings()
    whole.host.secrets.remove(kept.DIRECTORY_PASSWORD)
    plan = whole.controller.changes.plan(settings, admin(whole))
    assert plan.changes[0].summary.startswith("Reuses the account svc-writeback")

    def fails(*_: object) -> None:
        raise StepFailed(Text("It is not ready."), Text("Look at it."))

    act = (plan, admin(whole), lambda _progress: None, threading.Event())
    with monkeypatch.context() as patched:
        patched.setattr(ServiceStep, "apply", fails)
        with pytest.raises(ApplyError) as raised:
            whole.controller.changes.apply(*act)
    return raised.value


def named(directory: DirectorySettings, name: str) -> DirectorySettings:
    account = directory.account.model_copy(update={"name": name})
    return directory.model_copy(update={"account": account})


def mark_of(whole: Sandbox) -> str | None:
    directory = whole.settings().directory
    context = Context(whole.host, admin(whole), allow_all)
    with as_admin(directory, context) as opened:
        return accounts.needed(opened, directory).text("info")


def test_a_repair_that_failed_gives_the_mark_back_and_all_goes(
    fresh_lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = directory_now(fresh_lab)
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        install(whole)
        mark = mark_of(whole)
        assert repair_that_fails(whole, monkeypatch).stuck == ()
        assert mark_of(whole) == mark
        told = removed(whole)
        assert (told.code, told.text) == (0, "Removed.")
        assert directory_now(fresh_lab) == before


def test_the_mark_of_a_plan_that_was_taken_back_is_known(
    fresh_lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an older version left it: the mark of the repair stayed in the directory."""
    before = directory_now(fresh_lab)
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        install(whole)
        monkeypatch.setattr(accounts, "give_back", lambda *_: None)
        mark = mark_of(whole)
        repair_that_fails(whole, monkeypatch)
        assert mark_of(whole) != mark
        assert removed(whole).text == "Removed."
        assert directory_now(fresh_lab) == before


def test_what_no_journal_tells_of_is_found_in_the_directory(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    """An account of this machine's mark, and an entry on a container of the scope."""
    before = directory_now(fresh_lab)
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        settings = install(whole)
        mark, context = mark_of(whole), Context(whole.host, admin(whole), allow_all)
        other = named(settings.directory, "svc-lost")
        (container,) = settings.scope.containers
        with as_admin(settings.directory, context) as opened:
            plan_id = (mark or "").removeprefix("writeback:")
            accounts.create(opened, other, accounts.new_password(), plan_id)
            sid = accounts.sid_of(opened, settings.directory)
            lost = Grant.of("CHANGE_PASSWORD").ace(sid)
            rewrite(opened, container, (lost,), descriptor.add_ace)
        assert removed(whole).text == "Removed."
        assert directory_now(fresh_lab) == before


def test_what_is_not_of_this_machine_stays_and_is_told(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        settings, context = install(whole), Context(whole.host, admin(whole), allow_all)
        other = named(settings.directory, "svc-other")
        with as_admin(settings.directory, context) as opened:
            accounts.create(opened, other, accounts.new_password(), "of-another-server")
        told, mark = removed(whole), "writeback:of-another-server"
        by = f"by its mark ({mark}) another setup of Writeback has it."
        dn = f"CN=svc-other,CN=Users,{fresh_lab.base_dn}"
        assert told.text.splitlines() == [
            "Removed.",
            "What stays:",
            f"  The account {dn}: {by}",
        ]
        assert dn in directory_now(fresh_lab)
