"""A page that asks: its fields drawn, their problems beside them, its check run."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from agent.config.errors import Problem
from wire.text import EMPTY, Text, listed
from wizard.checks.outcome import Outcome
from wizard.flow.model import Answers, Page
from wizard.flow.pages.credentials import administrator
from wizard.flow.route import page_asking
from wizard.flow.validation import problems_of
from wizard.ui.formatting import footer_letters, mnemonics, say, tr
from wizard.ui.frame.notice import Action, Notice
from wizard.ui.jobs.page_checks import Run, page_check
from wizard.ui.outcomes import PageOutcome
from wizard.ui.page import WizardPage
from wizard.ui.presenters.outcome import state_of, sum_up
from wizard.ui.session import Session
from wizard.ui.widgets.check_panel import CheckPanel
from wizard.ui.widgets.check_rows import text_of
from wizard.ui.widgets.disclosure import Disclosure
from wizard.ui.widgets.field_box import FieldBox
from wizard.ui.widgets.laid_once import laid_once
from wizard.ui.widgets.text_viewer import TextDialog

ADMINISTRATOR = tuple(field.path for field in administrator())


class CheckPhase(Enum):
    """How far the page's check is, and what Next does."""

    OPEN = auto()  # Next runs the check
    CHECKING = auto()  # by its own button; the page stays
    CHECKING_FOR_NEXT = auto()
    WARNED = auto()  # Next goes on, unless an answer is another by then
    PASSED = auto()


