"""The containers of a domain, read off the GUI thread: below one, by name, gone."""

from dataclasses import dataclass

from agent.config.settings import DirectorySettings
from wizard.controller.controller import Controller
from wizard.inputs import Inputs
from wizard.ui.jobs.worker import Job


@dataclass(frozen=True)
class DomainContainers:
    """Gives the jobs for a worker; each signs in by itself and looks once."""

    controller: Controller
    directory: DirectorySettings
    inputs: Inputs

    def below(self, dn: str) -> Job:
        """Read what is right below a container: `FoundContainers`."""
        directory, inputs = self.directory, self.inputs
        return lambda _report, stop: self.controller.checks.containers(
            directory, inputs, dn, stop
        )

    def find(self, text: str) -> Job:
        """Find containers by a part of their name: `FoundContainers`."""
        directory, inputs = self.directory, self.inputs
        return lambda _report, stop: self.controller.checks.find_containers(
            directory, inputs, text, stop
        )

    def missing(self, names: tuple[str, ...]) -> Job:
        """Find which of the DNs are not there: a tuple of them."""
        directory, inputs = self.directory, self.inputs
        return lambda _report, stop: self.controller.checks.missing_containers(
            directory, inputs, names, stop
        )
