"""Renders every page with real data: python -m tests.unit.wizard.ui.gallery FOLDER."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from agent.verdict.causes import Cause
from tests.unit.wizard.answered import BEHIND, CANARY, CODE, EXPRESS
from tests.unit.wizard.ui.copied import ADMIN, COPY, KEYS
from tests.unit.wizard.ui.fake import (
    FORGET,
    FORWARD,
    INSTALL,
    INSTALLED,
    ONE,
    RECOVERY,
    REMOVAL,
    SEVERAL,
    UNTRUSTED,
    VERIFIED,
    FakeController,
    change,
)
from tests.unit.wizard.ui.fake_permissions import (
    EVERYBODY,
    EXCESS,
    IN_ORDER,
    UNGRANTED,
    FakePermissions,
)
from wire.operation import Operation
from wire.secret import Secret
from wizard.elevation.errors import NotAllowed
from wizard.flow.defaults import Offer, Offers
from wizard.plan.change import ApplyError, StepFailed
from wizard.results import Check
from wizard.ui import application, formatting
from wizard.ui.theme import palette
from wizard.ui.window import WizardWindow

PARTS = "reading install reconfigure nothing_to_do repair rekeying removal recovery"
EDIT = "features.unlock: yes becomes no; limits.per_minute: 120 becomes 60"
EDITED = replace(INSTALLED, drift=tuple(EDIT.split("; ")))
REFUSED_BY_PROXY = (
    Check(
        "answer",
        "Relay answers",
        "failed",
        "The relay https://relay.corp.test was not reached: the proxy does not accept "
        "its user's password (407).",
        "Type the password of its user.",
        field="input.proxy_password",
    ),
)
OFFERED = ("relay.url", "directory.domain", "directory.controllers")


def offers() -> Offers:
    made = tuple(Offer(path, EXPRESS[path], "from the lab") for path in OFFERED)
    container = "directory.account.container"
    return Offers((*made, Offer(container, EXPRESS[container], "from the lab")))


class Gallery:
    """Walks the journeys and saves a picture of each page."""

    def __init__(self, folder: Path, size: QSize) -> None:
        self.folder, self.size = folder, size
        self.number = 0
        folder.mkdir(parents=True, exist_ok=True)

    def open(self, controller: FakeController) -> WizardWindow:
        window = WizardWindow(controller, offers())
        window.resize(self.size)
        window.show()
        self.settle(lambda: window.page_id() != "reading")
        return window

    def settle(self, until: Callable[[], bool] = lambda: True) -> None:
        deadline = time.monotonic() + 5
        quiet = time.monotonic() + 0.15
        while time.monotonic() < quiet or (not until() and time.monotonic() < deadline):
            QApplication.processEvents()

    def shoot(self, window: WizardWindow, name: str) -> None:
        self.settle()
        self.number += 1
        window.grab().save(str(self.folder / f"{self.number:02d}-{name}.png"))

    def go(self, window: WizardWindow, page: str) -> None:
        window.press_next()
        self.settle(lambda: window.page_id() == page)
        if window.page_id() != page:
            raise SystemExit(f"at {window.page_id()}, not at {page}")

    def reading(self) -> None:
        controller = FakeController(hold="installed")
        window = WizardWindow(controller)
        window.resize(self.size)
        window.show()
        self.settle()
        self.shoot(window, "reading")
        controller.unreadable = NotAllowed("You were not let in by polkit.")
        controller.go.set()
        self.settle(lambda: not window.shown.busy)
        self.shoot(window, "reading-failed")
        window.done(0)

    def install(self) -> None:
        controller = FakeController()
        window = self.open(controller)
        self.shoot(window, "welcome")
        self.go(window, "mode")
        window.set_answers({"mode": "custom"})
        self.shoot(window, "mode")
        self.go(window, "relay")
        self.shoot(window, "relay")
        window.set_answers({"relay.url": "http://relay.corp.test", "agent": "Sync 1"})
        window.press_next()
        self.shoot(window, "relay-refused")
        window.set_answers({"relay.url": EXPRESS["relay.url"], "agent": "sync-01"})
        window.set_answers({"input.enrolment_code": Secret(CODE)})
        controller.hold = "check_relay"
        window.press_next()
        self.shoot(window, "relay-checking")
        controller.go.set()
        controller.hold = ""
        self.settle(lambda: window.page_id() == "directory")
        self.directory(window, controller)
        self.custom(window)
        self.finish(window, controller)

    def directory(self, window: WizardWindow, controller: FakeController) -> None:
        window.set_answers({"input.admin_user": EXPRESS["input.admin_user"]})
        window.set_answers({"input.admin_password": EXPRESS["input.admin_password"]})
        self.shoot(window, "directory")
        page = window.page("directory")
        controller.go.clear()
        controller.inspection, controller.hold = SEVERAL, "inspect_directory"
        window.press_next()
        self.settle(lambda: bool(page.controllers.facts))
        page.controllers.choose(1)
        self.shoot(window, "directory-asking")
        bar = page.area.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.shoot(window, "directory-table")
        page.controllers.choose(3)
        bar.setValue(bar.maximum())
        self.shoot(window, "directory-dns-alone")
        page.controllers.choose(0)
        page.controllers.rows.rows[0].opener.setChecked(True)
        self.settle()
        bar.setValue(bar.maximum())
        self.shoot(window, "directory-chain")
        page.checking.stop_check()
        controller.hold = ""
        controller.go.set()
        controller.inspection = UNTRUSTED
        window.press_next()
        self.settle(lambda: page.controllers.facts == UNTRUSTED.controllers)
        self.settle(lambda: not page.busy)
        page.controllers.rows.rows[0].opener.setChecked(True)
        self.shoot(window, "directory-untrusted")
        bar = window.page("directory").area.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.shoot(window, "directory-untrusted-rows")
        controller.inspection = ONE
        self.go(window, "scope")

    def custom(self, window: WizardWindow) -> None:
        self.shoot(window, "scope-empty")
        tree = window.page("scope").tree
        top = tree.topLevelItem(0)
        top.child(0).setExpanded(True)
        basel = "OU=Basel,OU=People,DC=corp,DC=test"
        window.set_answers({"scope.containers": (basel, "CN=Users,DC=corp,DC=test")})
        self.shoot(window, "scope")
        self.go(window, "identify")
        self.shoot(window, "identify")
        self.go(window, "pilot")
        window.set_answers({"pilot": "group"})
        window.set_answers({"scope.pilot_group": "Pilot"})
        window.page("pilot").check_now()
        self.settle(lambda: bool(window.page("pilot").checking.rows.checks))
        self.shoot(window, "pilot")
        self.go(window, "features")
        self.shoot(window, "features")
        window.journey.door.permissions.foreseen = True  # type: ignore[attr-defined]
        self.go(window, "permissions")
        self.settle(lambda: window.page("permissions").whole is not None)
        self.shoot(window, "permissions-foreseen")
        self.hand_over(window)
        self.go(window, "review")

    def hand_over(self, window: WizardWindow) -> None:
        """Show what an account that exists lacks, where another team grants it."""
        door: FakePermissions = window.journey.door.permissions  # type: ignore[assignment]
        foreseen, kind = door.foreseen, "directory.account.kind"
        door.foreseen, door.everybody = False, dict(UNGRANTED)
        before = window.journey.answers
        name = {"directory.account.name": "svc-writeback@corp.test"}
        window.journey.take({kind: "existing", **name})
        page = window.page("permissions")
        page.judge()
        self.settle(lambda: page.whole is not None)
        page.hand_over.click()
        self.settle(page.granting.plan.isVisible)
        page.bring(page.granting)
        self.shoot(window, "permissions-hand-over")
        window.journey.answers = before
        door.foreseen, door.everybody = foreseen, dict(EVERYBODY)
        page.judge()
        self.settle(lambda: page.whole is not None)

    def finish(self, window: WizardWindow, controller: FakeController) -> None:
        self.settle(lambda: bool(window.journey.changes))
        self.shoot(window, "review")
        window.page("review").file.click()
        self.settle()
        dialog = QApplication.activeModalWidget()
        if dialog:
            self.number += 1
            dialog.grab().save(str(self.folder / f"{self.number:02d}-file.png"))
            dialog.close()
        controller.apply_error = ApplyError(
            INSTALL[2],
            "The directory refused the permission on DC=corp,DC=test: "
            "insufficient rights (50).",
            INSTALL[:2],
            (),
        )
        self.go(window, "apply")
        self.settle(lambda: bool(window.page("apply").rows.checks))
        self.shoot(window, "apply-failed")
        controller.apply_error = None
        self.applying(window, controller)
        self.settle(lambda: window.page_id() == "complete")
        self.settle(lambda: bool(window.page("complete").checking.rows.checks))
        self.shoot(window, "complete")
        test = window.page("complete").test
        window.set_answers({"test.value": "anna.test@corp.test"})
        test.test()
        self.settle(lambda: bool(test.rows.checks))
        test.rows.rows[0].opener.setChecked(True)
        self.settle()
        bar = window.page("complete").area.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.shoot(window, "complete-test")
        window.done(0)

    def applying(self, window: WizardWindow, controller: FakeController) -> None:
        window.back()
        self.settle(lambda: bool(window.journey.changes))
        controller.hold = "change"
        controller.go.clear()
        self.go(window, "apply")
        page = window.page("apply")
        self.settle(lambda: page.changes.rows[2].state == "doing")
        self.shoot(window, "apply-running")
        controller.go.set()

    def behind_a_proxy(self, window: WizardWindow, controller: FakeController) -> None:
        found, controller.relay_rows = controller.relay_rows, REFUSED_BY_PROXY
        window.set_answers({"relay.proxy": BEHIND})
        window.set_answers({"input.proxy_password": Secret(CANARY)})
        window.press_next()
        self.settle(lambda: bool(window.page("relay").checking.rows.checks))
        self.shoot(window, "relay-proxy")
        controller.relay_rows = found

    def reconfigure(self) -> None:
        controller = FakeController(found=INSTALLED)
        controller.changes = (
            change("settings", "Turns password writeback off", {"on": True}),
            change("service", "Restarts the agent", {"runs": True}),
        )
        window = self.open(controller)
        self.shoot(window, "tasks")
        window.set_answers({"task": "writeback"})
        self.go(window, "review")
        self.settle(lambda: bool(window.journey.changes))
        self.shoot(window, "review-difference")
        window.back()
        window.set_answers({"task": "view"})
        self.go(window, "view")
        self.shoot(window, "view")
        window.back()
        self.permissions(window, controller)
        window.set_answers({"task": "test"})
        self.go(window, "test")
        window.set_answers({"test.check_only": False})
        self.shoot(window, "test")
        window.back()
        window.set_answers({"task": "options"})
        self.go(window, "relay")
        self.behind_a_proxy(window, controller)
        window.reject()
        self.shoot(window, "leaving")
        box = window.question
        if box:
            self.number += 1
            box.grab().save(str(self.folder / f"{self.number:02d}-leave-box.png"))
            box.close()
        window.done(0)

    def permissions(self, window: WizardWindow, controller: FakeController) -> None:
        door = controller.permissions
        door.hold, door.findings = True, EXCESS
        window.set_answers({"task": "permissions"})
        self.go(window, "permissions")
        page = window.page("permissions")
        self.settle(lambda: page.table.counts.total() > 600)
        self.shoot(window, "permissions-judging")
        door.go.set()
        self.settle(lambda: page.whole is not None)
        self.shoot(window, "permissions")
        row = page.table.open_cause(Cause.INHERITANCE_OFF)
        page.table.setCurrentItem(row)
        self.shoot(window, "permissions-cause")
        page.table.setCurrentItem(row.child(2))
        self.shoot(window, "permissions-why")
        bar = page.area.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.shoot(window, "permissions-account")
        self.short(window, controller)
        window.back()
        self.granting(window, controller)
        window.set_answers({"task": "explain"})
        self.go(window, "explain")
        page = window.page("explain")
        self.shoot(window, "explain-empty")
        page.set_answers({"explain.user": "niko@corp.test"})
        page.ask()
        self.settle(lambda: bool(page.checking.rows.checks))
        self.shoot(window, "explain")
        window.back()

    def short(self, window: WizardWindow, controller: FakeController) -> None:
        """Show other operations that fall short, and one person of theirs."""
        door, page = controller.permissions, window.page("permissions")
        door.others = {
            Operation.UNLOCK: Cause.NOT_GRANTED,
            Operation.MUST_CHANGE: Cause.NOT_GRANTED,
        }
        page.judge()
        self.settle(lambda: page.whole is not None)
        self.shoot(window, "permissions-unlock-short")
        row = page.table.open_cause(Cause.NOT_GRANTED, Operation.UNLOCK)
        page.table.setCurrentItem(row.child(0))
        self.shoot(window, "permissions-unlock-why")
        door.others = {}

    def granting(self, window: WizardWindow, controller: FakeController) -> None:
        door = controller.permissions
        door.everybody, door.findings, door.hold = dict(UNGRANTED), IN_ORDER, False
        window.set_answers({"task": "permissions"})
        self.go(window, "permissions")
        page = window.page("permissions")
        page.judge()
        self.settle(lambda: page.whole is not None)
        page.grant_button.click()
        self.settle(page.granting.plan.isVisible)
        self.shoot(window, "permissions-grant")
        page.granting.other.click()
        self.settle()
        dialog = QApplication.activeModalWidget()
        if dialog:
            self.number += 1
            dialog.grab().save(str(self.folder / f"{self.number:02d}-hand-over.png"))
            dialog.close()
        window.back()

    def nothing_to_do(self) -> None:
        window = self.open(FakeController(found=INSTALLED, changes=()))
        window.set_answers({"task": "writeback"})
        self.go(window, "review")
        self.shoot(window, "review-nothing")
        window.done(0)

    def recovery(self) -> None:
        window = self.open(FakeController(cut_off=RECOVERY))
        self.shoot(window, "recovery")
        window.done(0)
        controller = FakeController(cut_off=FORWARD, found=INSTALLED)
        controller.told = {"enrolment": FORGET}
        window = self.open(controller)
        self.shoot(window, "recovery-forward")
        window.set_answers({"input.admin_user": EXPRESS["input.admin_user"]})
        window.set_answers({"input.admin_password": EXPRESS["input.admin_password"]})
        rest = REMOVAL[5:]
        controller.apply_error = ApplyError(rest[0], "No route to host.", (), (), rest)
        window.press_next()
        page = window.page("recovery")
        self.settle(lambda: bool(page.rows.checks))
        self.shoot(window, "recovery-forward-failed")
        controller.apply_error = None
        window.press_next()
        self.settle(lambda: page.nextId() == -1)
        self.shoot(window, "recovery-finished")
        window.done(0)

    def repair(self) -> None:
        controller = FakeController(found=EDITED)
        controller.changes = (
            change("settings", "Takes over what was edited by hand: " + EDIT, {"a": 1}),
            change("service", "Has a new agent take over", {"runs": True}),
        )
        window = self.open(controller)
        self.shoot(window, "tasks-edited")
        bar = window.page("tasks").area.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.shoot(window, "tasks-below")
        window.page("tasks").apply_edit.click()
        self.settle(lambda: bool(window.journey.changes))
        self.shoot(window, "review-edit")
        window.done(0)
        controller = FakeController(found=INSTALLED, changes=())
        window = self.open(controller)
        window.set_answers({"task": "repair"})
        self.go(window, "review")
        self.settle(lambda: not window.page("review").busy)
        self.shoot(window, "repair-nothing")
        window.back()
        told = "Not as the package brought it: /usr/lib/writeback-agent/writeback."
        row = Check("files", "Program", "failed", told, "Install the package again.")
        controller.verified = (*VERIFIED, row)
        self.go(window, "review")
        self.settle(lambda: not window.page("review").busy)
        self.shoot(window, "repair-by-hand")
        window.done(0)

    def rekeying(self) -> None:
        window = self.open(FakeController(found=COPY, changes=KEYS))
        self.shoot(window, "tasks-copied")
        self.go(window, "rekey")
        self.shoot(window, "rekey-copied")
        window.set_answers({"agent": INSTALLED.settings.agent})
        window.press_next()
        self.shoot(window, "rekey-refused")
        window.set_answers({"input.original": "gone", **ADMIN})
        self.shoot(window, "rekey-gone")
        window.done(0)
        window = self.open(FakeController(found=INSTALLED, changes=KEYS))
        window.set_answers({"task": "rekey"})
        self.go(window, "rekey")
        self.shoot(window, "rekey")
        window.set_answers({"input.enrolment_code": Secret(CODE)})
        self.go(window, "review")
        self.settle(lambda: bool(window.journey.changes))
        self.shoot(window, "rekey-review")
        window.done(0)

    def removal(self) -> None:
        controller = FakeController(found=INSTALLED, told={"enrolment": FORGET})
        window = self.open(controller)
        window.set_answers({"task": "remove"})
        self.go(window, "remove")
        self.shoot(window, "remove")
        controller.unplannable = StepFailed(
            "The password of svc-writeback@corp.test is not stored here.",
            "Give an administrator of the domain; the account is used once and not "
            "stored.",
        )
        self.go(window, "review")
        self.settle(lambda: not window.page("review").busy)
        self.shoot(window, "remove-not-planned")
        controller.unplannable = None
        window.page("review").again.click()
        self.settle(lambda: bool(window.journey.changes))
        self.shoot(window, "remove-review")
        window.set_answers({"input.admin_user": EXPRESS["input.admin_user"]})
        window.set_answers({"input.admin_password": EXPRESS["input.admin_password"]})
        window.set_answers({"input.accept_final": True})
        bar = window.page("review").area.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.shoot(window, "remove-accepted")
        rest = REMOVAL[5:]
        controller.apply_error = ApplyError(rest[0], "No route to host.", (), (), rest)
        controller.fails_at = 5
        self.go(window, "apply")
        self.settle(lambda: bool(window.page("apply").rows.checks))
        self.shoot(window, "remove-rest")
        window.done(0)
        controller.apply_error = controller.cut_off = None
        self.removed(controller)

    def removed(self, controller: FakeController) -> None:
        window = self.open(controller)
        window.set_answers({"task": "remove"})
        self.go(window, "remove")
        self.go(window, "review")
        self.settle(lambda: bool(window.journey.changes))
        window.set_answers({"input.admin_user": EXPRESS["input.admin_user"]})
        window.set_answers({"input.admin_password": EXPRESS["input.admin_password"]})
        window.set_answers({"input.accept_final": True})
        controller.hold, controller.fails_at = "change", 6
        controller.go.clear()
        self.go(window, "apply")
        page = window.page("apply")
        self.settle(lambda: page.changes.rows[6].state == "doing")
        self.shoot(window, "removing")
        window.reject()
        self.settle()
        box = window.question
        if box:
            self.number += 1
            box.grab().save(str(self.folder / f"{self.number:02d}-no-stop-box.png"))
            box.close()
        controller.go.set()
        self.settle(lambda: window.page_id() == "removed")
        self.shoot(window, "removed")
        bar = window.page("removed").area.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.shoot(window, "removed-below")
        window.done(0)


def main(folder: Path) -> None:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    application.dress(app)
    formatting.speak(app)
    family = os.environ.get("GALLERY_FONT")
    if family:
        app.setFont(QFont(family, 10))
    width, height = os.environ.get("GALLERY_SIZE", "960x680").split("x")
    for name, inks in (("light", palette.LIGHT), ("dark", palette.DARK)):
        app.setPalette(palette.palette_of(inks))
        gallery = Gallery(folder / name, QSize(int(width), int(height)))
        wanted = os.environ.get("GALLERY_PARTS", PARTS).split()
        for part in wanted:
            getattr(gallery, part)()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
