"""The choice of the colours: light, dark or high contrast, seen at once."""

from PySide6.QtWidgets import QApplication

from wire.text import Text
from wizard.preferences import SCHEME
from wizard.ui.formatting import say, tr
from wizard.ui.personal.drop_down import OwnChoice
from wizard.ui.theme import scheme
from wizard.ui.theme.scheme import Choice

_NAMES = {
    Choice.LIGHT: Text("Light"),
    Choice.DARK: Text("Dark"),
    Choice.CONTRAST: Text("High contrast"),
}


class AppearanceChoice(OwnChoice):
    """Chooses the colours of all windows; kept for the next start."""

    def __init__(self) -> None:
        options = [(choice.value, say(name)) for choice, name in _NAMES.items()]
        super().__init__(tr("Appearance"), SCHEME, options, _seen)


def _seen() -> str:
    """Show it, which says more than words would."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    scheme.follow(app)
    return ""
