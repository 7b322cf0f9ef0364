"""Replace keys or password: each with its age, when the next is due, what it means."""

from datetime import UTC, datetime

from PySide6.QtWidgets import QLabel, QVBoxLayout

from agent.config.errors import Problem
from wire.text import EMPTY, Text
from wizard.flow.conversion import rotation_of
from wizard.flow.pages.rotate import BY_AGE, SEALING
from wizard.inputs import Rotation
from wizard.results import KeyAge
from wizard.steps.key_age_rows import age_rows
from wizard.ui.form import Form
from wizard.ui.formatting import say
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import label


class RotatePage(Form):
    """Check boxes; what is due is ticked where nothing was chosen yet."""

    def build(self) -> None:
        super().build()
        self.ages = {path: self._age_below(path) for path in BY_AGE.values()}

    def _age_below(self, path: str) -> QLabel:
        shown = label()
        shown.setContentsMargins(palette.indent(), 0, 0, 0)
        place = self.field_boxes[path].layout()
        assert isinstance(place, QVBoxLayout)
        place.insertWidget(place.count() - 1, shown)  # what is wrong stands last
        return shown

    def entered(self) -> None:
        if rotation_of(self.session.answers) == Rotation():
            self.session.take(dict.fromkeys(self._due(), True))
        super().entered()

    def _keys(self) -> dict[str, KeyAge]:
        installed = self.session.installed
        keys = installed.keys if installed else ()
        return {BY_AGE[key.id]: key for key in keys if key.id in BY_AGE}

    def _due(self) -> list[str]:
        now = datetime.now(UTC)
        return [
            path for path, key in self._keys().items() if key.next and key.next < now
        ]

    def arrange(self) -> None:
        super().arrange()
        for path, shown in self.ages.items():
            shown.setText(say(self._source(path)))

    def _source(self, path: str) -> str:
        """Say how old it is: a screen reader reads it with what replacing it means."""
        if path not in BY_AGE.values():
            return super()._source(path)
        key = self._keys().get(path)
        rows = age_rows(key, EMPTY) if key else ()
        return rows[0].detail if rows else Text("Its age is not known.")

    def problems(self) -> tuple[Problem, ...]:
        if rotation_of(self.session.answers) == Rotation():
            return (Problem(SEALING, Text("Choose what is replaced.")),)
        return super().problems()
