"""Permissions: everybody judged as one looks on; who would fail, and why."""

import threading
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QLayout, QWidget

from agent.config.errors import SettingsError
from agent.config.settings import Settings
from agent.verdict.causes import CAUSES, Cause
from wire.text import EMPTY, Text, plural
from wizard.controller.permissions import Coverage
from wizard.flow.conversion import inputs_of
from wizard.flow.model import Page
from wizard.permissions.coverage import PersonVerdict
from wizard.permissions.export import Form
from wizard.permissions.findings import Level
from wizard.results import Check
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.coverage import Batch, CoverageReport, Judge
from wizard.ui.jobs.page_checks import broken
from wizard.ui.page import WizardPage
from wizard.ui.presenters import other_operations
from wizard.ui.presenters.failure import wording
from wizard.ui.presenters.verdict import WORDS, check_of, checks_of
from wizard.ui.session import Session
from wizard.ui.theme import palette
from wizard.ui.widgets import labels
from wizard.ui.widgets.cause_table import CauseTable
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.flow_layout import flow
from wizard.ui.widgets.grant_panel import GrantPanel
from wizard.ui.widgets.job_progress import Progress


class PermissionsPage(WizardPage):
    """Judges on entering; nothing is changed unless Grant is pressed."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.whole: CoverageReport | None = None
        self._judged_for: Judge | None = None
        self.sum_up = labels.label()
        self.sum_up.setFont(palette.larger(3, bold=True))
        self.short, self.hint = labels.label(), labels.label(muted=True)
        for text in (self.short, self.hint):
            text.hide()
        judged, failed = self._judged, self._failed
        self.progress = Progress(tr("Checking"), judged, failed, self._moved)
        self.table = CauseTable()
        self.table.cause_chosen.connect(self._tell_cause)
        self.table.person_chosen.connect(self._tell_person)
        self.check_rows = CheckRows()
        texts = (self.sum_up, self.short, self.hint)
        self.granting = GrantPanel(session.controller)
        self.granting.state_changed.connect(self._arrange)
        self.granting.granted.connect(self.judge)
        self.field_boxes = self.granting.field_boxes
        self.add(*texts, self.progress, self.check_rows, self.table, self._why())
        self.add(*self._buttons(), self.granting, self._account())
        self.body.addStretch(1)

    def _why(self) -> QWidget:
        self.why = labels.Panel()
        self.who = labels.LongName()
        self.remedy = labels.label()
        self.answer_rows = CheckRows(WORDS)
        labels.add(self.why.column, self.who, self.remedy, self.answer_rows)
        self.why.hide()
        return self.why

    def _buttons(self) -> tuple[QWidget | QLayout, ...]:
        self.again = labels.button(tr("&Check again"), self.judge)
        name = tr("Export everybody as a file")
        self.export = labels.button(tr("&Export…"), self._ask_file, name)
        exported, failed = self._exported, self._not_exported
        self.exporter = Progress(tr("Exporting"), exported, failed)
        self.state = labels.LiveLabel(muted=True)
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
        self._judged_for, self.whole = judge, None
        if not self.alone:
            self.granting.close_panel()  # it showed what was missing before
        self.table.forget()
        self.table.show()
        self.check_rows.show_checks(())
        for part in (self.why, self.account, self.short, self.hint):
            part.hide()
        for text in (self.sum_up, self.state):
            text.setText("")
        self.progress.start(judge.run, tr("Reading people and permissions"))
        self._arrange()

    def _moved(self, batch: Batch) -> None:
        self.progress.show_seen(batch.seen)
        if batch.account:
            self.progress.show_account()
        self.table.take(batch.people)
        works, judged = batch.seen.would_work, batch.seen.people
        text = tr("{people} of {count} people can be reset", people=works, count=judged)
        self.sum_up.setText(text if judged else "")

    def _judged(self, whole: CoverageReport) -> None:
        self.whole = whole
        coverage = whole.coverage
        self.table.settle()
        short = other_operations.describe_operations(self.table.also)
        self.short.setText("\n".join(say(each) for each in short))
        hint = _hint(coverage, stopped=whole.stopped, short=bool(short))
        self.hint.setText(say(hint))
        for text in (self.short, self.hint):
            text.setVisible(bool(text.text()))
        if not coverage.people:
            self.sum_up.setText(tr("Nobody is in the scope"))
            self.table.hide()
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
        name = self.settings.directory.sign_in_name
        self.account_name.setText(tr("The account {name}", name=name))
        self.account_rows.show_checks(checks)
        self.account.setVisible(bool(checks))

    def _failed(self, error: BaseException) -> None:
        self._judged_for = None
        self.check_rows.show_checks((broken(error),))
        self.table.hide()
        self._arrange()

    def _tell_cause(self, cause: Cause) -> None:
        meaning = CAUSES[cause]
        self.who.hide()
        self.answer_rows.show_checks(())
        remedy = tr("What to do: {remedy}", remedy=meaning.remedy)
        self.remedy.setText(remedy)
        self.remedy.setVisible(bool(meaning.remedy))
        self.why.setVisible(bool(meaning.remedy))

    def _tell_person(self, judged: PersonVerdict) -> None:
        self.who.set_name(judged.verdict.dn)
        self.who.show()
        self.remedy.hide()
        self.answer_rows.show_checks(checks_of(judged.verdict))
        self.why.show()
        self.bring(self.why)

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

        self.state.setText("")
        self.exporter.start(job, tr("Reading people and permissions"))
        self._arrange()

    def _exported(self, place: Path | None) -> None:
        done = tr("Saved as {path}", path=str(place)) if place else tr("Not saved.")
        self.state.setText(done)
        self._arrange()

    def _not_exported(self, error: BaseException) -> None:
        self.state.setText(wording(error))
        self._arrange()

    def _arrange(self) -> None:
        busy = self.progress.worker.busy or self.exporter.worker.busy
        busy = busy or self.granting.busy
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
        return Text("Open a cause to see who, and choose a person to see why.")
    return Text("Nothing stands in anybody's way.") if coverage.people else EMPTY
