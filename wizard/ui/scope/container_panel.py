"""What the tick of one container means: who is in it, and who of them can reset."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from agent.ldap.dn import canonical
from agent.ldap.errors import SignInRefused
from wire.text import EMPTY, Text
from wizard.controller.permissions import CoverageProgress
from wizard.results import ContainerKind
from wizard.ui.announce import announce
from wizard.ui.formatting import line, say, tr
from wizard.ui.jobs.container_reach import ContainerFigures, ContainerReach
from wizard.ui.jobs.worker import Worker
from wizard.ui.presenters.container_words import KINDS, figures_in_words
from wizard.ui.presenters.failure import wording
from wizard.ui.review.cause_counts import CauseCounts
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import (
    CopyButton,
    InkLabel,
    Link,
    LongName,
    Panel,
    busy_bar,
    button,
    heading,
    label,
    row,
    stack,
)

_MOVING_MS = 300  # nothing is asked while somebody walks through the tree


class ContainerPanel(Panel):
    """One container; its people are checked as soon as the keyboard rests on it."""

    permissions_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.figures: ContainerFigures | None = None
        self._reach: ContainerReach | None = None
        self._leads_on = False
        # a sign-in that was refused is not tried again by itself: it would count
        # towards the account's lockout
        self._refusal: BaseException | None = None
        self.worker = Worker(self, self._known, self._failed, self._moved)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_MOVING_MS)
        self._soon.timeout.connect(self._count)
        self.who, self.about = heading(""), label(muted=True)
        self.standing = label()
        self.column.addWidget(stack(self.who, self.about, self.standing, spacing=4))
        for part in (self._counting(), self._found(), self._trouble(), self._name()):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self.setAccessibleName(tr("What a tick means"))
        self.show_nothing()

    def _counting(self) -> QWidget:
        self.doing = label(muted=True)
        self.bar = busy_bar(tr("Checking the people of the container"))
        self.counting = stack(self.doing, self.bar, spacing=6)
        return self.counting

    def _found(self) -> QWidget:
        self.would = label(tr("With a tick here:"), muted=True)
        self.sum_up = label()
        self.sum_up.setFont(palette.larger(0, bold=True))
        self.causes, self.note = CauseCounts(), label(muted=True)
        text = tr("See who and why on Permissions")
        self.link = Link(text, self.permissions_wanted.emit)
        parts = (self.would, self.sum_up, self.causes, self.note, self.link)
        self.found = stack(*parts, spacing=4)
        return self.found

    def _trouble(self) -> QWidget:
        self.reason = InkLabel("", "failed")
        self.again = button(tr("Try again"), self._count)
        self.trouble = stack(self.reason, row(self.again))
        return self.trouble

    def _name(self) -> QWidget:
        self.dn = LongName()
        self.copy = CopyButton("", tr("Copy the distinguished name"))
        self.name = stack(
            label(tr("Distinguished name"), muted=True),
            self.dn,
            row(self.copy),
            spacing=4,
        )
        return self.name

    def show_nothing(self, note: str = "") -> None:
        """Say what would be here; or the whole of a note that has the keyboard."""
        self.leave()
        self._reach = None
        self.who.setText(tr("What a tick means"))
        self.about.hide()
        empty = tr("Choose a container to see who is in it.")
        self.standing.setText(note or empty)
        for part in (self.counting, self.found, self.trouble, self.name):
            part.hide()

    def show_container(
        self,
        reach: ContainerReach,
        kind: ContainerKind | None,
        standing: Text,
        *,
        ticked: bool,
        leads_on: bool,
    ) -> None:
        """Show one container, and check its people.

        Args:
            reach: the check, with the scope that it is for.
            kind: what the container is; None where that is not known.
            standing: how it stands in the scope.
            ticked: some of it is in the scope; else it is checked as if it were.
            leads_on: the page Permissions can be shown from here.

        """
        name = canonical(reach.container)
        self.who.setText(line(name))
        self.about.setText(say(KINDS[kind].name if kind else EMPTY))
        self.about.setVisible(kind is not None)
        self.standing.setText(say(standing))
        self.dn.set_name(reach.container)
        self.copy.show_text(line(reach.container))
        self.name.show()
        self.would.setVisible(not ticked)
        self._leads_on = leads_on
        if reach != self._reach:
            self._reach, self.figures = reach, None
            self.worker.drop()
            if self._refusal:
                self._failed(self._refusal)
                return
            self._soon.start()
            self._draw(EMPTY)

    def forget_refusal(self) -> None:
        """Sign in again by itself: it is somebody else, or somewhere else."""
        self._refusal = None

    def stop(self) -> None:
        """Stop the check that is under way; it can be tried again."""
        self.worker.drop()
        self._draw(Text("Stopped."))

    def leave(self) -> None:
        """Stop checking: another page is shown."""
        self._soon.stop()
        if self.worker.busy:
            self.worker.drop()
            self._reach = None

    def _count(self) -> None:
        if self._reach:
            self.forget_refusal()
            self.worker.start(self._reach.run)
            self._draw(EMPTY)

    def _moved(self, seen: CoverageProgress) -> None:
        if seen.people:
            self.doing.setText(tr("Checking: {count} so far", count=seen.people))

    def _known(self, figures: ContainerFigures) -> None:
        self.figures = figures
        self._draw(EMPTY)
        words = figures_in_words(figures)
        announce(self, tr("{name}: {words}", name=self.who.text(), words=words))

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, SignInRefused):
            self._refusal = error
        self._draw(Text("Not known: {reason}", reason=wording(error)))

    def _draw(self, trouble: Text) -> None:
        figures = self.figures
        self.counting.setVisible(figures is None and not trouble)
        if figures is None:
            self.doing.setText(tr("Checking…"))
        self.trouble.setVisible(bool(trouble))
        self.reason.setText(say(trouble))
        self.found.setVisible(figures is not None)
        if figures is None:
            return
        self.sum_up.setText(say(figures_in_words(figures)))
        coverage = figures.coverage
        self.causes.show_causes(coverage)
        note = _note(figures)
        self.note.setText(say(note))
        self.note.setVisible(bool(note))
        short = coverage is not None and coverage.would_work < coverage.people
        self.link.setVisible(short and self._leads_on)


def _note(figures: ContainerFigures) -> Text:
    if figures.coverage is None:
        return figures.why_not
    if not figures.coverage.people:
        return EMPTY
    if figures.pilot_group:
        return Text(
            "Only members of the pilot group {group} count; checked as if the "
            "permissions of the scope were granted.",
            group=canonical(figures.pilot_group),
        )
    return Text("Checked as if the permissions of the scope were granted.")
