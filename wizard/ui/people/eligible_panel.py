"""Whom self-service is for: counted as soon as nobody types any more."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from agent.ldap.errors import SignInRefused
from wire.text import EMPTY, Text
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.self_service_figures import SelfServiceCount, SelfServiceFigures
from wizard.ui.presenters.failure import wording
from wizard.ui.presenters.self_service import counts_of, eligible_in_words
from wizard.ui.review.cause_counts import CauseCounts
from wizard.ui.theme import palette
from wizard.ui.widgets.job_progress import Progress
from wizard.ui.widgets.labels import (
    InkLabel,
    Panel,
    button,
    heading,
    label,
    row,
    stack,
)

_TYPING_MS = 600  # nothing is asked while somebody types


class EligiblePanel(Panel):
    """Counts for the answers it is given; a count that is known is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: SelfServiceFigures | None = None
        self._count: SelfServiceCount | None = None
        # a sign-in that was refused is not tried again by itself: it would count
        # towards the account's lockout
        self._refusal: BaseException | None = None
        self._soon = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._soon.timeout.connect(self._begin)
        name = tr("Counting who may reset their own password")
        self.progress = Progress(name, self._known, self._failed)
        self.column.addWidget(heading(tr("Whom this means")))
        for part in (self.progress, self._found(), self._trouble()):
            self.column.addWidget(part)
        self.setAccessibleName(tr("Whom this means"))
        self.hide()

    def _found(self) -> QWidget:
        self.sum_up, self.counts, self.note = label(), CauseCounts(), label(muted=True)
        self.sum_up.setFont(palette.larger(1, bold=True))
        self.note.setText(
            tr("Checked as if the permissions of the scope were granted.")
        )
        self.found = stack(self.sum_up, self.counts, self.note, spacing=4)
        return self.found

    def _trouble(self) -> QWidget:
        self.reason = InkLabel("", "warning")
        self.again = button(tr("Count again"), self._once_more)
        self.trouble = stack(self.reason, row(self.again))
        self.waits = label(muted=True)
        return stack(self.waits, self.trouble)

    @property
    def busy(self) -> bool:
        """Whether it counts, or will once nobody types."""
        return self.progress.busy or self._soon.isActive()

    def show_count(self, count: SelfServiceCount | None) -> None:
        """Count, where it was not counted for the same; None hides it."""
        self.setVisible(count is not None)
        if count is None:
            self.leave()
            self._count = self.figures = None
        elif count != self._count and not self._is_known(count):
            self.progress.worker.drop()
            self._count, self.figures = count, None
            if self._refusal:
                self._failed(self._refusal)
                return
            self._soon.start()
            self._draw(EMPTY)

    def _is_known(self, count: SelfServiceCount) -> bool:
        """Say whether it is the one that is shown, with the names found meanwhile."""
        known = self.figures
        return known is not None and known.resolved == count.answers

    def leave(self) -> None:
        """Stop counting: another page is shown."""
        if self.busy:
            self._soon.stop()
            self.progress.worker.drop()
            self.progress.hide()
            self._count = None

    def forget_refusal(self) -> None:
        """Sign in again by itself: it is somebody else, or somewhere else."""
        self._refusal = None

    def count_unknown(self) -> None:
        """Count where somebody was not found before, and is by now."""
        if self.figures and self.figures.unknown:
            self._once_more()

    def _once_more(self) -> None:
        self.forget_refusal()
        self.figures = None
        self._begin()

    def _begin(self) -> None:
        if self._count:
            self._draw(EMPTY)
            self.progress.start(self._count.run, tr("Reading people and permissions"))

    def _known(self, figures: SelfServiceFigures) -> None:
        self.figures = figures
        self._draw(EMPTY)
        announce(self, self.sum_up.text() or self.waits.text())

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, SignInRefused):
            self._refusal = error
        self._draw(Text("Not known: {reason}", reason=wording(error)))

    def _draw(self, trouble: Text) -> None:
        reach = self.figures.reach if self.figures else None
        unknown = self.figures.unknown if self.figures else EMPTY
        waits = Text("Counted once everybody is found: {reason}", reason=unknown)
        self.waits.setText(say(waits) if unknown else "")
        self.waits.setVisible(bool(unknown))
        self.trouble.setVisible(bool(trouble) or bool(reach and not reach.complete))
        self.reason.setText(say(trouble))
        self.reason.setVisible(bool(trouble))
        self.found.setVisible(reach is not None)
        if reach and self.figures:
            self.sum_up.setText(say(eligible_in_words(reach)))
            named = self.figures.two_proof_named
            self.counts.show_counts(counts_of(reach, two_proof_named=named))
            self.note.setVisible(bool(reach.eligible))
