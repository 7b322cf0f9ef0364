"""Ready to configure: the plan in words; nothing happens before it is accepted."""

from functools import partial

from PySide6.QtWidgets import QWidget

from agent.config.errors import Problem, SettingsError
from agent.config.settings_file import dump
from wire.text import EMPTY, Text, plural
from wizard.enrolment.expected_portal import expected_portal
from wizard.errors import Busy, RecoveryNeeded
from wizard.flow.choices import PageChoices, choices_of
from wizard.flow.command_line import FILE, command
from wizard.flow.conditions import removing
from wizard.flow.conversion import inputs_of
from wizard.flow.model import Field
from wizard.flow.pages.credentials import administrator
from wizard.flow.route import asked_fields
from wizard.flow.validation import typing_problems
from wizard.plan.change import Plan
from wizard.report.document import Document
from wizard.report.plan_report import PlanFacts, origin_here, plan_report
from wizard.results import Check
from wizard.ui.complete.portal_details import PortalComparison
from wizard.ui.form import Form
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.page_checks import broken
from wizard.ui.jobs.plans import Planned, planning
from wizard.ui.jobs.reach import Reach
from wizard.ui.jobs.slices import Slices
from wizard.ui.jobs.worker import Worker
from wizard.ui.pages.remove import kept as left_by_removal
from wizard.ui.presenters.verified import summed_up
from wizard.ui.review.chosen_view import ChosenView
from wizard.ui.review.left_out import left_out_by_express
from wizard.ui.review.plan_view import PlanView
from wizard.ui.review.reach_panel import ReachPanel
from wizard.ui.review.report_saver import ReportSaver
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.enter_action import run_on_enter
from wizard.ui.widgets.field_box import FieldBox
from wizard.ui.widgets.flow_layout import flow
from wizard.ui.widgets.labels import Heading, busy_bar, button, label, row, stack
from wizard.ui.widgets.laid_once import laid_once
from wizard.ui.widgets.text_viewer import TextDialog

_ADMINISTRATOR = administrator()
_USER = _ADMINISTRATOR[0].path
ACCEPT = "input.accept_final"


