"""An installation from nothing, changed and taken back, with everything real."""

import os
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from agent.config.settings import Settings
from agent.ldap.errors import SignInRefused
from lab.chroot.errors import LabError
from lab.controller import Lab
from lab.remains import directory_now, files_now
from lab.sandbox import AGENT, CANARY, Sandbox, sandbox
from tests.integration.wizard.test_cut_off import cut_off
from wire.secret import Secret
from wizard.errors import Busy
from wizard.host.service_status import waits_for
from wizard.inputs import AdminCredentials, Inputs
from wizard.plan.change import ApplyError, Change, Progress, StepFailed

_SECONDS = 30.0
NOTHING = Inputs()


def install(whole: Sandbox, **changed: Any) -> Settings:
    """Install; the settings that are in force then."""
    settings = whole.settings(**changed)
    change(whole, settings, whole.inputs)
    return settings


def change(whole: Sandbox, settings: Settings, inputs: Inputs) -> Sequence[Change]:
    """Plan and apply; what was changed."""
    controller = whole.controller
    plan = controller.changes.plan(settings, inputs)
    controller.changes.apply(plan, inputs, lambda _progress: None, threading.Event())
    return plan.changes


def steps(changes: Sequence[Change]) -> list[str]:
    return [change.step for change in changes]


def ok(whole: Sandbox, settings: Settings) -> bool:
    """Whether everything is as the settings say, and nothing is left to do."""
    assert [row for row in whole.verified(settings) if row.state != "ok"] == []
    return whole.controller.changes.plan(settings, NOTHING).changes == ()


def code_for(whole: Sandbox, key: str, password: Secret | None = None) -> str:
    upn = whole.lab.people[key]["upn"]
    return whole.tested(upn, password).code


def admin(whole: Sandbox) -> Inputs:
    password = Secret(whole.lab.admin_password)
    return Inputs(AdminCredentials(whole.lab.admin_user, password))


def someone_in(whole: Sandbox, container: str) -> str:
    """A person in a container, by key."""
    return next(
        key
        for key, person in whole.lab.people.items()
        if person["dn"].endswith(f",OU={container},OU=People,{whole.lab.base_dn}")
        and key in ("anna", "bruno", "clara", "david", "elif", "farid")
    )


def scope(whole: Sandbox, *containers: str) -> dict[str, Any]:
    """A scope of containers below OU=People, or that itself for none."""
    people = f"OU=People,{whole.lab.base_dn}"
    named = [f"OU={container},{people}" for container in containers]
    return {"scope": {"containers": named or [people]}}


def test_install_reset_off_on(fresh_lab: Lab, tmp_path: Path) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        settings = install(whole)
        assert ok(whole, settings)
        assert code_for(whole, "anna", Secret(CANARY)) == "ok"
        fresh_lab.sign_in(fresh_lab.people["anna"]["upn"], CANARY)
        assert code_for(whole, "outside") == "not_in_scope"

        off = whole.settings(features={"password_writeback": False})
        made = change(whole, off, NOTHING)
        assert [each.summary for each in made] == [
            "Turns password writeback off in the settings file",
            "Restarts the agent; it answers what is under way first",
        ]
        assert code_for(whole, "anna", Secret(CANARY)) == "paused"
        change(whole, settings, NOTHING)
        assert code_for(whole, "bruno") == "ok"
        for path in whole.host.places.home.rglob("*"):
            if path.is_file():
                assert CANARY.encode() not in path.read_bytes()


