"""An edit by hand, a repair and a removal, at the window, with everything real."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from agent.config import settings_file as settings_file_of_config
from lab.controller import Lab
from lab.remains import directory_now
from lab.sandbox import Sandbox, sandbox
from tests.integration.wizard.test_install import install
from tests.unit.wizard.ui.pages.test_remove import wait_for_text
from wire.secret import Secret
from wizard.plan.journal import find_open
from wizard.ui.application import application
from wizard.ui.window import WizardWindow

_MS = 90_000


@pytest.fixture
def whole(fresh_lab: Lab, tmp_path: Path) -> Iterator[Sandbox]:
    with sandbox(fresh_lab, tmp_path / "stage") as made:
        yield made


def opened(qtbot: QtBot, whole: Sandbox) -> WizardWindow:
    application()
    window = WizardWindow(whole.controller)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.page_id() != "reading", timeout=_MS)
    return window


def go(qtbot: QtBot, window: WizardWindow, page: str) -> None:
    qtbot.waitUntil(lambda: window.shown.can_go_on, timeout=_MS)
    refused: list[str] = []
    window.refused.connect(refused.append)
    window.press_next()
    qtbot.waitUntil(lambda: bool(refused) or window.page_id() == page, timeout=_MS)
    assert refused == []


def test_it_is_edited_mended_and_removed_without_a_trace(
    qtbot: QtBot, whole: Sandbox
) -> None:
    before = directory_now(whole.lab)
    install(whole)
    _edit(qtbot, whole)
    _mend(qtbot, whole)
    _rotate(qtbot, whole)
    _remove(qtbot, whole)

    assert whole.controller.installation.installed() is None
    assert directory_now(whole.lab) == before
    assert find_open(whole.host.places.journal) is None


def _edit(qtbot: QtBot, whole: Sandbox) -> None:
    place = whole.host.places.settings
    place.write_text(place.read_text().replace("unlock: true", "unlock: false"))
    window = opened(qtbot, whole)
    page = window.page("health")
    qtbot.waitUntil(lambda: bool(page.concerns.panels), timeout=_MS)
    edit = next(p for p in page.concerns.panels if p.concern.id == "drift")
    assert "features.unlock: yes becomes no" in edit.concern.detail
    edit.way_out.click()
    qtbot.waitUntil(lambda: window.page_id() == "review", timeout=_MS)
    qtbot.waitUntil(lambda: bool(window.session.changes), timeout=_MS)
    window.set_answers(_admin(whole))  # a permission goes with the feature
    go(qtbot, window, "complete")
    found = whole.controller.installation.installed()
    assert found
    assert not found.settings.features.unlock
    assert not found.drift
    window.done(0)


def _mend(qtbot: QtBot, whole: Sandbox) -> None:
    whole.host.stop_service()
    window = opened(qtbot, whole)
    window.set_answers({"task": "repair"})
    go(qtbot, window, "review")
    go(qtbot, window, "complete")
    whole.host.wait_ready(_MS / 1000)
    window.done(0)


def _rotate(qtbot: QtBot, whole: Sandbox) -> None:
    known = whole.controller.installation.portal_details().fingerprint
    whole.relay.forget("srv1")
    window = opened(qtbot, whole)
    window.set_answers({"task": "rekey"})
    go(qtbot, window, "rekey")
    window.set_answers({"input.enrolment_code": Secret(whole.relay.code())})
    go(qtbot, window, "review")
    go(qtbot, window, "complete")
    shown = whole.controller.installation.portal_details().fingerprint
    assert shown != known
    wait_for_text(qtbot, window.page("complete"), shown, _MS)
    whole.host.wait_ready(_MS / 1000)
    window.done(0)


def _remove(qtbot: QtBot, whole: Sandbox) -> None:
    assert settings_file_of_config.load(whole.host.places.settings)
    window = opened(qtbot, whole)
    window.set_answers({"task": "remove"})
    go(qtbot, window, "remove")
    go(qtbot, window, "review")
    qtbot.waitUntil(lambda: bool(window.session.changes), timeout=_MS)
    window.set_answers({**_admin(whole), "input.accept_final": True})
    go(qtbot, window, "removed")
    wait_for_text(qtbot, window.page("removed"), "srv1", _MS)
    window.done(0)


def _admin(whole: Sandbox) -> dict[str, object]:
    admin = whole.inputs.admin
    assert admin
    return {"input.admin_user": admin.user, "input.admin_password": admin.password}
