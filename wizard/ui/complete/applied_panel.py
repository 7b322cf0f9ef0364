"""What was made, checked by the finder of the permissions page: people, the account."""

from PySide6.QtCore import Signal

from wire.text import EMPTY, Text, plural
from wizard.permissions.findings import Finding, Level
from wizard.results import Check
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.coverage import Batch, CoverageReport, Judge
from wizard.ui.jobs.page_checks import broken
from wizard.ui.presenters.verdict import check_of
from wizard.ui.review.cause_counts import CauseCounts
from wizard.ui.theme import palette
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.job_progress import Progress
from wizard.ui.widgets.labels import Panel, button, heading, label, row

_WAITING = "protected/waiting"  # for SDProp: no fault, and worth knowing


class AppliedPanel(Panel):
    """Counts who can be reset now, and says what is wrong with the account."""

    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.whole: CoverageReport | None = None
        self._judge: Judge | None = None
        self.sum_up = label()
        self.sum_up.setFont(palette.larger(2, bold=True))
        self.causes, self.account_rows = CauseCounts(), CheckRows()
        name = tr("Checking who can be reset")
        self.progress = Progress(name, self._checked, self._failed, self._moved)
        # always there: the keyboard goes on to it when Stop is hidden
        self.again = button(tr("Check &again"), self._check)
        title = heading(tr("Who can be reset now"))
        parts = (title, self.sum_up, self.causes, self.progress, self.account_rows)
        for part in parts:
            self.column.addWidget(part)
        self.column.addLayout(row(self.again))
        self.hide()

    def check(self, judge: Judge) -> None:
        """Check everybody in the scope, then the account."""
        self._judge = judge
        self.show()
        self._check()

    def _check(self) -> None:
        assert self._judge
        self.whole = None
        self.account_rows.show_checks(())
        self.causes.show_causes(None)
        self.sum_up.hide()
        self.progress.start(self._judge.run, tr("Reading people and permissions"))

    def _moved(self, batch: Batch) -> None:
        self.progress.show_seen(batch.seen)
        if batch.account:
            self.progress.show_account()

    def _checked(self, whole: CoverageReport) -> None:
        self.whole = whole
        coverage = whole.coverage
        text = Text(
            "{works} of {people} people in the scope can be reset.",
            works=coverage.would_work,
            people=coverage.people,
        )
        self.sum_up.setText(
            say(text if coverage.people else Text("Nobody is in the scope."))
        )
        self.sum_up.show()
        self.causes.show_causes(coverage)
        self.account_rows.show_checks(rows_of(whole.findings))
        announce(self, self.sum_up.text())
        self.ended.emit()

    def _failed(self, error: BaseException) -> None:
        self.account_rows.show_checks((broken(error),))
        self.ended.emit()


def rows_of(findings: tuple[Finding, ...]) -> tuple[Check, ...]:
    """Give what weighs, and what waits for SDProp; else that nothing is wrong."""
    quiet = (Level.OK, Level.INFO)
    telling = [f for f in findings if f.level not in quiet or f.id == _WAITING]
    rows = tuple(check_of(each) for each in telling)
    if any(each.level not in quiet for each in telling) or not findings:
        return rows
    fine = plural(
        "Nothing wrong in {count} finding.",
        "Nothing wrong in {count} findings.",
        len(findings),
    )
    title = Text("Rights and state of the service account")
    return (Check("account", title, "ok", fine, EMPTY), *rows)
