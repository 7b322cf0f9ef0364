"""Permissions: everybody judged as one looks on; who would fail, and why."""

import threading
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QLayout, QWidget

from agent.config.errors import SettingsError
from agent.config.settings import Settings
from agent.verdict.causes import CAUSES, Cause
from wire.text import EMPTY, Text, plural
from wizard.controller.permissions import Coverage
from wizard.flow.conversion import inputs_of
from wizard.flow.model import Page
from wizard.permissions.export import Form
from wizard.permissions.findings import Level
from wizard.results import Check
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.coverage import Batch, CoverageReport, Judge
from wizard.ui.jobs.page_checks import broken
from wizard.ui.page import WizardPage
from wizard.ui.people.intake import Intake
from wizard.ui.people.people_list import PeopleList
from wizard.ui.people.why_panel import WhyPanel
from wizard.ui.presenters import other_operations
from wizard.ui.presenters.failure import wording
from wizard.ui.presenters.other_operations import RESET_WORKS, Key
from wizard.ui.presenters.verdict import check_of
from wizard.ui.session import Session
from wizard.ui.theme import palette
from wizard.ui.widgets import labels
from wizard.ui.widgets.cause_table import CauseTable
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.flow_layout import flow
from wizard.ui.widgets.grant_panel import GrantPanel
from wizard.ui.widgets.job_progress import Progress
from wizard.ui.widgets.side_by_side import SideBySide

_GROWS = 10  # how much more of a high window the people take than what is empty
_LEAST_WIDE = (
    400  # pixels, of usual letters, for each of list and why, to stand side by side
)


