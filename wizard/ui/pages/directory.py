"""Connect directories: the fields, and a table of what each controller answered."""

from wizard.checks.controller_facts import Inspection
from wizard.checks.outcome import Outcome
from wizard.ui.form import Form
from wizard.ui.widgets.controller_table import ControllerTable


class DirectoryPage(Form):
    """A form whose check fills a table, controller by controller."""

    def add_check(self) -> None:
        super().add_check()
        assert self.check_panel
        self.controllers = ControllerTable()
        self.check_panel.place_above_rows(self.controllers)
        self.check_panel.progressed.connect(self._progressed)
        self.check_panel.cleared.connect(self.controllers.clear)

    def _progressed(self, inspection: Inspection) -> None:
        first = not self.controllers.facts
        self.controllers.show_inspection(inspection)
        if first and self.check_panel:
            self.bring(self.check_panel)  # the page grew by the table

    def _check_ended(self, outcome: Outcome | None) -> None:
        inspection = outcome.inspection if outcome else None
        if inspection is not None:
            self.controllers.show_inspection(inspection)
        super()._check_ended(outcome)
