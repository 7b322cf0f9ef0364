"""Configuring: each change with its state and time; a failure is told whole."""

from enum import Enum, auto
from typing import Any

from PySide6.QtWidgets import QProgressBar

from wire.text import plural
from wizard.flow.conditions import removing
from wizard.flow.model import Page
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.machine import Machine, read_machine
from wizard.ui.jobs.page_checks import broken
from wizard.ui.jobs.plans import Ended, carrying_out
from wizard.ui.jobs.worker import Worker
from wizard.ui.page import WizardPage
from wizard.ui.presenters import failure
from wizard.ui.session import RemovalResult, Session
from wizard.ui.widgets.change_list import ChangeList
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.labels import button, label, row


class Phase(Enum):
    """How far the changes are."""

    WAITING = auto()
    APPLYING = auto()
    STOPPING = auto()  # before the next change; what was done is taken back
    FINAL = auto()  # something that can't be given back was begun
    APPLIED = auto()
    FAILED = auto()  # nothing is left to be done here
    UNFINISHED = auto()  # it ended with changes still to be made
    LOOKING = auto()  # for what is still to be done


class ApplyPage(WizardPage):
    """Carries out the plan that was reviewed."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self._phase = Phase.WAITING
        self.worker = Worker(self, self._applied, self._failed, self._progressed)
        self.finder = Worker(self, self._found_rest, self._not_found)
        self.state = label()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setAccessibleName(tr("All changes"))
        self.stop_button = button(tr("&Stop"), self.stop, tr("Stop and roll back"))
        line = row(self.bar, self.stop_button, grows=0)
        self.check_rows, self.changes = CheckRows(), ChangeList()
        self.add(self.state, line, self.check_rows, self.changes)
        self.body.addStretch(1)

    @property
    def busy(self) -> bool:
        return self.changing_machine or self._phase is Phase.LOOKING

    @property
    def changing_machine(self) -> bool:
        return self.can_stop or self._phase is Phase.FINAL

    @property
    def can_stop(self) -> bool:
        return self._phase in (Phase.APPLYING, Phase.STOPPING)

    @property
    def can_go_back(self) -> bool:
        return self._phase in (Phase.APPLIED, Phase.FAILED)

    @property
    def can_go_on(self) -> bool:
        return self._phase in (Phase.APPLIED, Phase.UNFINISHED)

    @property
    def next_text(self) -> str:
        if self._phase not in (Phase.UNFINISHED, Phase.LOOKING):
            return super().next_text
        if removing(self.session.answers):
            return tr("&Finish the removal…")
        return tr("&Finish the changes…")

    def try_next(self) -> bool:
        if self._phase is Phase.UNFINISHED:
            self._find_rest()
        return self._phase is Phase.APPLIED

    def entered(self) -> None:
        changes = self.session.changes
        self._phase = Phase.APPLYING
        self.check_rows.show_checks(())
        self.changes.show_summaries([change.summary for change in changes])
        self.bar.setValue(0)
        count = len(changes)
        making = plural("Making {count} change…", "Making {count} changes…", count)
        self.state.setText(say(making))
        announce(self, self.state.text())
        self.worker.start(carrying_out(self.session))
        self.stop_button.setEnabled(True)
        self.bar.show()
        self.stop_button.show()
        self.state_changed.emit()

    def stop(self) -> None:
        """Stop before the next change; what was done is taken back."""
        if self._phase is not Phase.APPLYING:
            return  # what can't be given back was begun while one was asked
        self._phase = Phase.STOPPING
        self.worker.ask_to_stop()
        self.stop_button.setEnabled(False)
        self.state.setText(tr("Stopping before the next change…"))
        announce(self, self.state.text())

    def _progressed(self, progress: Any) -> None:
        self.changes.take(progress)
        self.bar.setValue(self.changes.share)
        if progress.change.final and self._phase is not Phase.FINAL:
            self._phase = Phase.FINAL
            self.stop_button.hide()
            self.state_changed.emit()
        if progress.state == "undoing":
            self._say_roll_back()
        elif progress.state == "doing" and self._phase is not Phase.STOPPING:
            index, total = progress.index + 1, progress.total
            text = tr("Change {index} of {total}", index=index, total=total)
            self.state.setText(text)

    def _say_roll_back(self) -> None:
        text = tr("Rolling back what was done…")
        if self.state.text() != text:
            announce(self, text, urgent=True)
        self.state.setText(text)

    def _applied(self, result: Ended) -> None:
        self._phase = Phase.APPLIED
        self.session.applied, self.session.installed = result.applied, result.installed
        for change in self.changes.rows:
            if change.state != "done":
                change.turn("done")
        self.bar.setValue(100)
        self.state.setText(say(failure.changes_made(len(self.changes.rows))))
        announce(self, self.state.text())
        if removing(self.session.answers):
            lines = tuple(
                (change.summary, say(change.detail)) for change in self.changes.rows
            )
            self.session.gone = RemovalResult(lines, result.known)
        self.session.clear_secrets()
        self.stop_button.hide()
        self.applied.emit()
        self.go_on()

    def _find_rest(self) -> None:
        """See what is still to be done, as the next start would."""
        self._phase = Phase.LOOKING
        controller = self.session.controller
        self.finder.start(lambda _report, _stop: read_machine(controller))
        self.state_changed.emit()

    def _found_rest(self, machine: Machine) -> None:
        if machine.recovery is None:
            self._phase = Phase.FAILED
            self.state.setText(tr("It was finished by somebody else meanwhile."))
            self.state_changed.emit()
            return
        self.session.begin(machine)

    def _not_found(self, error: BaseException) -> None:
        self._phase = Phase.UNFINISHED
        self.check_rows.show_checks((broken(error),))
        self.state_changed.emit()

    def _failed(self, error: BaseException) -> None:
        self.stop_button.hide()
        self.bar.hide()
        checks = failure.describe_failure(error)
        self.check_rows.show_checks(checks)
        begun = any(change.state != "waiting" for change in self.changes.rows)
        self.state.setText(say(failure.ended(error, begun=begun)))
        announce(self, self.state.text(), urgent=True)
        rest = bool(failure.as_apply_error(error).rest)
        self._phase = Phase.UNFINISHED if rest else Phase.FAILED
        waits = "to do" if rest else "not done"
        for change in self.changes.rows:
            if change.state in ("waiting", "doing"):
                change.turn("failed" if change.state == "doing" else waits)
        self.refuse_checks(checks)