class Form(WizardPage):
    """A page of the flow made of its fields alone."""

    fills = False  # a part of the page takes the height that is left

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.check_panel: CheckPanel | None = None
        self.more = Disclosure()
        self._check_phase = CheckPhase.OPEN
        self._checked: Answers | None = None
        self._again = CheckPhase.CHECKING  # what a failed check was run for
        self.build()
        if not self.fills:
            self.body.addStretch(1)
        self.show_answers()
        session.reread.connect(self.show_answers)

    def build(self) -> None:
        """Draw the fields, and the check below them."""
        for field in self.page.fields:
            if field.kind != "containers":
                self.add_field_box(FieldBox(field))
        if self.more.boxes:
            self.body.addWidget(self.more)
        if self.page.check:
            self.add_check()

    def add_field_box(self, field_box: FieldBox) -> None:
        """Put a field on the page."""
        self.field_boxes[field_box.field.path] = field_box
        field_box.changed.connect(self._edited)
        if field_box.field.more:
            self.more.add(field_box)
        else:
            self.body.addWidget(field_box)

    def add_check(self) -> None:
        """Put the page's check on it."""
        check = self.page.check
        assert check
        self.check_panel = CheckPanel(say(check.label), say(check.placeholder))
        self.check_panel.requested.connect(self.check_now)
        self.check_panel.ended.connect(self._check_ended)
        self.body.addWidget(self.check_panel)

    @property
    def busy(self) -> bool:
        return self.check_panel is not None and self.check_panel.busy

    @property
    def answers(self) -> Mapping[str, Any]:
        return {
            path: field_box.value()
            for path, field_box in self.field_boxes.items()
            if not field_box.isHidden()
        }

    def problems(self) -> tuple[Problem, ...]:
        return problems_of(self.page, self.session.answers)

    def entered(self) -> None:
        self.show_answers()

    def show_answers(self) -> None:
        """Show the answers there are, and only the fields that are asked."""
        for path, field_box in self.field_boxes.items():
            field_box.set_value(self.session.answers.get(path))
        self.arrange()

    def _source(self, path: str) -> str:
        offered = self.session.offers.values.get(path)
        same = offered is not None and offered == self.session.answers.get(path)
        return self.session.offers.source(path) if same else ""

    def arrange(self) -> None:
        """Show, enable and name the fields by the answers so far."""
        with laid_once(self.body):
            self._show_fields()

    def _show_fields(self) -> None:
        answers = self.session.answers
        boxes = self.field_boxes.values()
        shown = [each for each in boxes if each.field.shown(answers)]
        labels = [
            each.question(optional=not each.field.needed(answers)) for each in shown
        ]
        for path, field_box in self.field_boxes.items():
            field_box.say_source(self._source(path))
            field_box.setVisible(field_box in shown)
            field_box.setEnabled(field_box.field.enabled(answers))
        check = self.page.check
        *labels, now = mnemonics(
            [*labels, say(check.label) if check else ""], footer_letters()
        )
        for field_box, text in zip(shown, labels, strict=True):
            field_box.name(text)
        if self.check_panel and check:
            self.check_panel.now.setText(now)
            self.check_panel.setVisible(check.when(answers))
        self.more.arrange()

    def _edited(self) -> None:
        """Write the answers; what depends on them is redrawn by `Session.changed`."""
        answers = self.session.answers.having(self.answers)
        if answers != self.session.answers:
            self.session.outcomes.forget(self.page.id)
        if self.check_panel and not (
            self.check_panel.busy and self._checked == answers
        ):
            self._check_phase = CheckPhase.OPEN
            self.check_panel.clear()
        self.session.take(self.answers)

    def try_next(self) -> bool:
        if self._check_phase is CheckPhase.PASSED:
            return True
        if self.busy or self.refuse_problems():
            return False
        warned = self._check_phase is CheckPhase.WARNED
        seen = warned and self._checked == self.session.answers
        if seen or not self.page.check:
            return True
        self._start(CheckPhase.CHECKING_FOR_NEXT)
        return False

    def refuse_problems(self) -> bool:
        """Tell what is wrong beside the fields, and go to the first."""
        problems = self.problems()
        rules = {p.path: p.rule for p in reversed(problems)}  # the first of each
        for path, field_box in self.field_boxes.items():
            field_box.show_problem(rules.get(path, ""))
        if not problems:
            return False
        first = self.field_boxes.get(problems[0].path)
        if first:
            first.focus()
            self.bring(first)
        told = [box.problem for box in self.field_boxes.values() if box.problem]
        self.refuse("; ".join(str(problem) for problem in problems), " ".join(told))
        return True

    def check_now(self) -> None:
        """Run the check without going on."""
        if not self.refuse_problems():
            self._start(CheckPhase.CHECKING)

    def check_run(self) -> Run:
        """Give the job of the page's check, on the answers as they are."""
        assert self.page.check
        controller, answers = self.session.controller, self.session.answers
        return page_check(controller, self.page.check.name, answers)

    def _start(self, phase: CheckPhase) -> None:
        assert self.check_panel
        assert self.page.check
        self._check_phase = self._again = phase
        self._checked = self.session.answers
        self.check_panel.start(self.check_run(), say(self.page.check.doing))
        self.bring(self.check_panel)
        self.state_changed.emit()

    def _check_ended(self, outcome: Outcome | None) -> None:
        going_on = self._check_phase is CheckPhase.CHECKING_FOR_NEXT
        self._check_phase = CheckPhase.OPEN
        if outcome is None:
            self.state_changed.emit()
            return
        with laid_once(self.body):
            if outcome.values:
                self.session.take(outcome.values)
                self.show_answers()
            self._record(outcome)
            self.state_changed.emit()
            self._tell(outcome)
        if outcome.failed:
            self.refuse_checks(outcome.failed)
        elif outcome.warnings and going_on:
            self._check_phase, self._checked = CheckPhase.WARNED, self.session.answers
            self.refuse_checks(outcome.warnings)
        elif going_on:
            self._check_phase, self._checked = CheckPhase.PASSED, self.session.answers
            self.go_on()

    def pass_on(self) -> None:
        if self._check_phase is CheckPhase.PASSED:
            if self._checked == self.session.answers:
                super().pass_on()
            self._check_phase = CheckPhase.OPEN

    def _record(self, outcome: Outcome) -> None:
        took = self.check_panel.took_ms if self.check_panel else 0.0
        self.session.outcomes.record(self.page, outcome, took)

    @property
    def next_text(self) -> str:
        return tr("Go o&n") if self._stopped_by_warning else super().next_text

    @property
    def _stopped_by_warning(self) -> bool:
        same = self._checked == self.session.answers
        return self._check_phase is CheckPhase.WARNED and same

    @property
    def notice(self) -> Notice | None:
        known = self.session.outcomes.of(self.page.id)
        if known is None or self.busy:
            return None
        state, text = state_of(known.outcome), sum_up(known.outcome)
        if self._stopped_by_warning:
            text = Text("{outcome}. Go on leaves it as it is.", outcome=text)
        steps = self._next_steps(known) if state == "failed" else ()
        details = Action(tr("Details"), self.show_details)
        return Notice(state, text, known.ms, (*steps, details))

    def _next_steps(self, failed: PageOutcome) -> tuple[Action, ...]:
        """Give what can be done after a failed check, other than mend an answer."""
        steps = [Action(tr("Try again"), self.check_again)]
        if any(check.field in ADMINISTRATOR for check in failed.outcome.failed):
            other = tr("Use another administrator")
            steps.append(Action(other, self.ask_other_administrator))
        return (*steps, Action(tr("Save report…"), self.show_report))

    def check_again(self) -> None:
        """Run the check that failed once more, for what it was run."""
        if not self.refuse_problems():
            self._start(self._again)

    def ask_other_administrator(self) -> None:
        """Go to where the domain administrator is asked for, here or on a page before.

        The password is that of the other one, so it is asked anew.
        """
        user, password = ADMINISTRATOR
        self.session.take({password: None})
        self.show_answers()
        if user in self.field_boxes and self.field_boxes[user].isVisibleTo(self):
            self.focus_field(user)
        else:
            self.page_wanted.emit(page_asking(self.session.answers, user) or "", user)

    def show_details(self) -> None:
        """Bring the rows of the check into sight."""
        if self.check_panel:
            self.bring(self.check_panel)

    def show_report(self) -> None:
        """Show what failed as a text, to be saved or copied."""
        known = self.session.outcomes.of(self.page.id)
        if known is None:
            return
        note = tr("What was checked and what came back. It holds no passwords.")
        text = f"{say(self.page.title)}\n\n{text_of(known.outcome.checks)}\n"
        TextDialog(self, tr("Report"), note, text, "report.txt").open()

    def _tell(self, outcome: Outcome) -> None:
        """Say failures beside their fields too, and show the rows."""
        beside_fields = [c for c in outcome.failed if c.field in self.field_boxes]
        told: dict[str, Text] = {}
        for check in beside_fields:
            before = told.get(str(check.field), EMPTY)
            parts = filter(None, (before, check.detail, check.remedy))
            told[str(check.field)] = listed(parts, " ")
        for path, words in told.items():
            self.field_boxes[path].show_problem(words)
        if beside_fields:
            first = self.field_boxes[str(beside_fields[0].field)]
            first.focus()
            self.bring(first)
        elif self.check_panel and (outcome.failed or outcome.warnings):
            self.bring(self.check_panel)
