"""What each person chooses for themselves, side by side where it fits."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from wizard.ui.personal.appearance_choice import AppearanceChoice
from wizard.ui.personal.language_choice import LanguageChoice
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import column
from wizard.ui.widgets.side_by_side import SideBySide


class OwnChoices(QWidget):
    """Language and colours."""

    def __init__(self) -> None:
        super().__init__()
        self.language, self.appearance = LanguageChoice(), AppearanceChoice()
        both = (self.language, self.appearance)
        column(self, SideBySide(*both, least=0, spacing=palette.FRAME, even=False))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for each in (self.language, self.appearance):
            each.show_preferred()  # it may have been chosen on another page
