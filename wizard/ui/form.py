"""A page that asks: its fields drawn, their problems beside them, its check run."""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Any

from agent.config.errors import Problem
from wizard.checks.outcome import Outcome
from wizard.flow.model import Answers, Page
from wizard.flow.validation import problems_of
from wizard.results import Check
from wizard.ui.formatting import mnemonics, tr
from wizard.ui.jobs.page_checks import page_check
from wizard.ui.page import WizardPage
from wizard.ui.session import Session
from wizard.ui.widgets.check_panel import CheckPanel
from wizard.ui.widgets.field_box import FieldBox

_FOOTER = "nbch"


class CheckPhase(Enum):
    """How far the page's check is, and what Next does."""

    OPEN = auto()  # Next runs the check
    CHECKING = auto()  # by its own button; the page stays
    CHECKING_FOR_NEXT = auto()
    WARNED = auto()  # Next goes on, unless an answer is another by then
    PASSED = auto()


class Form(WizardPage):
    """A page of the flow made of its fields alone.

    Attributes:
        fills: a part of the page takes the height that is left.

    """

    fills = False

    def __init__(self, page: Page, journey: Session) -> None:
        super().__init__(page, journey)
        self.boxes: dict[str, FieldBox] = {}
        self.checking: CheckPanel | None = None
        self._check_phase = CheckPhase.OPEN
        self._checked: Answers | None = None
        self.build()
        if not self.fills:
            self.body.addStretch(1)
        self.show_answers()
        journey.reread.connect(self.show_answers)

    def build(self) -> None:
        """Draw the fields, and the check below them."""
        for field in self.page.fields:
            if field.kind != "containers":
                self.add_box(FieldBox(field))
        if self.page.check:
            self.add_check()

    def add_box(self, box: FieldBox) -> None:
        """Put a field on the page."""
        self.boxes[box.field.path] = box
        box.changed.connect(self._edited)
        self.body.addWidget(box)

    def add_check(self) -> None:
        """Put the page's check on it."""
        check = self.page.check
        assert check
        self.checking = CheckPanel(tr(check.label), tr(check.placeholder))
        self.checking.asked.connect(self.check_now)
        self.checking.ended.connect(self._check_ended)
        self.body.addWidget(self.checking)

    @property
    def busy(self) -> bool:
        return self.checking is not None and self.checking.busy

    @property
    def answers(self) -> Mapping[str, Any]:
        return {
            path: box.value() for path, box in self.boxes.items() if not box.isHidden()
        }

    def problems(self) -> tuple[Problem, ...]:
        return problems_of(self.page, self.journey.answers)

    def set_answers(self, values: Mapping[str, Any]) -> None:
        for path, value in values.items():
            self._box(path).set_value(value)
            self._edited()

    def _box(self, path: str) -> FieldBox:
        if path not in self.boxes:
            raise KeyError(f"page {self.page.id} does not ask {path}")
        return self.boxes[path]

    def entered(self) -> None:
        self.show_answers()

    def show_answers(self) -> None:
        """Show the answers there are, and only the fields that are asked."""
        for path, box in self.boxes.items():
            box.set_value(self.journey.answers.get(path))
        self.arrange()

    def _source(self, path: str) -> str:
        offered = self.journey.offers.values.get(path)
        same = offered is not None and offered == self.journey.answers.get(path)
        return self.journey.offers.source(path) if same else ""

    def arrange(self) -> None:
        """Show, enable and name the fields by the answers so far."""
        answers = self.journey.answers
        shown = [box for box in self.boxes.values() if box.field.shown(answers)]
        for path, box in self.boxes.items():
            box.say_source(self._source(path))
            box.setVisible(box in shown)
            box.setEnabled(box.field.enabled(answers))
            box.mark_optional(optional=not box.field.needed(answers))
        labels = [box.label.text() for box in shown]
        check = self.page.check
        *labels, now = mnemonics([*labels, tr(check.label) if check else ""], _FOOTER)
        for box, text in zip(shown, labels, strict=True):
            box.name(text)
        if self.checking and check:
            self.checking.now.setText(now)
            self.checking.setVisible(check.when(answers))

    def _edited(self) -> None:
        self.journey.take(self.answers)
        self.arrange()
        if self.checking and not (
            self.checking.busy and self._checked == self.journey.answers
        ):
            self._check_phase = CheckPhase.OPEN
            self.checking.clear()
        self.state_changed.emit()

    def validatePage(self) -> bool:
        if self._check_phase is CheckPhase.PASSED:
            return True
        if self.busy or self.refuse_problems():
            return False
        seen = (
            self._check_phase is CheckPhase.WARNED
            and self._checked == self.journey.answers
        )
        if seen or not self.page.check:
            return True
        self._start(CheckPhase.CHECKING_FOR_NEXT)
        return False

    def refuse_problems(self) -> bool:
        """Tell what is wrong beside the fields, and go to the first."""
        problems = self.problems()
        for path, box in self.boxes.items():
            box.show_problem(next((p.rule for p in problems if p.path == path), ""))
        if not problems:
            return False
        first = self.boxes.get(problems[0].path)
        if first:
            first.focus()
            self.bring(first)
        self.refuse("; ".join(str(problem) for problem in problems))
        return True

    def check_now(self) -> None:
        """Run the check without going on."""
        if not self.refuse_problems():
            self._start(CheckPhase.CHECKING)

    def _start(self, phase: CheckPhase) -> None:
        assert self.checking
        assert self.page.check
        self._check_phase = phase
        self._checked = self.journey.answers
        run = page_check(self.journey.controller, self.page.check.name, self._checked)
        self.checking.start(run, tr(self.page.check.doing))
        self.bring(self.checking)
        self.state_changed.emit()

    def _check_ended(self, outcome: Outcome | None) -> None:
        going_on = self._check_phase is CheckPhase.CHECKING_FOR_NEXT
        self._check_phase = CheckPhase.OPEN
        self.state_changed.emit()
        if outcome is None:
            return
        if outcome.values:
            self.journey.take(outcome.values)
            self.show_answers()
        self._tell(outcome)
        if outcome.failed:
            self._refuse_checks(outcome.failed)
        elif outcome.warnings and going_on:
            self._check_phase, self._checked = CheckPhase.WARNED, self.journey.answers
            self._refuse_checks(outcome.warnings)
        elif going_on:
            self._check_phase = CheckPhase.PASSED
            self.go_on()
            self._check_phase = CheckPhase.OPEN

    def _refuse_checks(self, checks: Sequence[Check]) -> None:
        self.refuse("; ".join(f"{check.title}: {check.detail}" for check in checks))

    def _tell(self, outcome: Outcome) -> None:
        """Say failures beside their fields too, and show the rows."""
        told = [c for c in outcome.failed if c.field in self.boxes]
        for check in told:
            words = f"{check.detail} {check.remedy}".strip()
            self.boxes[str(check.field)].show_problem(words)
        if told:
            first = self.boxes[str(told[0].field)]
            first.focus()
            self.bring(first)
        elif self.checking and (outcome.failed or outcome.warnings):
            self.bring(self.checking)

    def close_work(self) -> None:
        if self.checking:
            self.checking.worker.close()
