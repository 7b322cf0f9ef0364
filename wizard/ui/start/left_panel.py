"""The offer to go on where the wizard was left."""

from PySide6.QtCore import Signal

from wire.text import Text, moment
from wizard.flow.kept_answers import LeftWizard
from wizard.flow.model import Page
from wizard.ui.formatting import say, tr
from wizard.ui.widgets.labels import Panel, add, button, heading, label, row


class LeftPanel(Panel):
    """At which page the wizard was left, and when; hidden where it was not."""

    resumed = Signal()  # go on with the answers that were kept
    dropped = Signal()  # they are not wanted

    def __init__(self) -> None:
        super().__init__()
        self.where = heading("")
        self.go_on = button(tr("Go on"), self.resumed.emit)
        name = tr("Begin anew, and delete the answers that were kept")
        self.anew = button(tr("Begin anew"), self.dropped.emit, name)
        note = tr("Your answers were kept. Passwords and the code are asked for again.")
        add(self.column, self.where, label(note, muted=True))
        add(self.column, row(self.go_on, self.anew))
        self.hide()

    def show_left(self, left: LeftWizard, page: Page) -> None:
        """Offer to go on."""
        text = Text(
            "Go on where you left off: {page}, {time}",
            page=page.title,
            time=moment(left.at),
        )
        self.where.setText(say(text))
        self.go_on.setAccessibleName(say(text))
        self.show()
