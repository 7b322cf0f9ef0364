"""A run that is killed at any point is rolled back to the first state."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from agent.config.settings import Settings
from agent.config.settings_file import dump
from lab.controller import Lab
from lab.remains import directory_now, files_now
from lab.sandbox import Sandbox, sandbox
from tests.integration.wizard.cut_off import WITHIN
from wire.secret import Secret
from wizard.enrolment.used_code import NEW_CODE, code_after
from wizard.errors import RecoveryNeeded
from wizard.host.agent_state import agent_state
from wizard.inputs import AdminCredentials, Inputs
from wizard.plan.change import StepFailed

_CHANGES = 6
NOTHING = Inputs()
# each change: written down and not begun, done and not noted, noted
POINTS = tuple(
    f"{when} {index}"
    for index in range(_CHANGES)
    for when in ("before", "after", "noted")
)
# all done and noted, and not sealed, is the one that could be taken for an end
_SELDOM = {
    point
    for point in POINTS
    if point.startswith(("before ", "noted ")) and point != f"noted {_CHANGES - 1}"
}
CUTS = (
    *(
        pytest.param(point, marks=pytest.mark.slow) if point in _SELDOM else point
        for point in POINTS
    ),
    *WITHIN,
)


@pytest.fixture(scope="module")
def whole(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One stage for all cuts: each leaves it as it was, or the next one fails."""
    lab.reset()
    with sandbox(lab, tmp_path_factory.mktemp("stage")) as made:
        yield made


def admin(whole: Sandbox) -> AdminCredentials:
    return AdminCredentials(whole.lab.admin_user, Secret(whole.lab.admin_password))


