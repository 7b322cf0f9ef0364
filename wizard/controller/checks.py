"""Whether what was answered is right: the relay, the controllers, the people."""

import threading

from agent.config.settings import DirectorySettings
from wizard.checks import people
from wizard.checks.controller_facts import Inspection
from wizard.checks.controller_probe import SignIn
from wizard.checks.directory import inspect_controllers
from wizard.checks.outcome import Outcome, Report
from wizard.checks.table import CHECKS
from wizard.directory import discovery
from wizard.directory.sign_in import as_either
from wizard.inputs import Draft, Inputs
from wizard.plan.change import Context
from wizard.results import Container, FoundDomain


class Checks:
    """What can be tried of answers before they are settings."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def find_domain(self) -> FoundDomain | None:
        """Find the domain of this machine, without asking."""
        return discovery.find_domain()

    def run(
        self,
        name: str,
        draft: Draft,
        inputs: Inputs,
        stop: threading.Event,
        report: Report,
    ) -> Outcome:
        """Run a check of a page, by its name in `wizard.checks.table`, on a draft.

        It reports what is known so far. SettingsError: what it needs is not answered.
        StepFailed, DirectoryError: it can't be run; with the remedy.
        """
        return CHECKS[name](draft, self._context.with_inputs(inputs), stop, report)

    def inspect_controllers(
        self, directory: DirectorySettings, inputs: Inputs, stop: threading.Event
    ) -> Inspection:
        """Try each controller, and nothing of the account."""
        credentials = SignIn.of(directory, self._context.with_inputs(inputs))
        return inspect_controllers(directory, credentials, stop, lambda _so_far: None)

    def containers(
        self, directory: DirectorySettings, inputs: Inputs, parent_dn: str
    ) -> tuple[Container, ...]:
        """Give the containers below one; those of the domain's head for none."""
        with as_either(directory, self._context.with_inputs(inputs)) as opened:
            return people.containers(opened, parent_dn)