class PermissionsPage(WizardPage):
    """Judges on entering; nothing is changed unless Grant is pressed."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.whole: CoverageReport | None = None
        self._ended: CoverageReport | None = None  # not everybody is listed yet
        self._cause: Cause | None = None
        self._judged_for: Judge | None = None
        self.sum_up = labels.label()
        self.sum_up.setFont(palette.larger(3, bold=True))
        self.short, self.hint = labels.label(), labels.label(muted=True)
        for text in (self.short, self.hint):
            text.hide()
        judged, failed = self._judged, self._failed
        self.progress = Progress(tr("Checking"), judged, failed, self._moved)
        self.intake = Intake(self)
        self.intake.ended.connect(self._settled)
        self.check_rows = CheckRows()
        texts = (self.sum_up, self.short, self.hint)
        self.granting = GrantPanel(session.controller)
        self.granting.state_changed.connect(self._arrange)
        self.granting.granted.connect(self.judge)
        self.field_boxes = self.granting.field_boxes
        self.add(*texts, self.progress, self.check_rows, *self._everybody())
        self.add(*self._buttons(), self.granting, self._account())
        self.body.addStretch(1)
        self.body.setStretchFactor(self.people_and_why, _GROWS)
        self.fill_width()

    def _everybody(self) -> tuple[QWidget, ...]:
        self.table, self.people, self.why = CauseTable(), PeopleList(), WhyPanel()
        for takes in (self.table.take, self.people.take):
            self.intake.took.connect(takes)
        self.table.chosen.connect(self._list_cause)
        self.people.chosen.connect(self._tell_chosen)
        self.why.code_wanted.connect(self.code_wanted)
        beside = SideBySide(
            *(self.people, self.why),
            least=round(_LEAST_WIDE * palette.text_scale()),
            spacing=palette.GROUP,
            shares=(2, 1),
        )
        copy = QShortcut(QKeySequence.StandardKey.Copy, self.people.table)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.why.copy_text)
        self.people_and_why = beside
        return self.table, beside

    def _buttons(self) -> tuple[QWidget | QLayout, ...]:
        self.again = labels.button(tr("&Check again"), self.judge)
        name = tr("Export everybody as a file")
        self.export = labels.button(tr("&Export…"), self._ask_file, name)
        exported, failed = self._exported, self._not_exported
        self.exporter = Progress(tr("Exporting"), exported, failed)
        self.state = labels.LiveLabel(muted=True)
        self.state.hide()
        name = tr("Grant what is missing")
        self.grant_button = labels.button(tr("&Grant…"), self._begin_grant, name)
        name = tr("Permissions to request from another team")
        self.hand_over = labels.button(
            tr("For another &team…"), self._begin_grant, name
        )
        acts = (self.grant_button, self.hand_over, self.again, self.export)
        return self.exporter, flow(*acts), self.state

    def _account(self) -> QWidget:
        self.account_name, self.account_rows = labels.heading(""), CheckRows()
        self.account = labels.stack(self.account_name, self.account_rows)
        self.account.hide()
        return self.account

    @property
    def busy(self) -> bool:
        return self.granting.changing

    @property
    def changing_machine(self) -> bool:
        return self.granting.changing

    def stop(self) -> None:
        """Stop granting; what was made is taken back."""
        self.granting.stop()

    @property
    def alone(self) -> bool:
        """Whether this is the task itself; a plan that follows grants by itself."""
        installed = self.session.installed is not None
        return installed and self.session.answers.get("task") == "permissions"

    @property
    def settings(self) -> Settings:
        """What is judged: the answers so far, or what is in force."""
        installed = self.session.installed
        return installed.settings if installed and self.alone else self.session.settings

    @property
    def judge_now(self) -> Judge:
        """The judging that fits the answers."""
        inputs = inputs_of(self.session.answers)
        return Judge(self.session.controller, self.settings, inputs)

    def entered(self) -> None:
        try:
            judge = self.judge_now
        except SettingsError as error:
            self._failed(error)
            return
        if self._judged_for != judge:
            self.judge()

    def judge(self) -> None:
        """Judge everybody anew."""
        judge = self.judge_now
        self._judged_for, self.whole, self._ended = judge, None, None
        self._cause = None
        if not self.alone:
            self.granting.close_panel()  # it showed what was missing before
        self.intake.forget()
        self.table.forget()
        self.people.forget()
        self.people.show_cause(None)
        self.table.show()
        self.people_and_why.show()
        self.check_rows.show_checks(())
        for part in (self.account, self.short, self.hint):
            part.hide()
        self.sum_up.setText("")
        self._say("")
        self.progress.start(judge.run, tr("Reading people and permissions"))
        self._arrange()

    def _moved(self, batch: Batch) -> None:
        self.progress.show_seen(batch.seen)
        if batch.account:
            self.progress.show_account()
        self.intake.put(batch.people)
        works, judged = batch.seen.would_work, batch.seen.people
        text = tr("{people} of {count} people can be reset", people=works, count=judged)
        self.sum_up.setText(text if judged else "")

    def _judged(self, whole: CoverageReport) -> None:
        self._ended = whole
        self.intake.end()

    def _settled(self) -> None:
        """Say what it came to, once everybody is listed."""
        whole = self._ended
        assert whole is not None
        self.whole, self._ended = whole, None
        coverage = whole.coverage
        self.table.settle()
        self.people.settle()
        short = other_operations.describe_operations(self.table.also)
        self.short.setText("\n".join(say(each) for each in short))
        hint = _hint(coverage, stopped=whole.stopped, short=bool(short))
        self.hint.setText(say(hint))
        for text in (self.short, self.hint):
            text.setVisible(bool(text.text()))
        if not coverage.people:
            self.sum_up.setText(tr("Nobody is in the scope"))
        self.table.setVisible(bool(coverage.people))
        self.people_and_why.setVisible(bool(coverage.people))
        announce(self, self.sum_up.text())
        self._show_account(whole)
        self._arrange()

    def _show_account(self, whole: CoverageReport) -> None:
        weighing = [f for f in whole.findings if f.level not in (Level.OK, Level.INFO)]
        checks = [check_of(each) for each in weighing]
        if not checks and whole.findings:
            text = plural(
                "Nothing wrong in {count} finding.",
                "Nothing wrong in {count} findings.",
                len(whole.findings),
            )
            checks = [Check("account", Text("Rights and state"), "ok", text)]
        assert self._judged_for is not None
        # as it was checked: the answers may be others by now, and wrong
        name = self._judged_for.settings.directory.sign_in_name
        self.account_name.setText(tr("The account {name}", name=name))
        self.account_rows.show_checks(checks)
        self.account.setVisible(bool(checks))

    def _failed(self, error: BaseException) -> None:
        self._judged_for = None
        self.intake.forget()
        self.check_rows.show_checks((broken(error),))
        self.table.hide()
        self.people_and_why.hide()
        self._arrange()

    def _list_cause(self, key: Key | None) -> None:
        self._cause = key[1] if key and key != RESET_WORKS else None
        self.people.table.clearSelection()
        self.people.show_cause(key)
        self._tell_chosen()

    def _tell_chosen(self) -> None:
        cases = self.people.cases
        if cases:
            self.why.show_cases(cases)
        else:
            self.why.show_nobody(self._cause)

    def _ask_file(self) -> None:
        forms = f"{tr('Table (*.csv)')};;{tr('JSON lines (*.jsonl)')}"
        dialog = QFileDialog(self.window(), tr("Export"), "permissions.csv", forms)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path)))
        dialog.open()

    def export_to(self, place: Path) -> None:
        """Write everybody into a file: JSON lines by its name, else a table."""
        form: Form = "jsonl" if place.suffix.lower() == ".jsonl" else "csv"
        judge = self.judge_now

        def job(report: Any, stop: threading.Event) -> Path | None:
            return judge.export(place, form, report, stop)

        self._say("")
        self.exporter.start(job, tr("Reading people and permissions"))
        self._arrange()

    def _exported(self, place: Path | None) -> None:
        done = tr("Saved as {path}", path=str(place)) if place else tr("Not saved.")
        self._say(done)
        self._arrange()

    def _not_exported(self, error: BaseException) -> None:
        self._say(wording(error))
        self._arrange()

    def _say(self, text: str) -> None:
        """Say what became of the file; what says nothing takes no place."""
        self.state.setVisible(bool(text))
        self.state.setText(text)

    def _arrange(self) -> None:
        busy = self.progress.worker.busy or self.exporter.worker.busy
        busy = busy or self.granting.busy or self._ended is not None
        self.grant_button.setVisible(self.alone)
        self.hand_over.setVisible(not self.alone and self._account_is_there)
        for act in (self.grant_button, self.hand_over):
            act.setEnabled(not busy and self._lacks_grants)
        self.again.setEnabled(not busy)
        self.export.setEnabled(not busy and self.whole is not None)
        self.state_changed.emit()

    @property
    def _lacks_grants(self) -> bool:
        operations = self.whole.coverage.causes if self.whole else {}
        return any(
            CAUSES[c].mended_by_grant for causes in operations.values() for c in causes
        )

    @property
    def _account_is_there(self) -> bool:
        """Whether entries can be shown: without an account there is no SID for them."""
        judged = self._judged_for
        installed = self.session.installed is not None
        return judged is not None and (
            installed or judged.settings.directory.account.kind == "existing"
        )

    def _begin_grant(self) -> None:
        inputs = inputs_of(self.session.answers)
        self.granting.begin(self.settings, inputs, grants=self.alone)
        self.bring(self.granting)


def _hint(coverage: Coverage, *, stopped: bool, short: bool) -> Text:
    if stopped:
        return plural(
            "Stopped: {count} person was checked, not everybody.",
            "Stopped: {count} people were checked, not everybody.",
            coverage.people,
        )
    if coverage.foreseen:
        return Text("The account is not made yet: this is what its grants will reach.")
    if short or coverage.would_work < coverage.people:
        return Text("Choose a cause to see who, and a person to see why.")
    return Text("Nothing stands in anybody's way.") if coverage.people else EMPTY
