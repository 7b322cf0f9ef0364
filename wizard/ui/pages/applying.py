"""Configuring: each change with its state and time; a failure is told whole."""

import threading
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar

from wizard.answers import inputs_of
from wizard.checks import Check
from wizard.questions import Page
from wizard.ui.journey import Journey
from wizard.ui.labels import button, label, row
from wizard.ui.page import WizardPage
from wizard.ui.pages.recovery import stuck_text
from wizard.ui.progress import ChangeList
from wizard.ui.rows import Rows
from wizard.ui.words import tr, tr_n
from wizard.ui.worker import Worker


class ApplyPage(WizardPage):
    """Applies the plan that was reviewed.

    Signals:
        applied: all changes are made.

    """

    applied = Signal()

    def __init__(self, page: Page, journey: Journey) -> None:
        super().__init__(page, journey)
        self.worker = Worker(self)
        self.worker.progressed.connect(self._progressed)
        self.worker.succeeded.connect(self._applied)
        self.worker.failed.connect(self._failed)
        self.state = label()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setAccessibleName(tr("All changes"))
        self.stop_button = button(tr("&Stop"), tr("Stop and take back"))
        self.stop_button.clicked.connect(self.stop)
        line = row(self.bar, self.stop_button)
        line.setStretch(0, 100)
        self.rows, self.changes = Rows(), ChangeList()
        self.body.addWidget(self.state)
        self.body.addLayout(line)
        self.body.addWidget(self.rows)
        self.body.addWidget(self.changes)
        self.body.addStretch(1)

    @property
    def busy(self) -> bool:
        return self.worker.busy

    @property
    def changing_machine(self) -> bool:
        return self.worker.busy

    @property
    def can_go_on(self) -> bool:
        return self._passed

    def entered(self) -> None:
        journey = self.journey
        settings, changes = journey.settings, journey.changes
        inputs, door = inputs_of(journey.answers), journey.door
        self.rows.show_checks(())
        self.changes.show_summaries([change.summary for change in changes])
        self.bar.setValue(0)
        self.state.setText(tr_n("Making %n change(s)…", len(changes)))

        def apply(report: Any, stop: threading.Event) -> Any:
            door.apply(settings, changes, inputs, report, stop)
            return settings, door.installed()

        self.worker.start(apply)
        self.stop_button.setEnabled(True)
        self.bar.show()
        self.stop_button.show()
        self.state_changed.emit()

    def stop(self) -> None:
        """Stop before the next change; what was done is taken back."""
        self.worker.ask_to_stop()
        self.stop_button.setEnabled(False)
        self.state.setText(tr("Stopping before the next change…"))

    def _progressed(self, progress: Any) -> None:
        self.changes.take(progress)
        self.bar.setValue(self.changes.share)
        if progress.state == "undoing":
            self.state.setText(tr("Taking back what was done…"))
        elif progress.state == "doing" and self.stop_button.isEnabled():
            text = tr("Change {index} of {total}")
            self.state.setText(
                text.format(index=progress.index + 1, total=progress.total)
            )

    def _applied(self, result: Any) -> None:
        self.journey.applied, self.journey.installed = result
        for made in self.changes.rows:
            if made.state != "done":
                made.turn("done")
        self.bar.setValue(100)
        self.state.setText(tr_n("%n change(s) made.", len(self.changes.rows)))
        self.journey.clear_secrets()
        self.stop_button.hide()
        self.applied.emit()
        self.go_on()

    def _failed(self, error: BaseException) -> None:
        self.stop_button.hide()
        self.bar.hide()
        checks = told(error)
        self.rows.show_checks(checks)
        self.state.setText(_ended(error))
        for made in self.changes.rows:
            if made.state in ("waiting", "doing"):
                failed = made.state == "doing"
                made.turn("failed" if failed else "not done")
        self.refuse("; ".join(f"{check.title}: {check.detail}" for check in checks))

    def close_work(self) -> None:
        self.worker.close()


def _ended(error: BaseException) -> str:
    undone, stuck = _parts(error, "undone"), _parts(error, "stuck")
    if stuck:
        return tr_n("%n change(s) could not be taken back; see below.", len(stuck))
    if undone:
        return tr_n("%n change(s) taken back. This server is as before.", len(undone))
    return tr("Nothing was changed.")


def told(error: BaseException) -> tuple[Check, ...]:
    """Tell what failed, what was taken back and what remains, a row each."""
    failed = getattr(error, "failed", None)
    reason = str(getattr(error, "reason", "") or error)
    first = Check(
        id="failed",
        title=failed.summary if failed else tr("The changes were not made"),
        state="failed",
        detail=reason,
        remedy=tr("Mend the cause, go Back and try again; your answers are kept."),
    )
    remains = tuple(
        Check(
            id="stuck",
            title=tr("Remains"),
            state="failed",
            detail=stuck_text(item),
            remedy=tr("Take it back by hand, or start the wizard again to retry."),
        )
        for item in _parts(error, "stuck")
    )
    return (first, *remains)


def _parts(error: BaseException, name: str) -> tuple[Any, ...]:
    return tuple(getattr(error, name, ()) or ())
