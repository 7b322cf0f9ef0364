"""View or export: the settings in force, as the file that sets up another server."""

from agent.settings import dump
from wizard.questions import Page
from wizard.ui.journey import Journey
from wizard.ui.labels import CopyButton, fingerprint, heading, row
from wizard.ui.page import WizardPage
from wizard.ui.viewer import TextView
from wizard.ui.words import tr


class ViewPage(WizardPage):
    """The settings file, and the agent's fingerprint."""

    def __init__(self, page: Page, journey: Journey) -> None:
        super().__init__(page, journey)
        self.view = TextView("", tr("Settings file"), "settings.yaml")
        self.body.addWidget(self.view, 1)
        self.body.addWidget(heading(tr("Fingerprint of this agent")))
        self.fingerprint = fingerprint("")
        self.copy = CopyButton("", tr("Copy the fingerprint"))
        line = row(self.fingerprint, self.copy)
        line.setStretch(0, 100)
        self.body.addLayout(line)

    def entered(self) -> None:
        installed = self.journey.installed
        if installed:
            self.view.show_text(dump(installed.settings))
            self.fingerprint.setText(installed.fingerprint)
            self.fingerprint.setAccessibleName(installed.fingerprint)
            self.copy.text_to_copy = installed.fingerprint
