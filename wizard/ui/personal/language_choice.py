"""The choice of the language: each by its own name, kept for the next start."""

from wizard import translation
from wizard.preferences import LANGUAGE
from wizard.ui.formatting import line, tr
from wizard.ui.personal.drop_down import OwnChoice


class LanguageChoice(OwnChoice):
    """Chooses among what there is."""

    def __init__(self) -> None:
        options = [(each.code, line(each.name)) for each in translation.available()]
        super().__init__(tr("Language"), LANGUAGE, options, _later)


def _later() -> str:
    return tr("The wizard speaks it from its next start on.")
