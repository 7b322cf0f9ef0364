"""Grant: the missing entries shown, an administrator asked once, made, read back.

Where a plan that follows grants them, they are shown to be handed over: another team
may own the directory.
"""

import threading
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTableWidgetItem, QWidget

from agent.config.settings import Settings
from wire.text import plural
from wizard.controller.controller import Controller
from wizard.flow.pages.credentials import administrator
from wizard.grants.grants import AccessEntry
from wizard.grants.handover_text import handover_text
from wizard.inputs import AdminCredentials, Inputs
from wizard.plan.change import Plan
from wizard.results import Check
from wizard.ui.formatting import say, tip, tr, without_mnemonic
from wizard.ui.jobs.page_checks import broken
from wizard.ui.jobs.worker import Worker
from wizard.ui.presenters.failure import describe_failure
from wizard.ui.widgets.change_list import ChangeList
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.enter_action import run_on_enter
from wizard.ui.widgets.field_box import FieldBox, complete_answers
from wizard.ui.widgets.flow_layout import flow
from wizard.ui.widgets.labels import (
    LiveLabel,
    Panel,
    add,
    button,
    heading,
    label,
    stack,
)
from wizard.ui.widgets.tables import ReadTable
from wizard.ui.widgets.text_viewer import TextDialog

_ADMINISTRATOR = administrator(path="grant")
USER, PASSWORD = (field.path for field in _ADMINISTRATOR)


class GrantPanel(Panel):
    """Plans what is missing, and grants it when that is accepted."""

    state_changed = Signal()  # it began or ended something
    granted = Signal()  # every entry stands and was read back

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self._shown: Plan | None = None
        self._entries: tuple[AccessEntry, ...] = ()
        self.title, self.state = heading(tr("Grant what is missing")), LiveLabel()
        self.check_rows, self.changes = CheckRows(), ChangeList()
        self.planner = Worker(self, self._planned, self._not_planned)
        self.worker = Worker(self, self._granted, self._failed, self.changes.take)
        add(self.column, self.title, self.state, self._plan())
        add(self.column, self.changes, self.check_rows)
        self.hide()

    def _plan(self) -> QWidget:
        titles = (tr("Allows to"), tr("Below"))
        self.table = ReadTable(titles, tr("Entries to grant"))
        self.table.share_width((1, 1), whole=(0, 1))
        self.table.wrap()
        name = tr("The same for another team")
        self.other = button(tr("SDDL, dsacls, PowerShell…"), self.show_hand_over, name)
        self.field_boxes = {field.path: FieldBox(field) for field in _ADMINISTRATOR}
        self.act = button(tr("&Grant"), self.grant)
        self.leave = button(tr("Not now"), self.close_panel)
        self.note = label(
            tr(
                "The plan at the end grants them, with an administrator. Where "
                "another team owns the directory, send them the text and check "
                "again once it is done."
            )
        )
        self.done = button(tr("Close"), self.close_panel)
        once = label(tr("The administrator is used once and not stored."))
        self.administrator = stack(once, *self.field_boxes.values())
        run_on_enter(self.administrator, self.act)
        others, acts = flow(self.other, self.done), flow(self.act, self.leave)
        self.plan = stack(self.table, self.note, others, self.administrator, acts)
        return self.plan

    @property
    def busy(self) -> bool:
        """Whether entries are being planned or made."""
        return self.planner.busy or self.worker.busy

    @property
    def changing(self) -> bool:
        """Whether entries are being made."""
        return self.worker.busy

    def begin(self, settings: Settings, inputs: Inputs, *, grants: bool) -> None:
        """Find out what is missing, and show it: to grant it, or to hand it over."""
        for part in (self.administrator, self.act, self.leave):
            part.setVisible(grants)
        for part in (self.note, self.done):
            part.setVisible(not grants)
        self.title.setText(
            tr("Grant what is missing") if grants else tr("What is missing")
        )
        controller = self._controller

        def job(_report: Any, _stop: threading.Event) -> Any:
            plan = controller.permissions.plan_grant(settings, inputs)
            return plan, controller.permissions.entries(plan, inputs)

        self.check_rows.show_checks(())
        self.changes.show_summaries(())
        self.state.setText(tr("Finding out what is missing…"))
        self.plan.hide()
        self.show()
        self.planner.start(job)
        self.state_changed.emit()

    def close_panel(self) -> None:
        """Leave it; nothing was granted."""
        self.field_boxes[PASSWORD].set_value("")
        self.hide()
        self.state_changed.emit()

    def show_hand_over(self) -> None:
        """Show the same entries as another team's tools take them."""
        assert self._shown
        assert self._shown.settings
        text = say(handover_text(self._entries, self._shown.settings))
        note = tr("For those who own the directory: what, why, and how to revoke it.")
        title = tr("Permissions to request")
        dialog = TextDialog(self.window(), title, note, text, "permissions.txt")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def grant(self) -> None:
        """Make the entries; a missing answer is told beside its field."""
        answers = complete_answers(_ADMINISTRATOR, self.field_boxes)
        if answers is None:
            return
        assert self._shown
        admin = AdminCredentials(answers.text(USER).strip(), answers.get(PASSWORD))
        plan, controller, inputs = self._shown, self._controller, Inputs(admin=admin)

        def job(report: Any, stop: threading.Event) -> None:
            controller.changes.apply(plan, inputs, report, stop)

        self.field_boxes[PASSWORD].set_value("")
        self.check_rows.show_checks(())
        self.plan.hide()
        granting = plural(
            "Granting {count} permission…",
            "Granting {count} permissions…",
            len(self._entries),
        )
        self.state.setText(say(granting))
        self.changes.show_summaries([change.summary for change in plan.changes])
        self.worker.start(job)
        self.state_changed.emit()

    def stop(self) -> None:
        """Stop before the next change; what was made is taken back."""
        self.worker.ask_to_stop()

    def _planned(self, planned: tuple[Plan, Sequence[AccessEntry]]) -> None:
        self._shown, self._entries = planned[0], tuple(planned[1])
        count = len(self._entries)
        if not count:
            text = tr("Nothing is missing that a grant on a container would give.")
            self.state.setText(text)
            self.state_changed.emit()
            return
        missing = plural(
            "{count} permission is missing:", "{count} permissions are missing:", count
        )
        act = plural("&Grant {count} permission", "&Grant {count} permissions", count)
        self.state.setText(say(missing))
        self.act.setText(say(act))
        self.act.setAccessibleName(without_mnemonic(self.act.text()))
        self.table.setRowCount(count)
        for at, entry in enumerate(self._entries):
            for part, text in enumerate((entry.allows, entry.container)):
                item = QTableWidgetItem(say(text))
                item.setToolTip(tip(text if part else entry.right))
                self.table.setItem(at, part, item)
        self.table.fit()
        self.plan.show()
        self.state_changed.emit()

    def _not_planned(self, error: BaseException) -> None:
        self._show_failure((broken(error),))

    def _granted(self, _nothing: object) -> None:
        granted = plural(
            "{count} permission granted.",
            "{count} permissions granted.",
            len(self._entries),
        )
        self.state.setText(say(granted))
        self.state_changed.emit()
        self.granted.emit()

    def _failed(self, error: BaseException) -> None:
        self._show_failure(describe_failure(error))
        self.plan.show()

    def _show_failure(self, checks: tuple[Check, ...]) -> None:
        self.state.setText("")
        self.changes.show_summaries(())
        self.check_rows.show_checks(checks)
        self.state_changed.emit()
