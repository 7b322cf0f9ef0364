"""A check on a page: its button, what it is doing, Stop, and its rows."""

from functools import partial

from PySide6.QtCore import QElapsedTimer, QTimer, Signal
from PySide6.QtWidgets import QWidget

from wire.text import Text, plural
from wizard.checks.outcome import Outcome
from wizard.ui.announce import announce
from wizard.ui.formatting import duration, say, tr
from wizard.ui.jobs.page_checks import Run, broken
from wizard.ui.jobs.stoppable import Stoppable
from wizard.ui.jobs.worker import Worker
from wizard.ui.theme.icons import Mark
from wizard.ui.widgets import labels
from wizard.ui.widgets.check_rows import CheckRows, Words, text_of


class CheckPanel(QWidget, Stoppable):
    """Runs a check off the GUI thread and shows what came back."""

    requested = Signal()  # the check's own button was pressed
    ended = Signal(object)  # an Outcome, or None when it was stopped
    progressed = Signal(object)  # what the check reported on the way
    cleared = Signal()  # what was shown counts no more

    def __init__(self, name: str, empty: str, words: Words | None = None) -> None:
        super().__init__()
        self.worker = Worker(self, self._succeeded, self._failed)
        self.worker.progressed.connect(self.progressed)
        self._clock, self._tick = QElapsedTimer(), QTimer(self)
        self._tick.timeout.connect(self._tell_time)
        self.now = labels.button(name)
        self.now.clicked.connect(self.requested)
        self.copy = labels.CopyButton("", tr("Copy what came back"))
        self._before = empty
        self.took_ms = 0.0  # the last one that ended
        self.empty = labels.label(empty, muted=True)
        self._has_checks = False
        self.check_rows = CheckRows(words)
        now, running = labels.row(self.now, self.copy), self._running()
        parts = (now, running, self.empty, self.check_rows)
        self._place = labels.column(self, *parts, spacing=12)
        self._arrange()

    def _running(self) -> QWidget:
        self.doing = labels.label(wrap=False)
        self.took = labels.label(muted=True, wrap=False)
        self.bar = labels.busy_bar(tr("Check in progress"))
        self.stop = labels.button(tr("Stop"), self.stop_check, tr("Stop the check"))
        top = labels.row(Mark("loader-circle", "accent"), self.doing, self.took)
        self.running = labels.stack(top, labels.row(self.bar, self.stop), spacing=6)
        self.bar.setMinimumWidth(240)
        return self.running

    @property
    def busy(self) -> bool:
        """Whether the check is under way."""
        return self.worker.busy

    def start(self, run: Run, doing: str) -> None:
        """Begin; `ended` tells how it went."""
        self.doing.setText(doing)
        announce(self, doing)
        self.check_rows.show_checks(())
        self._has_checks = False
        self.empty.setText("")
        self.cleared.emit()
        self.worker.start(lambda report, stop: run(stop, report))
        self._clock.start()
        self._tick.start(200)
        self._tell_time()
        self._arrange()

    def stop_check(self) -> None:
        """Leave the check; what it still says is not heard."""
        self.worker.drop()
        self._arrange()
        self.empty.setText(tr("Stopped. Nothing was changed."))
        announce(self, self.empty.text())
        self.empty.show()
        self.ended.emit(None)

    def stop_looking(self) -> None:
        self.stop_check()

    def clear(self) -> None:
        """Show no rows, and hear of none: the answers they are about are others now."""
        self.worker.drop()
        if self.check_rows.checks:
            self.check_rows.show_checks(())
        self.empty.setText(self._before)
        self._has_checks = False
        self.cleared.emit()
        self._arrange()

    def place_above_rows(self, widget: QWidget) -> None:
        """Show something else of the check, above its rows."""
        self._place.insertWidget(self._place.indexOf(self.check_rows), widget)

    def _succeeded(self, outcome: Outcome) -> None:
        self.took_ms = float(self._clock.elapsed())
        self.check_rows.show_checks(outcome.rows)
        # of a hundred controllers there are hundreds of rows
        self.copy.text_to_copy = partial(text_of, outcome.checks)
        self.copy.setText(tr("Copy"))
        self._has_checks = bool(outcome.checks)
        self._arrange()
        if outcome.checks or outcome.inspection:
            announce(self, _sum_up(outcome))
        self.ended.emit(outcome)

    def _failed(self, error: BaseException) -> None:
        self._succeeded(Outcome((broken(error),)))

    def _arrange(self) -> None:
        busy, has_checks = self.busy, self._has_checks
        if not busy:
            self._tick.stop()
        self.running.setVisible(busy)
        self.now.setEnabled(not busy)
        self.copy.setVisible(has_checks)
        self.empty.setVisible(not busy and not has_checks and bool(self.empty.text()))

    def _tell_time(self) -> None:
        elapsed = self._clock.elapsed()
        self.took.setText(duration(elapsed) if elapsed >= 1000 else "")


def _sum_up(outcome: Outcome) -> str:
    """Say how a check ended; what failed is said by whoever refuses to go on."""
    if outcome.failed:
        count = len(outcome.failed)
        ended = plural(
            "The check ended: {count} failure",
            "The check ended: {count} failures",
            count,
        )
    elif outcome.warnings:
        count = len(outcome.warnings)
        ended = plural(
            "The check ended: {count} warning",
            "The check ended: {count} warnings",
            count,
        )
    else:
        ended = Text("The check ended: all is well")
    return say(ended)