class ReviewPage(Form):
    """Shows the plan; its Next is the button that changes the machine."""

    def build(self) -> None:
        self.worker = Worker(self, self._planned, self._failed)
        self._slices = Slices(self)
        self._plan: Plan | None = None  # what is drawn; whole, it is the session's
        self._asks_admin = False  # the plan needs one, who is asked for here
        self._sought = ""  # a field to go to as soon as it is asked for
        self.waiting = self._waiting()
        self.view, self.check_rows = PlanView(), CheckRows()
        self.portal, self.reach = PortalComparison(ahead=True), ReachPanel()
        self.again = button(tr("Make the plan a&gain"), self.replan)
        self.not_in_order = label(
            tr("Nothing can be changed here, but not everything is in order:")
        )
        self.add(self.waiting, self.not_in_order, self.check_rows)
        self.add(self.portal, self.reach, self.view, self._verified_part())
        self.add(self._chosen_part())
        note = tr("These changes need a domain administrator, once; not stored.")
        self.admin_note = label(note)
        self.add(self.admin_note)
        for field in _ADMINISTRATOR:
            self.add_field_box(FieldBox(field))
            run_on_enter(self.field_boxes[field.path], self.again)
        self.add(row(self.again))
        accept = Field(ACCEPT, "Yes, remove what can't be rolled back", "check")
        self.add_field_box(FieldBox(accept))
        self._papers()

    def _waiting(self) -> QWidget:
        bar = busy_bar(tr("Making the plan"))
        bar.setMaximumWidth(360)
        return stack(label(tr("Comparing your answers with what is there")), bar)

    def _verified_part(self) -> QWidget:
        self.verified = CheckRows()
        title = Heading(tr("Verified"), larger=2)
        self.verified_part = stack(title, self.verified)
        return self.verified_part

    def _chosen_part(self) -> QWidget:
        self.chosen = ChosenView()
        self.chosen.change.connect(self._change)
        title = Heading(tr("What you chose"), larger=2)
        self.chosen_part = stack(title, self.chosen)
        return self.chosen_part

    def _papers(self) -> None:
        """Put what can be taken along at the end of the page."""
        self.report = ReportSaver(self.document)
        self.file = button(tr("Settings file…"), self._show_file)
        self.command = button(tr("Command line…"), self._show_command)
        self.papers = stack(
            flow(self.report, self.file, self.command), self.report.state
        )
        self.add(self.papers)

    @property
    def busy(self) -> bool:
        return self.worker.busy or self._slices.busy

    @property
    def can_go_back(self) -> bool:
        return True  # making the plan only reads, from controllers that may be slow

    @property
    def can_go_on(self) -> bool:
        agreed = not self._final or bool(self.session.answers.get(ACCEPT))
        return not self.busy and bool(self.session.changes) and agreed

    @property
    def ends(self) -> bool:
        plan = self.session.plan
        return not self.busy and plan is not None and not plan.changes

    @property
    def destroys(self) -> bool:
        return self._final

    @property
    def _final(self) -> bool:
        return any(change.final for change in self.session.changes)

    @property
    def next_text(self) -> str:
        count = len(self.session.changes)
        if removing(self.session.answers):
            return tr("&Remove Writeback")
        if self.session.installed is None:
            return tr("&Install")
        if not count:
            return tr("&Apply")
        apply = plural("&Apply {count} change", "&Apply {count} changes", count)
        return say(apply)

    def problems(self) -> tuple[Problem, ...]:
        if not self._asks_admin:
            return ()
        return typing_problems(_ADMINISTRATOR, self.session.answers)

    def entered(self) -> None:
        self.session.returns_to = ""
        super().entered()
        self.replan()

    def left(self) -> None:
        self.worker.drop()
        self._slices.drop()
        self.reach.leave()

    def replan(self) -> None:
        """Make the plan anew: the answers or the machine may be others."""
        self.session.plan = self._plan = None
        self._slices.drop()
        self._asks_admin = False
        self.session.take({ACCEPT: False})
        self._clear()
        plan = planning(self.session)
        self.worker.start(lambda _report, _stop: plan())
        self.show_answers()
        self.state_changed.emit()

    def arrange(self) -> None:
        super().arrange()
        self.waiting.setVisible(self.busy)
        self.admin_note.setVisible(self._asks_admin)
        for field in _ADMINISTRATOR:
            self.field_boxes[field.path].setVisible(self._asks_admin)
        self.field_boxes[ACCEPT].setVisible(self._final)
        self.again.setVisible(not self.busy and bool(self.check_rows.checks))
        planned = self.session.plan is not None
        self.papers.setVisible(planned)
        self.report.setVisible(bool(self.session.changes))

    def _clear(self) -> None:
        self.check_rows.show_checks(())
        self.view.clear()
        parts = (self.not_in_order, self.portal, self.reach)
        for part in (*parts, self.verified_part, self.chosen_part):
            part.hide()

    def _planned(self, planned: Planned) -> None:
        """Draw a plan, part by part: it may be of thousands of changes."""
        self._plan = planned.plan
        self._slices.start(
            lambda: self._show_changes(planned),
            lambda: self.portal.show_fingerprint(self._portal),
            lambda: self._show_rest(planned.plan),
        )

    def _show_rest(self, plan: Plan) -> None:
        chosen = self._chosen()
        self.chosen.clear()
        self._slices.start(
            *(partial(self.chosen.add_group, each) for each in chosen),
            lambda: self._show_chosen(there=bool(chosen)),
            self._show_verified,
            lambda: self._drawn(plan),
        )

    def _show_changes(self, planned: Planned) -> None:
        plan = planned.plan
        self.check_rows.show_checks(planned.checks)
        self.not_in_order.setVisible(bool(planned.checks))
        nothing = EMPTY if planned.checks else self._nothing
        self.view.show_plan(plan.changes, self._kept(), nothing)

    def _show_chosen(self, *, there: bool) -> None:
        self.chosen.setVisible(there)
        self.chosen_part.setVisible(there)

    def _show_verified(self) -> None:
        checks = self._checks()
        with laid_once(self.body):
            self.verified.show_checks(summed_up(checks))
            self.verified_part.setVisible(bool(checks))

    def _drawn(self, plan: Plan) -> None:
        """Offer the plan, once all of it is to be seen."""
        self.session.plan = plan
        self._asks_admin = plan.needs_admin and self._admin_is_open
        with laid_once(self.body):
            self.reach.show_reach(self._reach)
            self.arrange()
        self._seek()
        self.state_changed.emit()

    @property
    def _admin_is_open(self) -> bool:
        """Whether an administrator was not given, or can be corrected here alone."""
        answers = self.session.answers
        elsewhere = any(field.path == _USER for field in asked_fields(answers))
        return inputs_of(answers).admin is None or not elsewhere

    @property
    def _portal(self) -> str:
        """What is compared before it is accepted; nothing where nobody is trusted."""
        plan, installed = self._plan, self.session.installed
        if plan is None or plan.removes:
            return ""
        enrols = any(change.step == "enrolment" for change in plan.changes)
        code = inputs_of(self.session.answers).enrolment_code if enrols else None
        return expected_portal(code, installed.portal if installed else None)

    @property
    def _reach(self) -> Reach | None:
        """Who is counted: by the settings of a plan that changes something."""
        plan = self.session.plan
        if plan is None or plan.settings is None or not plan.changes:
            return None
        inputs = inputs_of(self.session.answers)
        return Reach(self.session.controller, plan.settings, inputs)

    def _chosen(self) -> tuple[PageChoices, ...]:
        plan, session = self._plan, self.session
        if plan is None or plan.settings is None:
            return ()
        return choices_of(session.answers, plan.settings, session.offers)

    def _checks(self) -> tuple[Check, ...]:
        """Give what the checks on the way came to, of a plan that does something."""
        if self._plan is None or not self._plan.changes:
            return ()
        verified = self.session.outcomes.verified(self.session.answers)
        return tuple(check for each in verified for check in each.outcome.checks)

    def focus_field(self, path: str) -> None:
        """Go to a field, as soon as the plan says whether it is asked for."""
        self._sought = path
        self._seek()

    def _seek(self) -> None:
        if self._sought in self.field_boxes and not self.busy:
            if self.field_boxes[self._sought].isVisibleTo(self):
                super().focus_field(self._sought)
            self._sought = ""

    def _change(self, page_id: str) -> None:
        """Go to the page that decides it, and come back from there."""
        self.session.returns_to = self.page.id
        self.wanted.emit(page_id)

    def document(self) -> Document:
        """Make the report of the plan that is shown."""
        plan = self.session.plan
        assert plan is not None
        facts = PlanFacts(
            plan,
            self._chosen(),
            self._kept(),
            self.reach.found,
            self._portal,
            self._checks(),
        )
        return plan_report(facts, origin_here())

    @property
    def _nothing(self) -> Text:
        if self.session.answers.get("task") == "repair":
            return Text(
                "Nothing to do: files, service, permissions and secrets are as the "
                "settings say."
            )
        return Text("Nothing to do: everything is as you answered.")

    def _kept(self) -> tuple[Text, ...]:
        if removing(self.session.answers):
            return left_by_removal(self.session)
        if self.session.answers.installed is not None:
            return ()  # what was chosen says what is as it is now
        return (
            Text("No existing account, group or permission is removed."),
            *left_out_by_express(self.session.answers),
        )

    def _failed(self, error: BaseException) -> None:
        self.check_rows.show_checks((broken(error),))
        waits = isinstance(error, Busy | RecoveryNeeded | SettingsError)
        self._asks_admin = self._admin_is_open and not waits
        self.arrange()
        self._seek()
        self.refuse(str(error))

    def _show_file(self) -> None:
        note = tr("What your answers come to. It holds no passwords and no keys.")
        if removing(self.session.answers):
            note = tr(
                "Save it to set up again from. It holds no passwords and no keys."
            )
        text = dump(self.session.settings)
        TextDialog(self, tr("Settings file"), note, text, "settings.yaml").open()

    def _show_command(self) -> None:
        words = command(self.session.answers)
        note = tr("This command makes the same changes.")
        if FILE in words:
            note = tr("Save the settings file; this command makes the same changes.")
        TextDialog(self, tr("Command line"), note, words).open()
