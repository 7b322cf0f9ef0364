"""A copied machine gets new keys through the real window, beside its original or not.

A machine for trying has no name that a copy could differ in; the one here has.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent.config.settings import Settings
from agent.system.instance import machine_name
from agent.system.paths import Paths
from lab.controller import Lab
from lab.demo.driver import Driver
from lab.remains import directory_now, settled_files
from lab.sandbox import AGENT, Sandbox, sandbox
from tests.integration.wizard.test_install import code_for, install, ok
from wire.secret import Secret
from wizard.controller.controller import Controller
from wizard.host.sandbox.host import SandboxHost
from wizard.host.service_status import waits_for
from wizard.plan.change import allow_all
from wizard.results import Installed
from wizard.ui.application import application
from wizard.ui.window import WizardWindow

_SECONDS = 60.0
_RUNNING = ("supervisor.*", "wizard.lock", "status.json")  # gone after a boot


class Clone(SandboxHost):
    """A machine with the disk of another."""

    @property
    def machine(self) -> str:
        return machine_name() or "the clone"


@dataclass(frozen=True)
class Pair:
    """An original, its copy, and the window that is open on the copy."""

    original: Sandbox
    copy: Sandbox
    settings: Settings
    driver: Driver

    def answers(self, **more: str) -> Mapping[str, Any]:
        """Give what the page asks: a new code, an administrator, and more."""
        lab = self.original.lab
        return {
            "input.enrolment_code": Secret(self.original.relay.code()),
            "input.admin_user": lab.admin_user,
            "input.admin_password": Secret(lab.admin_password),
            **{path.replace("__", "."): value for path, value in more.items()},
        }

    def applied(self) -> str:
        """Accept the plan; give the page that comes of it."""
        self.driver.wait(lambda: bool(self.driver.window.session.changes), "the plan")
        self.driver.go_on(to="apply")
        page: Any = self.driver.window.page("apply")
        self.driver.wait(
            lambda: (
                self.driver.window.page_id() == "complete"
                or bool(page.check_rows.checks)
            ),
            "the changes are made or refused",
        )
        return self.driver.window.page_id()

    def verified(self) -> None:
        """Everything is verified on Complete, and nothing is wrong."""
        assert {row.state for row in self.driver.verified()} == {"ok"}


@pytest.fixture
def pair(fresh_lab: Lab, tmp_path: Path, qapp: object) -> Iterator[Pair]:
    assert qapp
    with sandbox(fresh_lab, tmp_path / "stage") as original:
        settings = install(original)
        with cloned(original, tmp_path / "clone") as copy, window(copy) as opened:
            driver = Driver(opened, tmp_path / "pictures", lambda _step: None)
            yield Pair(original, copy, settings, driver)


@contextmanager
def cloned(original: Sandbox, home: Path) -> Iterator[Sandbox]:
    """Copy the disk of a machine, which was called otherwise."""
    here = original.host.places.home
    shutil.copytree(here, home, ignore=shutil.ignore_patterns(*_RUNNING))
    place = Paths.below(home).enrolment
    made = json.loads(place.read_text())
    place.write_text(json.dumps({**made, "machine": "the original"}))
    host = Clone(home)
    try:
        yield Sandbox(original.lab, original.relay, host, Controller(host, allow_all))
    finally:
        host.stop_service()


@contextmanager
def window(copy: Sandbox) -> Iterator[WizardWindow]:
    application()
    opened = WizardWindow(copy.controller)
    opened.show()
    try:
        yield opened
    finally:
        opened.done(0)


def found(whole: Sandbox) -> Installed:
    installed = whole.controller.installation.installed()
    assert installed is not None
    return installed


def found_ready(whole: Sandbox) -> Installed:
    """Find one that serves; not for a moment, where its controller was slow."""
    whole.host.wait_ready(_SECONDS)
    return found(whole)


def test_a_copy_beside_its_original_gets_what_is_its_own(pair: Pair) -> None:
    driver, known = pair.driver, found(pair.original)
    before = settled_files(pair.original.host.places)
    there = directory_now(pair.original.lab)
    assert driver.window.page_id() == "health"
    driver.go_on({"task": "rekey"}, to="rekey")
    same = {"agent": AGENT, "directory__account__name": "svc-copy"}
    assert "The original has this one" in driver.refused(pair.answers(**same), "same")
    names = {"agent": "srv2", "directory__account__name": "svc-copy"}
    driver.go_on(pair.answers(**names), to="review")
    assert pair.applied() == "complete"
    pair.verified()
    own = found_ready(pair.copy)
    assert (own.settings.agent, own.copied, own.status.ready) == ("srv2", False, True)
    assert own.fingerprint != known.fingerprint
    assert code_for(pair.copy, "anna") == "ok"
    # nothing of the original's is touched
    assert settled_files(pair.original.host.places) == before
    assert found_ready(pair.original).status.ready
    assert ok(pair.original, pair.settings)
    assert code_for(pair.original, "anna") == "ok"
    now = directory_now(pair.original.lab)
    assert [dn for dn in now if dn not in there] == [
        f"CN=svc-copy,CN=Users,{pair.original.lab.base_dn}"
    ]


def test_a_copy_takes_over_from_an_original_that_is_gone(pair: Pair) -> None:
    driver, known = pair.driver, found(pair.original)
    pair.original.host.stop_service()
    there = directory_now(pair.copy.lab)
    driver.go_on({"task": "rekey"}, to="rekey")
    driver.window.set_answers({"input.original": "gone"})
    driver.go_on(pair.answers(), to="review")
    # the keys that it holds are the original's: they withdraw it, nobody has to forget
    assert pair.applied() == "complete"
    pair.verified()
    own = found_ready(pair.copy)
    assert (own.settings, own.copied) == (pair.settings, False)
    assert own.status.ready
    assert own.fingerprint != known.fingerprint
    assert code_for(pair.copy, "anna") == "ok"
    assert directory_now(pair.copy.lab) == there
    # the original, found again, is none that this relay knows
    pair.original.host.start_service()

    def refused() -> bool:
        return "(401)" in waits_for(pair.original.host.service().status)

    driver.wait(refused, "the original is refused")
    assert code_for(pair.copy, "bruno") == "ok"
