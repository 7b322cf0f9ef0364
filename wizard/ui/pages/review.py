"""Ready to configure: the plan in words; nothing happens before it is accepted."""

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from agent.config.errors import Problem, SettingsError
from agent.config.settings_file import dump
from wire.text import EMPTY, Text, plural
from wizard.checks.express_scope import (
    LEFT_OUT,
    UNGUARDED,
    left_out_text,
    unguarded_text,
)
from wizard.errors import Busy, RecoveryNeeded
from wizard.flow.conditions import beside_original, original_is_gone, rekeying, removing
from wizard.flow.conversion import inputs_of
from wizard.flow.model import Answers, Field
from wizard.flow.pages.credentials import administrator
from wizard.flow.route import asked_fields
from wizard.flow.summary import Decision, unchanged
from wizard.flow.validation import missing_of
from wizard.ui.form import Form
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.page_checks import broken
from wizard.ui.jobs.plans import Planned, planning
from wizard.ui.jobs.worker import Worker
from wizard.ui.pages.remove import kept as left_by_removal
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.enter_action import run_on_enter
from wizard.ui.widgets.field_box import FieldBox
from wizard.ui.widgets.labels import busy_bar, button, label, row, stack
from wizard.ui.widgets.plan_view import PlanView
from wizard.ui.widgets.text_viewer import TextDialog

_ADMINISTRATOR = administrator()
_USER = _ADMINISTRATOR[0].path
ACCEPT = "input.accept_final"
_FILE = "--settings settings.yaml"


class ReviewPage(Form):
    """Shows the plan; its Next is the button that changes the machine."""

    def build(self) -> None:
        self.worker = Worker(self, self._planned, self._failed)
        self._asks_admin = False  # the plan needs one, who is asked for here
        self.waiting = self._waiting()
        self.view, self.check_rows = PlanView(), CheckRows()
        self.again = button(tr("Make the plan a&gain"), self.replan)
        self.not_in_order = label(
            tr("Nothing can be changed here, but not everything is in order:")
        )
        self.add(self.waiting, self.not_in_order, self.check_rows, self.view)
        note = tr("These changes need a domain administrator, once; not stored.")
        self.admin_note = label(note)
        self.add(self.admin_note)
        for field in _ADMINISTRATOR:
            self.add_field_box(FieldBox(field))
            run_on_enter(self.field_boxes[field.path], self.again)
        self.add(row(self.again))
        accept = Field(ACCEPT, "Yes, remove what can't be rolled back", "check")
        self.add_field_box(FieldBox(accept))
        self.file = button(tr("Settings file…"), self._show_file)
        self.command = button(tr("Command line…"), self._show_command)
        self.add(row(self.file, self.command))

    def _waiting(self) -> QWidget:
        bar = busy_bar(tr("Making the plan"))
        bar.setMaximumWidth(360)
        return stack(label(tr("Comparing your answers with what is there")), bar)

    @property
    def busy(self) -> bool:
        return self.worker.busy

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
        return missing_of(_ADMINISTRATOR, self.session.answers)

    def entered(self) -> None:
        super().entered()
        self.replan()

    def left(self) -> None:
        self.worker.drop()

    def replan(self) -> None:
        """Make the plan anew: the answers or the machine may be others."""
        self.session.plan = None
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

    def _clear(self) -> None:
        self.check_rows.show_checks(())
        self.view.clear()
        self.not_in_order.hide()

    def _planned(self, planned: Planned) -> None:
        self.session.plan = plan = planned.plan
        self._asks_admin = plan.needs_admin and self._admin_is_open
        self.check_rows.show_checks(planned.checks)
        self.not_in_order.setVisible(bool(planned.checks))
        nothing = EMPTY if planned.checks else self._nothing
        self.view.show_plan(plan.changes, self._kept(), nothing)
        self.arrange()
        self.state_changed.emit()

    @property
    def _admin_is_open(self) -> bool:
        """Whether an administrator was not given, or can be corrected here alone."""
        answers = self.session.answers
        elsewhere = any(field.path == _USER for field in asked_fields(answers))
        return inputs_of(answers).admin is None or not elsewhere

    @property
    def _nothing(self) -> Text:
        if self.session.answers.get("task") == "repair":
            return Text(
                "Nothing to do: files, service, permissions and secrets are as the "
                "settings say."
            )
        return Text("Nothing to do: everything is as you answered.")

    def _kept(self) -> tuple[Text, ...]:
        installed = self.session.answers.installed
        if installed is None:
            return (
                Text("No existing account, group or permission is removed."),
                *self._left_out(),
            )
        if removing(self.session.answers):
            return left_by_removal(self.session)
        return tuple(
            _words(item) for item in unchanged(installed, self.session.settings)
        )

    def _left_out(self) -> Iterator[Text]:
        """Say who Express leaves out."""
        answers = self.session.answers
        if answers.get("mode") == "express":
            yield from map(left_out_text, answers.get(LEFT_OUT) or ())
            yield from map(unguarded_text, answers.get(UNGUARDED) or ())

    def _failed(self, error: BaseException) -> None:
        self.check_rows.show_checks((broken(error),))
        waits = isinstance(error, Busy | RecoveryNeeded | SettingsError)
        self._asks_admin = self._admin_is_open and not waits
        self.arrange()
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
        if _FILE in words:
            note = tr("Save the settings file; this command makes the same changes.")
        TextDialog(self, tr("Command line"), note, words).open()


def command(answers: Answers) -> str:
    """Give the command line that does what this journey does."""
    if removing(answers):
        return _remove(answers)
    if answers.get("task") == "repair":
        return "writeback repair"
    if rekeying(answers):
        return _rekey(answers)
    return f"writeback apply {_FILE}"


def _remove(answers: Answers) -> str:
    chosen = inputs_of(answers)
    keeps = ["--keep-account"] if chosen.keep_account else []
    deletes = ["--delete-audit"] if chosen.delete_audit else []
    return " ".join(["writeback remove", *keeps, *deletes])


def _rekey(answers: Answers) -> str:
    words = ["writeback rekey"]
    if beside_original(answers):
        words.append(_FILE)
    if original_is_gone(answers):
        words.append("--original-is-gone")
    return " ".join(words)


def _words(item: Decision) -> Text:
    return Text("{label}: {value}", label=item.label, value=item.value)
