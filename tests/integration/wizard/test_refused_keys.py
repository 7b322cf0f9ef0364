"""New keys that the relay refuses leave no trace: what stood before is there again."""

import threading
from pathlib import Path

import pytest

from agent.config import secret_store as kept
from lab.controller import Lab
from lab.remains import settled_files
from lab.sandbox import AGENT, Sandbox, sandbox
from tests.integration.wizard.test_install import admin, change, code_for, install, ok
from wire.secret import Secret
from wizard.inputs import Inputs
from wizard.plan.change import ApplyError, Progress, StepFailed


def spoil(whole: Sandbox, *, readable: bool) -> None:
    """Make the keys that a relay knows useless."""
    for name in (kept.AGENT_KEYS, kept.LISTEN_KEY):
        path = whole.host.places.secrets / f"{kept.SERVICE}.{name}"
        if readable:
            path.chmod(0o644)
        else:
            path.write_bytes(b"\xff")


def modes_now(whole: Sandbox) -> dict[str, int]:
    return {
        path.name: path.stat().st_mode for path in whole.host.places.secrets.iterdir()
    }


@pytest.mark.parametrize("readable", [True, False])
def test_keys_that_are_refused_are_not_kept(
    fresh_lab: Lab, tmp_path: Path, *, readable: bool
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        settings = install(whole)
        used, good = Secret(whole.relay.codes[-1]), Secret(whole.relay.code())
        spoil(whole, readable=readable)
        before, modes = settled_files(whole.host.places), modes_now(whole)
        for code, why in ((used, "was used by"), (good, "forget that agent")):
            for new_keys in (True, False):
                inputs = Inputs(enrolment_code=code, new_keys=new_keys)
                with pytest.raises((ApplyError, StepFailed), match=why) as refused:
                    change(whole, settings, inputs)
                assert getattr(refused.value, "stuck", ()) == ()
                assert settled_files(whole.host.places) == before
                assert modes_now(whole) == modes
                (row,) = [
                    row
                    for row in whole.controller.installation.verify(settings)
                    if row.id == "keys"
                ]
                assert row.state == "failed"
        # nothing is spent by that
        whole.relay.forget(AGENT)
        change(whole, settings, Inputs(enrolment_code=good, new_keys=True))
        assert ok(whole, settings)
        assert code_for(whole, "anna") == "ok"


def test_a_password_that_was_replaced_is_kept_where_it_is_in_force(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    """The directory does not go back to the old one: nobody can tell it that one."""
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        settings = install(whole)
        place = f"{kept.SERVICE}.{kept.DIRECTORY_PASSWORD}"
        (whole.host.places.secrets / place).chmod(0o644)
        stop = threading.Event()

        def late(progress: Progress) -> None:
            if (progress.change.step, progress.state) == ("account", "done"):
                stop.set()

        inputs = admin(whole)
        plan = whole.controller.changes.plan(settings, inputs)
        with pytest.raises(ApplyError, match="Stopped") as refused:
            whole.controller.changes.apply(plan, inputs, late, stop)
        assert refused.value.stuck == ()
        assert code_for(whole, "anna") == "ok"
        # also with what it is given at its next start
        whole.host.stop_service()
        whole.host.start_service()
        whole.host.wait_ready(30)
        assert ok(whole, settings)
        assert code_for(whole, "bruno") == "ok"
