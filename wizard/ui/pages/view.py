"""View or export: the settings in force, as the file that sets up another server."""

from agent.config.settings_file import dump
from wizard.flow.model import Page
from wizard.ui.formatting import tr
from wizard.ui.jobs.worker import Worker
from wizard.ui.page import WizardPage
from wizard.ui.session import Session
from wizard.ui.widgets.labels import CopyButton, fingerprint, heading, row
from wizard.ui.widgets.text_viewer import TextView


class ViewPage(WizardPage):
    """The settings file, and the agent's fingerprint."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.view = TextView("", tr("Settings file"), "settings.yaml")
        self._writer = Worker(self, self.view.show_text)
        self.body.addWidget(self.view, 1)
        self.fingerprint = fingerprint("")
        self.copy = CopyButton("", tr("Copy the fingerprint"))
        line = row(self.fingerprint, self.copy, grows=0)
        self.add(heading(tr("Fingerprint of this agent")), line)

    def entered(self) -> None:
        installed = self.session.installed
        if installed:
            settings = installed.settings
            # of thousands of containers it takes a while
            self._writer.start(lambda _report, _stop: dump(settings))
            self.fingerprint.setText(installed.fingerprint)
            self.fingerprint.setAccessibleName(installed.fingerprint)
            self.copy.text_to_copy = installed.fingerprint
