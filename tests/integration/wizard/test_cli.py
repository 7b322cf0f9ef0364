"""`writeback` from nothing to a reset, as the README tells it."""

import json
import os
import re
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from agent.acl.ace import Ace
from agent.acl.sddl import sddl
from agent.config.settings import Settings
from agent.config.settings_file import dump
from lab.controller import Lab
from lab.remains import directory_now
from lab.sandbox import CANARY, Sandbox, sandbox
from tests.integration.wizard.test_install import install
from wizard.cli.main import main
from wizard.controller.controller import Controller
from wizard.directory.accounts import sid_of
from wizard.directory.sign_in import as_agent
from wizard.grants.acl import descriptor_of
from wizard.host.sandbox.host import SandboxHost
from wizard.inputs import Inputs
from wizard.plan.change import Context, StepFailed, allow_all
from wizard.steps.account import Account


class Shell:
    """Runs commands on one machine and reads their JSON."""

    def __init__(self, whole: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        self._home = str(whole.host.places.home)
        self._capsys = capsys
        self.output = ""

    def run(self, *arguments: str, **secrets: str) -> dict[str, Any]:
        options = ["--secrets-fd", self._descriptor(secrets)] if secrets else []
        code = main([*arguments, "--home", self._home, "--json", *options])
        printed = self._capsys.readouterr()
        self.output += printed.out + printed.err
        answer: dict[str, Any] = json.loads(printed.out)
        assert answer["exit"] == code
        return answer

    @staticmethod
    def _descriptor(secrets: dict[str, str]) -> str:
        reading, writing = os.pipe()
        with os.fdopen(writing, "w") as file:
            json.dump(secrets, file)
        return str(reading)


def test_a_session_as_the_readme_tells_it(
    fresh_lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        shell, site = Shell(whole, capsys), tmp_path / "site.yaml"
        site.write_text(dump(whole.settings()))
        admin = {
            "admin_user": fresh_lab.admin_user,
            "admin_password": fresh_lab.admin_password,
            "enrolment_code": whole.relay.code(),
        }
        upn = fresh_lab.people["anna"]["upn"]

        wrong = {**admin, "admin_password": "Wrong-1-Passw0rd"}
        refused = shell.run("plan", "--settings", str(site), **wrong)
        name = fresh_lab.admin_user
        assert f"the administrator {name} was refused" in refused["error"]
        assert "agent's account" not in refused["error"]
        report = tmp_path / "plan.txt"
        planned = shell.run(
            "plan", "--settings", str(site), "--report", str(report), **admin
        )
        assert [change["kind"] for change in planned["changes"]] == ["created"] * 6
        refused = shell.run("apply", "--settings", str(site), **admin)
        assert (refused["exit"], refused["remedy"]) == (
            2,
            "Accept the plan with --yes.",
        )
        applied = shell.run("apply", "--settings", str(site), "--yes", **admin)
        assert (applied["exit"], applied["changes"]) == (0, planned["changes"])
        again = shell.run("apply", "--settings", str(site))
        assert again["changes"] == []
        assert _entries(whole) == _reported(report.read_text())
        assert shell.run("verify")["exit"] == 0
        status = shell.run("status")
        assert status["summary"].startswith("Password writeback is on: ")
        assert shell.run("test-reset", upn, "--check-only")["code"] == "ok"
        assert shell.run("test-reset", upn, new_password=CANARY)["code"] == "ok"
        fresh_lab.sign_in(upn, CANARY)

        nobody = shell.run("test-reset", "nobody@corp.test", "--check-only")
        assert (nobody["exit"], nobody["code"]) == (4, "user_not_found")
        for secret in (CANARY, *admin.values()):
            if secret != fresh_lab.admin_user:
                assert secret not in shell.output + report.read_text()


def _reported(report: str) -> set[str]:
    """The entries of a report, by the account's place; who is reached is said too."""
    assert " people in the scope will be able to reset." in report
    found = re.findall(r"SDDL: (\(.+)<SID of (.+)>\)", report)
    assert {upn for _, upn in found} == {"svc-writeback@corp.test"}
    return {entry for entry, _ in found}


def _entries(whole: Sandbox) -> set[str]:
    """What the account was granted on the people's container, without its SID."""
    directory = whole.settings().directory
    context = Context(whole.host, Inputs(), allow_all)
    with as_agent(directory, context) as opened:
        own = sid_of(opened, directory)
        found = descriptor_of(opened, f"OU=People,{whole.lab.base_dn}")
    assert found.dacl
    aces = [ace for ace in found.dacl.aces if isinstance(ace, Ace) and ace.sid == own]
    return {sddl(ace).removesuffix(f"{own})") for ace in aces}


@pytest.mark.parametrize("mistake", ["used code", "relay", "administrator"])
def test_a_mistake_in_a_first_installation_begins_nothing(
    fresh_lab: Lab,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    mistake: str,
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        shell, site = Shell(whole, capsys), tmp_path / "site.yaml"
        inputs, settings = whole.inputs, whole.settings()
        assert inputs.enrolment_code is not None
        secrets = {
            "admin_user": fresh_lab.admin_user,
            "admin_password": fresh_lab.admin_password,
            "enrolment_code": inputs.enrolment_code.reveal(),
        }
        why = "Enrolment code: The code was used by other at "
        if mistake == "used code":
            _use_up(whole, inputs)
        elif mistake == "relay":
            url = "https://relay.corp.invalid"
            settings = whole.settings(relay={"url": url})
            why = "Name of the relay: relay.corp.invalid can't be resolved"
        else:
            weak = fresh_lab.accounts["svc-weak"]
            secrets |= {"admin_user": weak["upn"], "admin_password": weak["password"]}
            why = "The administrator may not create user objects there."
        site.write_text(dump(settings))
        refused = shell.run("apply", "--settings", str(site), "--yes", **secrets)

        assert refused["exit"] == 2, refused
        assert why in refused["error"]
        assert "Nothing was changed." in refused["error"]
        assert refused["remedy"]
        left = [each for each in whole.host.places.home.rglob("*") if each.is_file()]
        assert [each.name for each in left] in ([], ["wizard.lock"])
        account = f"CN=svc-writeback,CN=Users,{fresh_lab.base_dn}"
        assert account not in directory_now(fresh_lab)


def test_an_earlier_setups_account_is_taken_over(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        _install_elsewhere(whole, whole.inputs, whole.settings(agent="earlier"))
        settings, inputs = whole.settings(), whole.inputs
        plan = whole.controller.changes.plan(settings, inputs)
        whole.controller.changes.apply(plan, inputs, lambda _: None, threading.Event())

        assert plan.changes[1].summary.startswith("Reuses the account svc-writeback")
        (took,) = [each.summary for each in plan.changes if each.step == "grants"]
        assert took.startswith("Reuses 3 permissions of an earlier setup")
        assert {row.state for row in whole.verified(settings)} == {"ok"}
        # it has another mark now: by the same plan it is not taken over once more
        context = Context(whole.host, inputs, allow_all, "another-plan")
        with pytest.raises(StepFailed, match="changed while the plan was shown"):
            Account().apply(plan.changes[1], context)


def _use_up(whole: Sandbox, inputs: Inputs) -> None:
    directory = whole.settings().directory.model_dump(mode="json")
    directory["account"]["name"] = "svc-other"
    settings = whole.settings(agent="other", directory=directory)
    _install_elsewhere(whole, inputs, settings)


def _install_elsewhere(whole: Sandbox, inputs: Inputs, settings: Settings) -> None:
    other = SandboxHost(whole.host.places.home.with_name("other"))
    controller = Controller(other, allow_all)
    plan = controller.changes.plan(settings, inputs)
    controller.changes.apply(plan, inputs, lambda _: None, threading.Event())
    other.stop_service()


def test_a_frozen_agent_does_not_read_as_ready(
    fresh_lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        install(whole)
        shell = Shell(whole, capsys)
        assert shell.run("status")["exit"] == 0
        pid = json.loads(whole.host.places.status.read_text())["pid"]
        os.kill(pid, signal.SIGSTOP)
        frozen = shell.run("status")
        assert (frozen["exit"], frozen["answers"], frozen["ready"]) == (4, False, False)
        assert "does not answer" in frozen["summary"]
        os.kill(pid, signal.SIGCONT)
        whole.host.wait_ready(60)
        assert shell.run("status")["exit"] == 0
