"""Recovery: what was cut off is rolled back, or finished, before anything else."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from agent.config.errors import Problem
from wire.text import Text, listed, moment, plural
from wizard.enrolment.used_code import code_after
from wizard.flow.conversion import inputs_of
from wizard.flow.validation import typing_problems
from wizard.plan.change import GIVE_UP, RolledBack
from wizard.report.document import Document
from wizard.report.plan_report import origin_here
from wizard.report.run_report import run_report
from wizard.results import Check
from wizard.ui.announce import announce
from wizard.ui.form import Form
from wizard.ui.formatting import say, tr
from wizard.ui.frame.notice import Action, Notice
from wizard.ui.jobs.machine import Machine, read_machine
from wizard.ui.jobs.page_checks import broken
from wizard.ui.jobs.plans import known_of
from wizard.ui.jobs.worker import Worker
from wizard.ui.pages.remove import forgetting
from wizard.ui.presenters import failure
from wizard.ui.presenters.way_out import (
    is_for_another_administrator,
    notice_of_failure,
)
from wizard.ui.review.report_saver import ReportSaver
from wizard.ui.widgets.change_list import ChangeList, word_of
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.labels import Panel, add, busy_bar, heading, label


class Phase(Enum):
    """How far the run that was cut off is."""

    CUT_OFF = auto()  # it waits to be taken back, or to be finished
    RUNNING = auto()
    ENDED = auto()  # nothing is cut off any more; the journey goes on
    REMOVED = auto()  # a removal was finished; nothing is left to go on to


@dataclass(frozen=True)
class Trouble:
    """Why the run is still cut off, in words; empty before it was tried."""

    text: str = ""
    other_administrator: bool = False  # whether another one could mend it


class RecoveryPage(Form):
    """Says what was under way, and takes it back, or finishes it, on demand."""

    def build(self) -> None:
        self._phase = Phase.CUT_OFF
        self._trouble = Trouble()
        self.when, self.changes, self.check_rows = label(), ChangeList(), CheckRows()
        self.worker = Worker(self, self._recovered, self._failed, self.changes.take)
        self.heading = heading(tr("What was under way"))
        under_way = Panel()
        add(under_way.column, self.heading, self.when, self.changes)
        self.add(under_way)
        super().build()
        self.panel = forgetting()
        self.report = ReportSaver(self.document, "failure")
        self.report.setParent(self)  # the bar has its button
        self.report.hide()
        self.state, self.bar = label(), busy_bar(tr("All changes"))
        self.add(self.state, self.bar, self.panel, self.check_rows, self.report.state)

    def entered(self) -> None:
        recovery = self.session.recovery
        if recovery is None or self.busy:
            return
        self._phase, self._trouble = Phase.CUT_OFF, Trouble()
        self.check_rows.show_checks(())
        time = moment(recovery.started.astimezone())
        begun = tr("Begun {time}. These changes were made or begun:", time=time)
        if recovery.forward:
            begun = tr("Begun {time}. These changes are still to be made:", time=time)
        self.when.setText(begun)
        state = "to do" if recovery.forward else "begun"
        self.changes.show_summaries(recovery.changes, state)
        super().entered()

    def arrange(self) -> None:
        super().arrange()
        for field_box in self.field_boxes.values():
            field_box.setVisible(self._needs_admin and not self._ended)
            field_box.setEnabled(not self.busy)
        for part in (self.state, self.bar):
            part.setVisible(self.busy)

    @property
    def _needs_admin(self) -> bool:
        recovery = self.session.recovery
        return recovery is not None and recovery.needs_admin

    def problems(self) -> tuple[Problem, ...]:
        if not self._needs_admin:
            return ()
        return typing_problems(self.page.fields, self.session.answers)

    @property
    def _ended(self) -> bool:
        return self._phase in (Phase.ENDED, Phase.REMOVED)

    @property
    def busy(self) -> bool:
        return self._phase is Phase.RUNNING

    @property
    def changing_machine(self) -> bool:
        return self.busy

    @property
    def can_stop(self) -> bool:
        return False  # what was cut off once is not cut off again

    @property
    def next_text(self) -> str:
        if self._ended:
            return tr("&Next")
        if not self.session.answers.forward:
            return tr("&Roll back now")
        if self.session.answers.removal:
            return tr("&Finish the removal")
        return tr("&Finish the changes")

    @property
    def following(self) -> str | None:
        # or another than Welcome: the journey begins anew
        return None if self._phase is Phase.REMOVED else "welcome"

    @property
    def enter_goes_on(self) -> bool:
        return False

    @property
    def notice(self) -> Notice | None:
        if not self._trouble.text or self.busy:
            return None
        steps = [Action(tr("Try again"), self.try_next)]
        if self._trouble.other_administrator and self._needs_admin:
            other = tr("Use another administrator")
            steps.append(Action(other, self.ask_other_administrator))
        ask, guide = self.report.ask, self.help_wanted.emit
        return notice_of_failure(self._trouble.text, steps, ask, guide)

    def document(self) -> Document:
        """Make the report of what could not be rolled back, or finished."""
        became = (
            (row.summary, word_of(row.state), row.detail) for row in self.changes.rows
        )
        checks = self.check_rows.checks
        return run_report(self._trouble.text, checks, became, origin_here())

    def try_next(self) -> bool:
        if self._ended:
            self.session.begin(self._machine)
        elif not self.busy and not self.refuse_problems():
            self._recover()
        return False

    def _recover(self) -> None:
        controller, inputs = self.session.controller, inputs_of(self.session.answers)
        removal, installed = self.session.answers.removal, self.session.installed
        self.check_rows.show_checks(())
        self.report.state.hide()
        self._trouble = Trouble()

        def recover(report: Any, _stop: object) -> Any:
            known = known_of(controller, installed) if removal else None
            return (
                controller.recovery.recover(inputs, report),
                known,
                read_machine(controller),
            )

        self._phase = Phase.RUNNING
        self.state.setText(say(self._under_way))
        announce(self, self.state.text())
        self.worker.start(recover)
        self.arrange()
        self.state_changed.emit()

    @property
    def _under_way(self) -> Text:
        count = len(self.changes.rows)
        if self.session.answers.forward:
            return plural("Making {count} change…", "Making {count} changes…", count)
        return Text("Rolling back what was done…")

    def _recovered(self, outcome: tuple[RolledBack, Any, Machine]) -> None:
        result, known, self._machine = outcome
        over = self._machine.recovery is None
        self._phase = Phase.ENDED if over else Phase.CUT_OFF
        self.arrange()
        if self.session.answers.forward and self.session.answers.removal:
            self._tell_finished(result)
            if known:
                self.panel.show_details(known)
            return
        left: dict[str, str] = {
            item.change.summary: item.reason for item in result.stuck
        }
        ended = "done" if self.session.answers.forward else "undone"
        for change in self.changes.rows:
            state = "stuck" if change.summary in left else ended
            change.turn(state, left.get(change.summary, ""))
        title = Text("Could not be rolled back")
        again = Text("Undo it by hand, then roll back again.")
        remedy = listed((again, GIVE_UP), " ")
        stuck = tuple(failure.stuck_row(title, item, remedy) for item in result.stuck)
        self.check_rows.show_checks(stuck)
        if stuck:
            needed = any(item.change.needs_admin for item in result.stuck)
            text = say(failure.not_rolled_back(len(stuck)))
            self._trouble = Trouble(text, other_administrator=needed)
            self.refuse("; ".join(check.detail for check in stuck))
        elif over:
            self._go_on(code_after(result.undone))
        self.state_changed.emit()

    def _go_on(self, code: Text) -> None:
        """Begin the journey anew; stay first where the code is no good any more."""
        if not code:
            self.session.begin(self._machine)
            return
        row = Check("code", Text("Enrolment code"), "info", code)
        self.check_rows.show_checks((row,))
        self.arrange()

    def _tell_finished(self, result: RolledBack) -> None:
        """Stay, and say what was done; the journey ends here."""
        self._phase = Phase.REMOVED
        details = {change.summary: say(change.detail) for change in self.changes.rows}
        done = [change.summary for change in result.finished]
        self.changes.show_summaries(done)
        for change in self.changes.rows:
            change.turn("done", details.get(change.summary, ""))
        self.title_label.setText(tr("Writeback is removed"))
        self.why_label.setText(tr("This server takes no more resets from the cloud."))
        self.heading.setText(tr("What was finished"))
        self.when.setText(say(failure.changes_made(len(done))))
        self.session.clear_secrets()
        self.arrange()
        self.state_changed.emit()

    def _failed(self, error: BaseException) -> None:
        self._phase = Phase.CUT_OFF
        self.arrange()
        rest = failure.as_apply_error(error).rest
        other = is_for_another_administrator(error, needed=self._needs_admin)
        text = tr("It was not rolled back.")
        if self.session.answers.forward:
            text = tr("It is not finished yet.")
        self._trouble = Trouble(text, other_administrator=other)
        again = Text("Fix the cause and finish it again, here or at the next start.")
        remedy = listed((again, GIVE_UP), " ")
        self.check_rows.show_checks(
            failure.describe_failure(error, remedy) if rest else (broken(error),)
        )
        for change in self.changes.rows:
            if change.state == "doing":
                change.turn("failed")
        self.refuse(str(error))
