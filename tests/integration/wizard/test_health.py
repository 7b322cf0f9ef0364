"""Health with everything real: an agent's answers, its domain and its controllers."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from lab.controller import Lab
from lab.sandbox import Sandbox, sandbox
from tests.integration.wizard.test_install import code_for, install
from wire.secret import Secret
from wizard.cli.commands.watch import Watch
from wizard.health.health import Health
from wizard.ui.application import application
from wizard.ui.window import WizardWindow

_MS = 90_000
PASSWORD = Secret("Winter-Rain-7391-Canary")
SHORT = Secret("x")


@pytest.fixture(scope="module")
def whole(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox(lab, tmp_path_factory.mktemp("stage")) as made:
        install(made)
        assert code_for(made, "elif", PASSWORD) == "ok"
        assert code_for(made, "elif", SHORT) != "ok"
        yield made


def watched(whole: Sandbox) -> Health:
    """What `writeback status --watch` knows once all is read."""
    watch = Watch(whole.controller, threading.Event())
    watch.look()
    for reading in (watch._people, watch._certificates):
        assert reading._thread is not None
        reading._thread.join(90)
    health = watch.look().health
    assert health is not None
    return health


def test_people_answers_and_certificates_are_as_they_are(whole: Sandbox) -> None:
    health = watched(whole)
    people = health.people
    assert people is not None
    assert not people.trouble
    assert 0 < people.works <= people.people
    assert health.headline.startswith("Password writeback is on. ")
    today = health.week.days[-1].counts
    assert (today.done, today.refused) == (1, 1)
    assert health.week.p50_ms is not None
    assert 0 < health.week.p50_ms < 60_000
    newest = health.week.last[0]
    assert newest.person == whole.lab.people["elif"]["upn"]
    assert '"proofs"' in newest.record
    assert PASSWORD.reveal() not in repr(health)
    states = {part.id: part.state for part in health.parts}
    assert states["agent"] == states["relay"] == "ok"


def test_the_days_of_a_certificate_are_those_of_the_controllers(whole: Sandbox) -> None:
    (shown, *_) = whole.controller.health.certificates()
    assert shown.distrust == shown.trouble == ""
    assert shown.until is not None
    assert shown.until > datetime.now(UTC) + timedelta(hours=1)


def test_the_window_shows_the_same(
    qtbot: QtBot, whole: Sandbox, tmp_path: Path
) -> None:
    known = watched(whole)
    application()
    window = WizardWindow(whole.controller)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.page_id() == "health", timeout=_MS)
    page = window.page("health")
    live = page.live
    qtbot.waitUntil(lambda: live.people is not None, timeout=_MS)
    qtbot.waitUntil(lambda: bool(live.certificates), timeout=_MS)
    assert page.health.headline == known.headline
    assert page.health.concerns == known.concerns
    assert window.grab().save(str(tmp_path / "health.png"))
    window.done(0)
