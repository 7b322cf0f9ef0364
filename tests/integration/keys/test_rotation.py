"""Keys and password are replaced on a whole installation, and resets go on."""

import time
from collections.abc import Callable
from pathlib import Path

import ldap3
import pytest

from agent.config import secret_store as kept
from lab.controller import Lab
from lab.sandbox import CANARY, Sandbox, sandbox
from tests.integration.wizard.test_install import (
    NOTHING,
    change,
    code_for,
    install,
    ok,
    steps,
)
from wire.secret import Secret
from wizard.directory.sign_in import open_first
from wizard.inputs import Inputs, Rotation
from wizard.plan.change import ApplyError
from wizard.results import Installed

_SECONDS = 60.0
ALL = Inputs(rotation=Rotation(sealing=True, shared=True, password=True))


def installed(whole: Sandbox) -> Installed:
    found = whole.controller.installation.installed()
    assert found is not None
    return found


def until(
    condition: Callable[[], object], seen: Callable[[], object] = lambda: None
) -> None:
    """Wait until the condition holds; a failure says what is `seen` instead."""
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline, seen()
        time.sleep(0.05)


def stored(whole: Sandbox, name: str) -> Secret:
    secret = whole.host.secrets.get(name)
    assert secret is not None
    return secret


def sealing_key(whole: Sandbox) -> object:
    """When the sealing key was made, as the agent tells."""
    return whole.host.service().status.get("sealing_key")


def allow_changes(lab: Lab) -> None:
    """Have the domain ask for no time between two changes of a password."""
    wanted = {"minPwdAge": [(ldap3.MODIFY_REPLACE, ["0"])]}
    with lab.signed_in(lab.admin_user, lab.admin_password) as link:
        assert link.modify(lab.base_dn, wanted)  # type: ignore[no-untyped-call]


def test_everything_is_replaced_but_who_it_is(fresh_lab: Lab, tmp_path: Path) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        settings = install(whole)
        fingerprint = installed(whole).fingerprint
        names = (kept.DIRECTORY_PASSWORD, kept.LISTEN_KEY, kept.TEST_KEY)
        before = {name: stored(whole, name) for name in names}
        until(lambda: sealing_key(whole))
        sealed_to = sealing_key(whole)

        # on the day that an account is made it may not change its password
        with pytest.raises(ApplyError, match="a day between two changes") as refused:
            change(whole, settings, ALL)
        assert refused.value.stuck == ()
        assert all(stored(whole, name) == before[name] for name in names)
        assert code_for(whole, "bruno") == "ok"
        allow_changes(whole.lab)

        made = change(whole, settings, ALL)
        assert steps(made) == [
            *("sealing_key", "shared_keys", "directory_password"),
            "service",
        ]
        assert installed(whole).fingerprint == fingerprint
        assert all(stored(whole, name) != before[name] for name in names)
        directory = settings.directory
        # controllers take the one before for an hour, so that nothing is said of it
        open_first(directory, directory.sign_in_name, stored(whole, names[0])).close()
        assert code_for(whole, "anna", Secret(CANARY)) == "ok"
        until(
            lambda: sealing_key(whole) not in (None, sealed_to),
            whole.host.service,
        )
        assert ok(whole, settings)
        ages = {key.id: key.since for key in installed(whole).keys}
        assert ages["sealing_key"] is not None
        assert ages["directory_password"] is not None
        assert change(whole, settings, NOTHING) == ()