def cut_off(
    whole: Sandbox,
    cut: str,
    code: str,
    settings: Settings | None = None,
    account_password: str = "",
    *,
    plan: str = "all",
) -> None:
    """Apply in a process that is killed there."""
    order = {
        "home": str(whole.host.places.home),
        "settings": dump(settings or whole.settings()),
        "admin_user": whole.lab.admin_user,
        "admin_password": whole.lab.admin_password,
        "account_password": account_password,
        "code": code,
        "plan": plan,
        "cut": cut,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.wizard.cut_off"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -9, (done.returncode, done.stderr)


@pytest.fixture
def code(whole: Sandbox) -> str:
    """A code for each cut: once it is used, a roll-back makes it no good again."""
    return whole.relay.code()


def test_every_change_is_cut_off_at_three_points(whole: Sandbox, code: str) -> None:
    inputs = Inputs(admin(whole), enrolment_code=Secret(code))
    planned = whole.controller.changes.plan(whole.settings(), inputs)
    assert len(POINTS) == 3 * len(planned.changes)


@pytest.mark.parametrize("cut", CUTS)
def test_nothing_remains(whole: Sandbox, code: str, cut: str) -> None:
    before = directory_now(whole.lab)
    cut_off(whole, cut, code)
    found = whole.controller.recovery.find()
    assert found is not None
    with pytest.raises(RecoveryNeeded):
        whole.controller.changes.plan(whole.settings(), Inputs())
    rolled = whole.controller.recovery.recover(
        Inputs(admin(whole)), lambda _progress: None
    )
    assert rolled.stuck == ()
    assert {change.summary for change in rolled.undone} == set(found.changes)
    assert whole.controller.recovery.find() is None
    assert not whole.host.service().running
    assert directory_now(whole.lab) == before
    nothing_is_left(whole)


def nothing_is_left(whole: Sandbox) -> None:
    """Nothing of the installation, nor of what its agent wrote meanwhile."""
    places = whole.host.places
    assert files_now(places) == {}
    assert agent_state(places) == []
    known = {places.journal, places.audit_head, places.state / "wizard.lock"}
    assert set(places.state.glob("*")) <= known  # none where it is removed


def test_a_roll_back_that_is_cut_off_each_time_ends_clean(
    whole: Sandbox, code: str
) -> None:
    before = directory_now(whole.lab)
    cut_off(whole, "after 5", code)
    for index in reversed(range(_CHANGES)):
        cut_off(whole, f"undo before {index}", "")
        cut_off(whole, f"undo after {index}", "")
        found = whole.controller.recovery.find()
        assert found is not None
        # what was taken back and not noted is taken back once more
        assert len(found.changes) == index + 1
    assert (
        whole.controller.recovery.recover(NOTHING, lambda _progress: None).stuck == ()
    )
    assert directory_now(whole.lab) == before
    nothing_is_left(whole)


def test_the_command_line_takes_back_a_killed_run(whole: Sandbox, code: str) -> None:
    before = directory_now(whole.lab)
    cut_off(whole, "after 3", code)
    assert writeback(whole, "status").returncode == 4
    # nobody to ask for an administrator: what needs one remains
    alone = writeback(whole, "rollback", "--yes")
    assert alone.returncode == 3
    assert "Could not be rolled back" in alone.stdout
    secrets = {
        "admin_user": whole.lab.admin_user,
        "admin_password": whole.lab.admin_password,
    }
    done = writeback(whole, "rollback", "--yes", **secrets)
    assert (done.returncode, done.stdout) == (0, "Rolled back: 2 changes.\n")
    assert whole.lab.admin_password not in done.stdout + done.stderr
    assert directory_now(whole.lab) == before
    nothing_is_left(whole)


def writeback(
    whole: Sandbox, *arguments: str, **secrets: str
) -> subprocess.CompletedProcess[str]:
    """Run the command as an administrator does, secrets by a descriptor."""
    home = ("--home", str(whole.host.places.home))
    order = ("--secrets-fd", "0") if secrets else ()
    return subprocess.run(
        [sys.executable, "-m", "wizard.cli.main", *arguments, *home, *order],
        input=json.dumps(secrets),
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_an_administrator_the_rest_is_taken_back(
    whole: Sandbox, code: str
) -> None:
    before = directory_now(whole.lab)
    cut_off(whole, "after 4", code)
    rolled = whole.controller.recovery.recover(NOTHING, lambda _progress: None)
    assert [stuck.change.step for stuck in rolled.stuck] == ["grants", "account"]
    assert all("administrator of the domain" in s.reason for s in rolled.stuck)
    found = whole.controller.recovery.find()
    assert found is not None
    assert found.needs_admin
    assert len(found.changes) == 2
    rolled = whole.controller.recovery.recover(
        Inputs(admin(whole)), lambda _progress: None
    )
    assert rolled.stuck == ()
    assert directory_now(whole.lab) == before
    nothing_is_left(whole)


def test_after_a_roll_back_a_new_code_installs(whole: Sandbox, code: str) -> None:
    """A used code stays used: the next run says so, and where to get another."""
    before = directory_now(whole.lab)
    cut_off(whole, "after 5", code)
    rolled = whole.controller.recovery.recover(
        Inputs(admin(whole)), lambda _progress: None
    )
    assert code_after(rolled.undone).startswith("The enrolment code stays used")
    with pytest.raises(StepFailed, match="was used by") as refused:
        install(whole, code)
    assert refused.value.remedy == NEW_CODE
    nothing_is_left(whole)
    install(whole, whole.relay.code())
    assert whole.host.service().ready
    # for the tests that follow
    removal = whole.controller.changes.plan_removal(Inputs())
    whole.controller.changes.apply(
        removal, Inputs(admin(whole)), lambda _progress: None, threading.Event()
    )
    assert directory_now(whole.lab) == before
    nothing_is_left(whole)


def install(whole: Sandbox, code: str) -> None:
    """Plan and apply with a code."""
    inputs = Inputs(admin(whole), enrolment_code=Secret(code))
    plan = whole.controller.changes.plan(whole.settings(), inputs)
    assert len(plan.changes) == _CHANGES
    whole.controller.changes.apply(
        plan, inputs, lambda _progress: None, threading.Event()
    )


def test_the_journal_of_a_killed_run_holds_no_secret(whole: Sandbox, code: str) -> None:
    cut_off(whole, "after 5", code)
    stored = [path.read_text() for path in whole.host.places.secrets.iterdir()]
    whole.controller.recovery.recover(Inputs(admin(whole)), lambda _progress: None)
    written = b"".join(
        path.read_bytes()
        for path in whole.host.places.home.rglob("*")
        if path.is_file()
    )
    assert len(stored) == 5
    for secret in (*stored, whole.lab.admin_password, code):
        assert secret.encode() not in written


@pytest.fixture(scope="module")
def installed(
    lab: Lab, whole: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    """An installation that cut-off changes must leave in force."""
    with sandbox(lab, tmp_path_factory.mktemp("installed")) as made:
        settings, inputs = made.settings(agent="stays"), made.inputs
        plan = made.controller.changes.plan(settings, inputs)
        made.controller.changes.apply(
            plan, inputs, lambda _progress: None, threading.Event()
        )
        yield made


def in_force(whole: Sandbox) -> dict[str, bytes]:
    """The files that decide what the agent does."""
    return {
        name: content
        for name, content in files_now(whole.host.places).items()
        if name.startswith(("etc/", "secrets/"))
    }


_RECONFIGURED = ("account", "grants", "settings", "service")


def changed_account(installed: Sandbox) -> tuple[Settings, Settings, str]:
    """Give the settings in force, others with another account, and its password."""
    account = installed.lab.accounts["svc-existing"]
    settings = installed.settings(agent="stays")
    directory = settings.directory.model_dump(mode="json")
    directory["account"] = {"kind": "existing", "name": account["upn"]}
    other = installed.settings(
        agent="stays", directory=directory, features={"password_writeback": False}
    )
    return settings, other, account["password"]


@pytest.mark.parametrize(
    "cut", [f"{when} {index}" for index in range(4) for when in ("before", "after")]
)
def test_a_change_that_is_cut_off_leaves_the_old_installation(
    installed: Sandbox, cut: str
) -> None:
    settings, other, password = changed_account(installed)
    inputs = Inputs(admin(installed), Secret(password))
    planned = installed.controller.changes.plan(other, inputs)
    assert tuple(change.step for change in planned.changes) == (
        *_RECONFIGURED,
        "former",
    )
    before, files = directory_now(installed.lab), in_force(installed)

    cut_off(installed, cut, "", other, password)
    rolled = installed.controller.recovery.recover(
        Inputs(admin(installed)), lambda _progress: None
    )
    assert rolled.stuck == ()
    assert in_force(installed) == files
    assert directory_now(installed.lab) == before
    assert {row.state for row in installed.verified(settings)} == {"ok"}
