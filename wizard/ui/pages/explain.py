"""Troubleshoot: why would this person's reset fail, before anyone tries."""

import threading
from dataclasses import dataclass
from typing import Any

from wire.failure import sentence
from wire.outcomes import Code, Refused
from wizard.checks.outcome import Outcome
from wizard.controller.permissions import Explained
from wizard.flow.conversion import inputs_of
from wizard.flow.model import Field, Page
from wizard.flow.validation import NEEDED
from wizard.results import Check
from wizard.ui.formatting import tr
from wizard.ui.page import WizardPage
from wizard.ui.presenters.verdict import WORDS, checks_of
from wizard.ui.session import Session
from wizard.ui.widgets.check_panel import CheckPanel
from wizard.ui.widgets.enter_action import run_on_enter
from wizard.ui.widgets.field_box import FieldBox
from wizard.ui.widgets.labels import LongName

WHO = "explain.user"
_FIELD = Field(
    WHO,
    "Person",
    help=(
        "The sign-in name (anna@corp.example), the account name, the GUID, or the "
        "sign-in attribute."
    ),
    width=44,
)


@dataclass(frozen=True)
class Explanation(Outcome):
    """The rows, and the person they are about."""

    explained: Explained | None = None


class ExplainPage(WizardPage):
    """Asks the directory what would come of each operation; changes nothing."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.field_box = FieldBox(_FIELD)
        self.field_box.changed.connect(self._edited)
        self.who = LongName()
        self.who.hide()
        empty = tr("Nothing is written; the person notices nothing.")
        self.check_panel = CheckPanel(tr("&Ask"), empty, WORDS)
        self.check_panel.requested.connect(self.ask)
        self.check_panel.ended.connect(self._ended)
        run_on_enter(self.content, self.check_panel.now)
        self.field_boxes[WHO] = self.field_box
        self.add(self.field_box, self.who, self.check_panel)
        self.body.addStretch(1)

    @property
    def busy(self) -> bool:
        return self.check_panel.busy

    def ask(self) -> None:
        """Ask about the person that is named."""
        value = str(self.field_box.value() or "").strip()
        self.field_box.show_problem("" if value else NEEDED)
        installed = self.session.installed
        if not value or installed is None or self.busy:
            self.field_box.focus()
            return
        controller, settings = self.session.controller, installed.settings
        inputs = inputs_of(self.session.answers)

        def run(_stop: threading.Event, _report: Any) -> Outcome:
            try:
                explain = controller.permissions.explain
                explained = explain(settings, inputs, None, value)
            except Refused as error:
                # nobody sent it but this page
                ours = error.code is Code.BAD_REQUEST
                remedy = _FIELD.help if ours else error.outcome.remedy
                why = sentence(error.detail)
                row = Check("person", _FIELD.label, "failed", why, remedy)
                return Outcome((row,))
            return Explanation(checks_of(explained.verdict), explained=explained)

        self.who.hide()
        self.check_panel.start(run, tr("Reading the person, permissions and policy"))
        self.state_changed.emit()

    def _edited(self) -> None:
        self.field_box.show_problem("")
        self.who.hide()
        self.check_panel.clear()
        self.state_changed.emit()

    def _ended(self, outcome: Outcome | None) -> None:
        if isinstance(outcome, Explanation) and outcome.explained:
            self.who.set_name(outcome.explained.verdict.dn)
            self.who.show()
        self.state_changed.emit()
