"""Configuring: each change with its state and time; a failure is told whole."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import Any

from PySide6.QtWidgets import QProgressBar

from wire.text import plural
from wizard.enrolment.used_code import code_after
from wizard.flow.conditions import removing
from wizard.flow.model import Page
from wizard.flow.pages.credentials import ENROLMENT_CODE
from wizard.flow.route import page_asking
from wizard.plan.change import ApplyError
from wizard.report.document import Document
from wizard.report.plan_report import origin_here
from wizard.report.run_report import run_report
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.frame.notice import Action, Notice
from wizard.ui.jobs.machine import Machine, read_machine
from wizard.ui.jobs.page_checks import broken
from wizard.ui.jobs.plans import Ended, carrying_out
from wizard.ui.jobs.worker import Worker
from wizard.ui.page import WizardPage
from wizard.ui.presenters import failure
from wizard.ui.presenters.way_out import (
    PASSWORD,
    USER,
    is_for_another_administrator,
    notice_of_failure,
)
from wizard.ui.review.report_saver import ReportSaver
from wizard.ui.session import RemovalResult, Session
from wizard.ui.widgets.change_list import ChangeList, word_of
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.labels import button, label, row

CODE = ENROLMENT_CODE.path


class Phase(Enum):
    """How far the changes are."""

    WAITING = auto()
    APPLYING = auto()
    STOPPING = auto()  # before the next change; what was done is taken back
    FINAL = auto()  # something that can't be given back was begun
    APPLIED = auto()
    FAILED = auto()  # all is as before; it can be tried again
    STUCK = auto()  # not all could be rolled back
    UNFINISHED = auto()  # it ended with changes still to be made
    UNKNOWN = auto()  # nobody was left to say what was changed
    LOOKING = auto()  # at what is there, and what is still to be done
    OVER = auto()  # somebody else finished it; there is nothing more to do here


_LEADS_ON = (Phase.STUCK, Phase.UNFINISHED, Phase.UNKNOWN)


class ApplyPage(WizardPage):
    """Carries out the plan that was reviewed."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self._phase = Phase.WAITING
        self._error: BaseException | None = None  # what ended it
        self._after: Phase = Phase.UNFINISHED  # what it was before it was looked for
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
        self.report = ReportSaver(self.document, "failure")
        self.report.setParent(self)  # the bar has its button
        self.report.hide()
        self.add(self.state, line, self.check_rows, self.report.state, self.changes)
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
        return self._phase in (Phase.APPLIED, *_LEADS_ON)

    @property
    def ends(self) -> bool:
        return self._phase is Phase.OVER or super().ends

    @property
    def next_text(self) -> str:
        if self._phase is Phase.STUCK:
            return tr("&Roll back again…")
        if self._phase is Phase.UNKNOWN:
            return tr("&Look at the server")
        if self._phase not in (Phase.UNFINISHED, Phase.LOOKING):
            return super().next_text
        if removing(self.session.answers):
            return tr("&Finish the removal…")
        return tr("&Finish the changes…")

    @property
    def notice(self) -> Notice | None:
        error = self._error
        if error is None or self.busy:
            return None
        steps = self._steps(error) if self._phase is Phase.FAILED else ()
        ask, guide = self.report.ask, self.help_wanted.emit
        stopped = isinstance(error, ApplyError) and error.was_stopped
        return notice_of_failure(
            self._outcome, tuple(steps), ask, guide, stopped=stopped
        )

    @property
    def _outcome(self) -> str:
        """What the bar says of the end; what remains is listed above it."""
        if self._phase is Phase.STUCK and self._error:
            stuck = failure.as_apply_error(self._error).stuck
            return say(failure.not_rolled_back(len(stuck)))
        return self.state.text()

    def _steps(self, error: BaseException) -> Iterator[Action]:
        """Give what can be done once all is as before."""
        code = page_asking(self.session.answers, CODE)
        if code and code_after(failure.as_apply_error(error).undone):
            yield Action(
                tr("Enter another code"), lambda: self.page_wanted.emit(code, CODE)
            )
        if isinstance(error, ApplyError):
            yield Action(tr("Try again"), self.entered)
        else:  # nothing was begun: the plan may be of no use any more
            yield Action(tr("Make the plan again"), lambda: self.wanted.emit("review"))
        needed = any(change.needs_admin for change in self.session.changes)
        if is_for_another_administrator(error, needed=needed):
            yield Action(tr("Use another administrator"), self.ask_other_administrator)

    def ask_other_administrator(self) -> None:
        """Go to where the administrator is asked for: on a page before, or the plan's.

        The password is that of the other one, so it is asked anew.
        """
        self.session.take({PASSWORD: None})
        page = page_asking(self.session.answers, USER) or "review"
        self.page_wanted.emit(page, USER)

    def document(self) -> Document:
        """Make the report of what failed."""
        became = (
            (row.summary, word_of(row.state), row.detail) for row in self.changes.rows
        )
        checks = self.check_rows.checks
        return run_report(self.state.text(), checks, became, origin_here())

    def try_next(self) -> bool:
        if self._phase in _LEADS_ON:
            self._find_rest()
        return self._phase is Phase.APPLIED

    def entered(self) -> None:
        changes = self.session.changes
        self._phase, self._error = Phase.APPLYING, None
        self.state.show()
        self.report.state.hide()
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
        """See what is there and still to be done, as the next start would."""
        self._after, self._phase = self._phase, Phase.LOOKING
        controller = self.session.controller
        self.finder.start(lambda _report, _stop: read_machine(controller))
        self.state_changed.emit()

    def _found_rest(self, machine: Machine) -> None:
        if machine.recovery is None and self._after is not Phase.UNKNOWN:
            self._end()
            return
        self.session.begin(machine)

    def _end(self) -> None:
        """Say that there is nothing more to do: what was shown is so no more."""
        words = tr("It was finished by somebody else meanwhile.")
        if self._after is Phase.STUCK:
            words = tr("It was rolled back by somebody else meanwhile.")
        self._phase, self._error = Phase.OVER, None
        self.state.setText(words)
        self.state.show()
        self.check_rows.show_checks(())
        self.changes.show_summaries(())
        announce(self, words)
        self.state_changed.emit()

    def _not_found(self, error: BaseException) -> None:
        self._phase = self._after
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
        self._error, self._phase = error, phase_after(error, begun=begun)
        self.state.hide()  # the bar says it
        waits = "to do" if self._phase is Phase.UNFINISHED else "not done"
        for change in self.changes.rows:
            if change.state in ("waiting", "doing"):
                change.turn("failed" if change.state == "doing" else waits)
        self.refuse_checks(checks)


def phase_after(error: BaseException, *, begun: bool) -> Phase:
    """Say what can be done after an error; `begun`: a change was, as far as heard."""
    plan = failure.as_apply_error(error)
    if plan.rest:
        return Phase.UNFINISHED
    if plan.stuck:
        return Phase.STUCK
    unheard = begun and not isinstance(error, ApplyError)
    return Phase.UNKNOWN if unheard else Phase.FAILED
