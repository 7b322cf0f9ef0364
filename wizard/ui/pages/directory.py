"""Connect directories: the fields, and a table of what each controller answered."""

from wizard.checks.controller_facts import Inspection
from wizard.checks.outcome import Outcome
from wizard.ui.form import Form
from wizard.ui.widgets.controller_table import ControllerTable


class DirectoryPage(Form):
    """A form whose check fills a table, controller by controller."""

    def add_check(self) -> None:
        super().add_check()
        assert self.checking
        self.controllers = ControllerTable()
        self.checking.place_above_rows(self.controllers)
        self.checking.progressed.connect(self._progressed)
        self.checking.cleared.connect(self.controllers.clear)

    def _progressed(self, found: Inspection) -> None:
        first = not self.controllers.facts
        self.controllers.show_inspection(found)
        if first and self.checking:
            self.bring(self.checking)  # the page grew by the table

    def _check_ended(self, outcome: Outcome | None) -> None:
        found = outcome.inspection if outcome else None
        if found is not None:
            self.controllers.show_inspection(found)
        super()._check_ended(outcome)
