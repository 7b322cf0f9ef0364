"""Self-service reset: the questions, and beside them whom and what they mean."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from agent.config.errors import Problem
from wizard.checks.outcome import Outcome
from wizard.checks.self_service import SMS_ALONE, sms_is_enough
from wizard.flow.conditions import helping_themselves
from wizard.flow.model import Field
from wizard.flow.pages.self_service import GROUPS, KINDS, PROOFS, TWO, WHO
from wizard.flow.validation import self_service_problems
from wizard.ui.form import Form
from wizard.ui.formatting import say
from wizard.ui.jobs.self_service_figures import SelfServiceCount
from wizard.ui.jobs.slices import Slices
from wizard.ui.people.eligible_panel import EligiblePanel
from wizard.ui.presenters.self_service import wrong_methods
from wizard.ui.theme import palette
from wizard.ui.theme.icons import Mark
from wizard.ui.widgets.field_box import FieldBox
from wizard.ui.widgets.labels import InkLabel, row, stack

_METHODS = (PROOFS, KINDS, TWO)  # they go together: what is wrong is said at once
_AT_ONCE = 3  # questions that are drawn in one event


class SelfServicePage(Form):
    """Off is one answer and hides the rest; who is meant is counted as one looks on.

    The rest is drawn once it is asked, a few questions an event.
    """

    def build(self) -> None:
        self._later = Slices(self)
        self._undrawn = list(self.page.fields)
        self.panel = EligiblePanel()
        self.warning = InkLabel(say(SMS_ALONE), "warning")
        mark = Mark("triangle-alert", "warning")
        self.warned = stack(row(mark, self.warning, grows=1))
        self.warned.hide()
        self.who, self.how, self.help_line = (
            stack(spacing=palette.GROUP) for _ in range(3)
        )
        self.add(self.who, self.panel, self.how, self.warned, self.help_line)
        self.add(self.more)
        self.add_check()
        self._draw(self._undrawn[:1])

    def add_field_box(self, field_box: FieldBox) -> None:
        super().add_field_box(field_box)
        parts = {WHO: self.who, GROUPS: self.who, PROOFS: self.how, KINDS: self.how}
        place = parts.get(field_box.field.path, self.help_line).layout()
        if place is not None and not field_box.field.more:
            place.addWidget(field_box)

    def _draw(self, fields: list[Field]) -> None:
        """Draw questions that are not drawn yet, with what is answered."""
        for field in fields:
            if field in self._undrawn:
                self._undrawn.remove(field)
                self.add_field_box(FieldBox(field))
                value = self.session.answers.get(field.path)
                self.field_boxes[field.path].set_value(value)

    def _draw_slice(self, fields: list[Field]) -> None:
        self._draw(fields)
        self.arrange()

    def _draw_rest(self) -> None:
        """Draw all at once: one of them is wanted now."""
        if self._undrawn:
            self._later.drop()
            self._draw_slice(list(self._undrawn))

    def _slices(self) -> Iterator[list[Field]]:
        left = self._undrawn
        for at in range(0, len(left), _AT_ONCE):
            yield left[at : at + _AT_ONCE]

    def set_answers(self, values: Mapping[str, Any]) -> None:
        if any(path not in self.field_boxes for path in values):
            self._draw_rest()
        super().set_answers(values)

    def focus_field(self, path: str) -> None:
        if path not in self.field_boxes:
            self._draw_rest()
        super().focus_field(path)

    def refuse_problems(self) -> bool:
        if helping_themselves(self.session.answers):
            self._draw_rest()
        return super().refuse_problems()

    def problems(self) -> tuple[Problem, ...]:
        """Give what is wrong; of the methods in the words of the page."""
        return tuple(map(self._worded, super().problems()))

    def _worded(self, problem: Problem) -> Problem:
        proofs = self.session.answers.get(PROOFS)
        words = wrong_methods(problem.path, proofs) if problem.field else None
        return replace(problem, rule=words) if words else problem

    def entered(self) -> None:
        self.panel.forget_refusal()
        super().entered()
        self._count()

    def left(self) -> None:
        self.panel.leave()
        super().left()

    def arrange(self) -> None:
        super().arrange()
        answers = self.session.answers
        on = helping_themselves(answers)
        kinds = tuple(answers.get(KINDS) or ())
        enough = sms_is_enough(answers.get(PROOFS), kinds)
        for part in (self.how, self.help_line):
            part.setVisible(on)
        self.warned.setVisible(on and enough)
        if on and self._undrawn and not self._later.busy:
            self._later.start(
                *(partial(self._draw_slice, fields) for fields in self._slices())
            )

    def _edited(self) -> None:
        super()._edited()
        self._count()
        self._refuse_methods()

    def _check_ended(self, outcome: Outcome | None) -> None:
        super()._check_ended(outcome)
        if outcome and not outcome.failed:
            self.panel.count_unknown()

    def _count(self) -> None:
        if not self.isVisible():
            return
        session, answers = self.session, self.session.answers
        asked = helping_themselves(answers) and not self._lacks_groups()
        count = SelfServiceCount.of(session.controller, answers) if asked else None
        self.panel.show_count(count)

    def _lacks_groups(self) -> bool:
        answers = self.session.answers
        (groups,) = (each for each in self.page.fields if each.path == GROUPS)
        return groups.needed(answers) and not answers.get(GROUPS)

    def _refuse_methods(self) -> None:
        """Say beside them what is wrong with the methods, as soon as it is."""
        answers, found = self.session.answers, tuple[Problem, ...]()
        if helping_themselves(answers):
            found = tuple(map(self._worded, self_service_problems(answers)))
        rules = {problem.path: problem.rule for problem in reversed(found)}
        if any(path in rules and path not in self.field_boxes for path in _METHODS):
            self._draw_rest()
        for path in _METHODS:
            if path in self.field_boxes:
                self.field_boxes[path].show_problem(rules.get(path, ""))
