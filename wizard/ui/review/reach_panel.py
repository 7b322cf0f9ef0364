"""How many people will be able to reset, and why the others will not."""

from PySide6.QtCore import Signal

from wire.text import EMPTY, Text
from wizard.controller.permissions import Coverage
from wizard.report.plan_report import reach_in_words
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.reach import Reach
from wizard.ui.presenters.failure import wording
from wizard.ui.review.cause_counts import CauseCounts
from wizard.ui.theme import palette
from wizard.ui.widgets.job_progress import Progress
from wizard.ui.widgets.labels import Panel, button, heading, label, row


class ReachPanel(Panel):
    """Counts for the settings it is given; what it came to is kept for the report."""

    ended = Signal()  # it is known, or it is known why not

    def __init__(self) -> None:
        super().__init__()
        self.found: Coverage | Text | None = None
        self._counted: Reach | None = None
        title = heading(tr("Who will be able to reset"))
        self.sum_up = label()
        self.sum_up.setFont(palette.larger(2, bold=True))
        self.causes = CauseCounts()
        name = tr("Counting who will be able to reset")
        self.progress = Progress(name, self._known, self._failed)
        self.again = button(tr("Count again"), self._count)
        for part in (title, self.sum_up, self.causes, self.progress):
            self.column.addWidget(part)
        self.column.addLayout(row(self.again))
        self.hide()

    def show_reach(self, reach: Reach | None) -> None:
        """Count, where it was not counted for the same; None hides it."""
        self.setVisible(reach is not None)
        if reach is None:
            self.leave()
            self.found, self._counted = None, None
        elif reach != self._counted or not isinstance(self.found, Coverage):
            self._counted = reach
            self._count()

    def leave(self) -> None:
        """Stop counting: another page is shown."""
        if self.progress.worker.busy:
            self.progress.worker.drop()
            self.progress.hide()
            self._counted = None

    def _count(self) -> None:
        assert self._counted
        self.found = None
        self._draw()
        self.progress.start(self._counted.run, tr("Reading people and permissions"))

    def _known(self, coverage: Coverage) -> None:
        self.found = coverage
        self._draw()
        announce(self, self.sum_up.text())
        self.ended.emit()

    def _failed(self, error: BaseException) -> None:
        reason = wording(error)
        self.found = Text("{reason}", reason=reason)
        self._draw()
        self.ended.emit()

    def _draw(self) -> None:
        found = self.found
        coverage = found if isinstance(found, Coverage) else None
        words: Text = EMPTY
        if coverage:
            words = reach_in_words(coverage)
        elif isinstance(found, Text):
            words = Text("Not known: {reason}", reason=found)
        self.causes.show_causes(coverage)
        size = 2 if coverage else 0
        self.sum_up.setFont(palette.larger(size, bold=bool(coverage)))
        self.sum_up.setText(say(words))
        self.sum_up.setVisible(bool(words))
        complete = coverage is not None and coverage.complete
        self.again.setVisible(found is not None and not complete)
