"""Troubleshoot: why would this person's reset fail, what was answered, what helps."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QWidget

from wizard.checks.outcome import Outcome
from wizard.flow.conversion import inputs_of
from wizard.flow.model import Field, Page
from wizard.flow.validation import NEEDED
from wizard.permissions.people_search import FoundPerson
from wizard.ui.formatting import line, tr
from wizard.ui.jobs.troubleshoot import Explanation, Troubleshooter
from wizard.ui.page import WizardPage
from wizard.ui.people.answer_history import AnswerHistory
from wizard.ui.people.code_links import CodeLinks
from wizard.ui.people.entry_table import EntryPanel
from wizard.ui.people.found_list import FoundList
from wizard.ui.people.self_service_links import SelfServiceLinks
from wizard.ui.presenters.help_desk import Case, help_desk_text
from wizard.ui.presenters.verdict import WORDS
from wizard.ui.session import Session
from wizard.ui.widgets import labels
from wizard.ui.widgets.check_panel import CheckPanel
from wizard.ui.widgets.enter_action import run_on_enter
from wizard.ui.widgets.field_box import FieldBox
from wizard.ui.widgets.flow_layout import flow
from wizard.ui.widgets.grant_panel import GrantPanel

WHO = "explain.user"
_FIELD = Field(
    WHO,
    "Person",
    help=(
        "A name or how it begins, a sign-in name, account name, mail address, DN or "
        "GUID."
    ),
    width=44,
)
_Ask = Callable[[Troubleshooter], Outcome]


class ExplainPage(WizardPage):
    """Asks the directory what would come of each operation; Grant alone changes it."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.person: FoundPerson | None = None
        self.field_box = FieldBox(_FIELD)
        self.field_box.changed.connect(self._edited)
        empty = tr("Nothing is written; the person notices nothing.")
        self.check_panel = CheckPanel(tr("&Find"), empty, WORDS)
        self.check_panel.requested.connect(self.ask)
        self.check_panel.ended.connect(self._ended)
        self.found = FoundList()
        self.found.chosen.connect(self.ask_about)
        self.check_panel.place_above_rows(self.found)
        self.check_panel.place_above_rows(self._who())
        run_on_enter(self.content, self.check_panel.now)
        self.field_boxes[WHO] = self.field_box
        self.add(self.field_box, self.check_panel, *self._what_helps())
        self.add(*self._evidence())
        self.body.addStretch(1)

    def _who(self) -> QWidget:
        self.name, self.who = labels.heading(""), labels.LongName()
        self.whom = labels.stack(self.name, self.who, spacing=2)
        self.whom.hide()
        return self.whom

    def _what_helps(self) -> tuple[Any, ...]:
        self.codes = CodeLinks()
        self.codes.wanted.connect(self.code_wanted)
        name = tr("Grant what is missing")
        self.grant_button = labels.button(tr("&Grant…"), self._begin_grant, name)
        self.grant_button.hide()
        self.granting = GrantPanel(self.session.controller)
        self.granting.state_changed.connect(self.state_changed)
        self.granting.granted.connect(self._granted)
        self.field_boxes |= self.granting.field_boxes
        return self.codes, flow(self.grant_button), self.granting

    def _evidence(self) -> tuple[QWidget, ...]:
        self.self_service = SelfServiceLinks()
        self.history, self.entries = AnswerHistory(), EntryPanel()
        self.history.code_wanted.connect(self.code_wanted)
        return self.self_service, self.history, self.entries

    @property
    def busy(self) -> bool:
        return self.check_panel.busy or self.granting.changing

    @property
    def changing_machine(self) -> bool:
        return self.granting.changing

    def stop(self) -> None:
        """Stop granting; what was made is rolled back."""
        self.granting.stop()

    def ask(self) -> None:
        """Find whom the words mean, and ask about the person where it is only one."""
        value = str(self.field_box.value() or "").strip()
        self.field_box.show_problem("" if value else NEEDED)
        if not value or self.session.installed is None or self.busy:
            self.field_box.focus()
            return
        self._forget()
        self._start(lambda asker: asker.find(value), tr("Looking for the person"))

    def ask_about(self, person: FoundPerson) -> None:
        """Ask about one of those who were found."""
        if self.session.installed is None or self.busy:
            return
        self._forget_answers()
        self.found.mark(person)
        doing = tr("Reading the person, permissions and policy")
        self._start(lambda asker: asker.ask(person), doing)

    def _start(self, ask: _Ask, doing: str) -> None:
        installed = self.session.installed
        assert installed is not None
        inputs = inputs_of(self.session.answers)
        asker = Troubleshooter(self.session.controller, installed.settings, inputs)

        def run(_stop: threading.Event, _report: Any) -> Outcome:
            return ask(asker)

        self.check_panel.start(run, doing)
        self.state_changed.emit()

    def _edited(self) -> None:
        self.field_box.show_problem("")
        self._forget()
        self.check_panel.clear()
        self.state_changed.emit()

    def _forget(self) -> None:
        self.found.forget()
        self._forget_answers()

    def _forget_answers(self) -> None:
        """Show nothing about the person of before."""
        self.person = None
        self.codes.show_codes(())
        told = (self.whom, self.self_service, self.history, self.entries)
        for part in (*told, self.grant_button):
            part.hide()
        if not self.granting.changing:
            self.granting.close_panel()

    def _ended(self, outcome: Outcome | None) -> None:
        if isinstance(outcome, Explanation):
            if outcome.found is not None:
                self.found.show_found(outcome.found)
            if outcome.person is not None:
                self._show_person(outcome, outcome.person)
            else:
                self.bring(self.found)
        self.state_changed.emit()

    def _show_person(self, outcome: Explanation, person: FoundPerson) -> None:
        assert outcome.explained is not None
        assert outcome.answers is not None
        verdict = outcome.explained.verdict
        self.person = person
        self.found.mark(person)
        named = tr("{name} ({sign_in})", name=person.name, sign_in=person.sign_in_name)
        self.name.setText(named if person.sign_in_name else line(person.name))
        self.who.set_name(verdict.dn)
        self.whom.show()
        answers = (verdict.reset, verdict.change, verdict.unlock, verdict.must_change)
        self.codes.show_codes(answer.code.value for answer in answers)
        self.grant_button.setVisible(outcome.is_fixed_by_grant)
        self.self_service.show_links(outcome.explained.self_service)
        self.history.show_answers(outcome.answers, datetime.now().astimezone())
        self.entries.show_entries(outcome.explained.listed)
        case = Case(person.name, person.sign_in_name, verdict)
        told = [help_desk_text([case]).rstrip()]
        if len(outcome.explained.self_service) > 1:  # it is for somebody
            told.append(self.self_service.text)
        self.check_panel.copy.text_to_copy = "\n\n".join(told)
        self.check_panel.copy.setText(tr("Copy for the help desk"))

    def _begin_grant(self) -> None:
        installed = self.session.installed
        if installed is not None and not self.granting.busy:
            inputs = inputs_of(self.session.answers)
            self.granting.begin(installed.settings, inputs, grants=True)
            self.bring(self.granting)

    def _granted(self) -> None:
        """Ask again: what was granted should help the person."""
        if self.person is not None:
            self.ask_about(self.person)