def test_a_test_reset_tells_the_time_of_each_hop(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        install(whole)
        upn = fresh_lab.people["bruno"]["upn"]
        result = whole.tested(upn)
        assert {"relay", "agent", "total", "keys"} <= set(result.ms)
        assert result.ms["total"] >= result.ms["agent"] > 0
        details = whole.controller.installation.portal_details()
        found = whole.controller.installation.installed()
        assert found is not None
        assert details.fingerprint == found.fingerprint


def test_a_moved_scope_moves_the_permissions(fresh_lab: Lab, tmp_path: Path) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        install(whole)
        before = directory_now(fresh_lab)
        berlin, paris = someone_in(whole, "Berlin"), someone_in(whole, "Paris")

        narrow = whole.settings(**scope(whole, "Paris"))
        made = change(whole, narrow, admin(whole))
        people = f"OU=People,{fresh_lab.base_dn}"
        assert [each.summary for each in made if each.step == "grants"] == [
            f"Grants 3 permissions to svc-writeback on OU=Paris,{people}",
            f"Revokes 3 permissions of svc-writeback on {people}",
        ]
        assert ok(whole, narrow)
        assert code_for(whole, paris) == "ok"
        assert code_for(whole, berlin) == "not_in_scope"

        wide = whole.settings(**scope(whole))
        change(whole, wide, admin(whole))
        assert ok(whole, wide)
        assert code_for(whole, berlin) == "ok"
        assert directory_now(fresh_lab) == before


def test_another_name_leaves_the_old_one(fresh_lab: Lab, tmp_path: Path) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        install(whole)
        renamed = whole.settings(agent="renamed")
        made = change(whole, renamed, Inputs(enrolment_code=Secret(whole.relay.code())))
        assert made[-1].summary == f"Withdraws the agent {AGENT} from {whole.relay.url}"
        assert ok(whole, renamed)
        assert code_for(whole, "anna") == "ok"
        with pytest.raises(LabError, match=AGENT):
            whole.relay.forget(AGENT)
        whole.relay.forget("renamed")


def test_another_account_gets_the_permissions_alone(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        new = install(whole)
        account = fresh_lab.accounts["svc-existing"]
        directory = new.directory.model_dump(mode="json")
        directory["account"] = {"kind": "existing", "name": account["upn"]}
        existing = whole.settings(directory=directory)
        inputs = Inputs(admin(whole).admin, Secret(account["password"]))

        made = change(whole, existing, inputs)
        assert steps(made) == ["account", "grants", "settings", "service", "former"]
        assert "Revokes 3 permissions of svc-writeback" in made[1].summary
        assert whole.controller.changes.plan(existing, admin(whole)).changes == ()
        left = f"CN=svc-writeback,CN=Users,{fresh_lab.base_dn}"
        assert left not in directory_now(fresh_lab)
        assert ok(whole, existing)
        assert code_for(whole, "anna") == "ok"

        back = change(whole, new, admin(whole))
        assert back[0].summary.startswith("Creates the account svc-writeback")
        # what the wizard did not make is not its to delete
        assert "former" not in steps(back)
        assert ok(whole, new)
        assert code_for(whole, "anna") == "ok"


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_account_of_before_goes_also_after_a_crash(
    fresh_lab: Lab, tmp_path: Path, when: str
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        new, account = install(whole), fresh_lab.accounts["svc-existing"]
        directory = new.directory.model_dump(mode="json")
        directory["account"] = {"kind": "existing", "name": account["upn"]}
        existing = whole.settings(directory=directory)
        cut_off(whole, f"{when} 4", "", existing, account["password"])
        found = whole.controller.recovery.find()
        assert found is not None
        assert (found.forward, found.removal) == (True, False)
        rolled = whole.controller.recovery.recover(admin(whole), lambda _progress: None)
        assert [each.step for each in rolled.finished] == ["former"]
        left = f"CN=svc-writeback,CN=Users,{fresh_lab.base_dn}"
        assert left not in directory_now(fresh_lab)
        assert ok(whole, existing)
        assert code_for(whole, "anna") == "ok"


def test_a_wrong_password_of_an_account_never_gets_to_a_plan(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        directory = whole.settings().directory.model_dump(mode="json")
        name = fresh_lab.accounts["svc-existing"]["upn"]
        directory["account"] = {"kind": "existing", "name": name}
        inputs = Inputs(None, Secret(CANARY), whole.inputs.enrolment_code)
        with pytest.raises(SignInRefused) as raised:
            whole.controller.changes.plan(whole.settings(directory=directory), inputs)
        assert CANARY not in str(raised.value)
        assert not whole.host.places.home.exists()


def test_permissions_are_not_changed_without_an_administrator(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        install(whole)
        before, files = directory_now(fresh_lab), files_now(whole.host.places)
        with pytest.raises(StepFailed, match="administrator of the domain"):
            change(whole, whole.settings(**scope(whole, "Paris")), NOTHING)
        assert directory_now(fresh_lab) == before
        assert files_now(whole.host.places) == files
        assert whole.controller.recovery.find() is None


def test_lost_keys_are_made_and_enrolled_again(fresh_lab: Lab, tmp_path: Path) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        settings = install(whole)
        whole.host.secrets.remove("relay-listen-key")
        rows = whole.verified(settings)
        assert "relay-listen-key" in next(r.detail for r in rows if r.id == "keys")
        made = change(whole, settings, whole.inputs)
        assert steps(made) == ["keys", "enrolment", "service"]
        assert ok(whole, settings)
        assert code_for(whole, "anna") == "ok"


def give_up_once_it_waits(whole: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the time to get ready end when the agent says what it waits for."""
    host, wait = whole.host, whole.host.wait_ready

    def wait_ready(_seconds: float) -> None:
        deadline = time.monotonic() + _SECONDS
        while host.service().running and not waits_for(host.service().status):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        wait(0.0)

    monkeypatch.setattr(host, "wait_ready", wait_ready)


def test_one_that_does_not_get_ready_is_taken_back_with_its_reason(
    fresh_lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        give_up_once_it_waits(whole, monkeypatch)
        before = directory_now(fresh_lab)
        settings, inputs = whole.settings(), whole.inputs
        plan = whole.controller.changes.plan(settings, inputs)

        def goes_away(progress: Progress) -> None:
            if (progress.change.step, progress.state) == ("enrolment", "done"):
                whole.relay.stop()

        with pytest.raises(ApplyError) as raised:
            whole.controller.changes.apply(plan, inputs, goes_away, threading.Event())
        assert raised.value.failed is not None
        assert raised.value.failed.step == "service"
        assert "Relay: " in raised.value.reason
        # the relay can't be told, and only the keys can tell it later
        left = [stuck.change.step for stuck in raised.value.stuck]
        assert left == ["enrolment", "keys"]

        whole.relay.start(dies_with_us=True)
        rolled = whole.controller.recovery.recover(NOTHING, lambda _progress: None)
        assert rolled.stuck == ()
        assert directory_now(fresh_lab) == before
        assert files_now(whole.host.places) == {}


def test_stop_takes_back_what_was_made(fresh_lab: Lab, tmp_path: Path) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        before, stop = directory_now(fresh_lab), threading.Event()
        settings, inputs = whole.settings(), whole.inputs
        plan = whole.controller.changes.plan(settings, inputs)

        def stops(progress: Progress) -> None:
            if progress.change.step == "enrolment":
                stop.set()

        with pytest.raises(ApplyError, match="Stopped"):
            whole.controller.changes.apply(plan, inputs, stops, stop)
        assert directory_now(fresh_lab) == before
        assert files_now(whole.host.places) == {}
        assert whole.controller.installation.installed() is None


def test_settings_edited_meanwhile_are_left(fresh_lab: Lab, tmp_path: Path) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        install(whole)
        place = whole.host.places.settings
        off = whole.settings(features={"password_writeback": False})
        plan = whole.controller.changes.plan(off, NOTHING)
        mine = place.read_text().replace("per_minute: 120", "per_minute: 7")
        place.write_text(mine)
        with pytest.raises(StepFailed, match="changed while the plan was shown"):
            whole.controller.changes.apply(
                plan, NOTHING, lambda _progress: None, threading.Event()
            )
        assert place.read_text() == mine


def test_only_one_applies_at_a_time(fresh_lab: Lab, tmp_path: Path) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        with whole.host.lock(), pytest.raises(Busy) as raised:
            install(whole)
        assert str(os.getpid()) in str(raised.value)
        assert files_now(whole.host.places) == {}


def test_a_crashed_agent_comes_back(fresh_lab: Lab, tmp_path: Path) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        install(whole)
        first = whole.host.service().status["pid"]
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + _SECONDS
        while whole.host.service().status.get("pid") in (first, None):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        whole.host.wait_ready(_SECONDS)
        assert code_for(whole, "anna") == "ok"
