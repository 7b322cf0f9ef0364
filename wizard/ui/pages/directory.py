"""Connect directories: the domain, and a board of its controllers that is live."""

from typing import Any

from PySide6.QtCore import QTimer

from agent.config.errors import SettingsError
from agent.config.settings import DirectorySettings
from agent.ldap.authority import authority_facts
from wire.text import EMPTY
from wizard.checks.controller_facts import Inspection
from wizard.checks.outcome import Outcome
from wizard.directory.sign_in import trust_of
from wizard.flow.conversion import reached_directory
from wizard.trusted_authority import PATH
from wizard.ui.board.controllers_editor import Controllers
from wizard.ui.form import Form
from wizard.ui.formatting import say
from wizard.ui.jobs.controller_board import look, look_at_rest
from wizard.ui.jobs.page_checks import Run
from wizard.ui.jobs.worker import Worker
from wizard.ui.presenters.failure import row_of
from wizard.ui.widgets.labels import InkLabel

_TYPING_MS = 400  # nothing is asked while somebody types


class DirectoryPage(Form):
    """Each controller is asked as soon as it stands in the list; Next asks the rest."""

    def build(self) -> None:
        self._live = Worker(self, self._looked, self._not_looked, self._progressed)
        self._trust: Any = None
        self._asked: tuple[str, ...] = ()  # by what looks at them now
        self._answer: Inspection = Inspection("")
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TYPING_MS)
        self._soon.timeout.connect(self._look)
        super().build()
        self.trouble = InkLabel("", "failed")
        self.trouble.hide()
        self.body.addWidget(self.trouble)

    @property
    def board(self) -> Controllers:
        """The list of controllers, with what is known of each."""
        editor: Controllers = self.field_boxes["directory.controllers"].editor
        return editor

    def add_check(self) -> None:
        super().add_check()
        assert self.check_panel
        self.check_panel.progressed.connect(self._progressed)
        self.board.add_buttons_of(self.check_panel.now, self.check_panel.copy)
        self.board.details.authority.trusted.connect(self._trust_authority)

    def entered(self) -> None:
        super().entered()
        self._look()

    def _trust_authority(self, pem: str) -> None:
        """Make it the answer; by that the controllers are asked anew."""
        editor = self.field_boxes[PATH].editor
        editor.set_value(pem)
        editor.changed.emit()
        self.board.table.setFocus()  # the button that was pressed is gone

    def left(self) -> None:
        self._soon.stop()
        self._live.drop()
        self.board.model.give_up()
        super().left()

    def arrange(self) -> None:
        super().arrange()
        pem = self.session.answers.text(PATH)
        self.board.details.trusted_now = authority_facts(pem).subject if pem else ""
        if self.isVisible() and not self.busy:
            self._soon.start()

    def check_now(self) -> None:
        """Ask all of them anew."""
        self.board.model.forget()
        super().check_now()

    def check_run(self) -> Run:
        self._live.drop()
        self.board.model.give_up()
        settings = reached_directory(self.session.answers)
        job = self._job(settings)
        known = Inspection(
            settings.domain, self.board.model.facts, answer=self._answer.answer
        )
        return look_at_rest(job, known, settings)

    def _job(self, settings: DirectorySettings) -> Any:
        """Give the job for those that were not asked; None where all were."""
        self._trust_anew(settings)
        pending = self.board.model.pending
        if not pending:
            return None
        self.board.model.begin(pending)
        self._asked = tuple(each.host for each in pending)
        session = self.session
        return look(session.controller, settings, pending, session.answers)

    def _trust_anew(self, settings: DirectorySettings) -> None:
        """Forget what is known where it is another domain, or trusted otherwise."""
        if (trust := trust_of(settings)) != self._trust:
            self._trust, self._answer = trust, Inspection(settings.domain)
            self.board.model.domain = settings.domain
            chosen = self.board.table.currentIndex().row()
            self.board.model.forget()
            if 0 <= chosen < len(self.board.model.rows):
                self.board.choose(chosen)

    def _look(self) -> None:
        sound = tuple(row.controller for row in self.board.model.rows if row.sound)
        answers = self.session.answers.having({"directory.controllers": sound})
        try:
            settings = reached_directory(answers)
        except SettingsError:
            return  # it is told on Next, beside its field
        if self.busy or (self._live.busy and trust_of(settings) == self._trust):
            self._soon.start()
            return
        job = self._job(settings)
        if job:
            self.trouble.hide()
            self._live.start(job)

    def _progressed(self, inspection: Inspection) -> None:
        if inspection.answer:
            self._answer = inspection
        self.board.model.take(inspection.controllers)

    def _looked(self, outcome: Outcome) -> None:
        self._take(outcome)
        self.board.announce_outcome(self._asked)

    def _take(self, outcome: Outcome) -> None:
        if outcome.inspection:
            self._progressed(outcome.inspection)
            self.board.choose_worst()

    def _not_looked(self, error: BaseException) -> None:
        self.board.model.give_up()
        what, remedy = row_of(error)
        self.trouble.setText(" ".join(filter(None, (say(what), say(remedy or EMPTY)))))
        self.trouble.show()

    def _tell(self, outcome: Outcome) -> None:
        """Bring who could be trusted into sight, where that is all that is missing."""
        authority = self.board.details.authority
        if not outcome.failed or authority.isHidden():
            super()._tell(outcome)
            return
        self.board.table.setFocus()  # nobody trusts by an Enter that was meant for Next
        self.bring(authority)

    def _check_ended(self, outcome: Outcome | None) -> None:
        if outcome is None:
            self.board.model.give_up()
        else:
            self._take(outcome)
        super()._check_ended(outcome)
