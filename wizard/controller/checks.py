"""Whether what was answered is right: the relay, the controllers, the people."""

import threading

from agent.config.settings import DirectorySettings, Scope
from wizard.checks import containers
from wizard.checks.controller_facts import Inspection
from wizard.checks.controller_probe import SignIn
from wizard.checks.directory import inspect_controllers
from wizard.checks.outcome import Outcome, Report
from wizard.checks.table import CHECKS
from wizard.directory import discovery
from wizard.directory.sign_in import as_either
from wizard.inputs import Draft, Inputs
from wizard.plan.change import Context
from wizard.results import FoundContainers, FoundDomain, PeopleBelow


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
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        parent_dn: str,
        stop: threading.Event,
    ) -> FoundContainers:
        """Give the containers right below one; the domain's head for none.

        Raises as each of these four does, with the remedy: DirectoryError, StepFailed.
        """
        with as_either(directory, self._context.with_inputs(inputs)) as opened:
            return containers.below(opened, parent_dn, stop.is_set)

    def find_containers(
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        text: str,
        stop: threading.Event,
    ) -> FoundContainers:
        """Find containers anywhere in the domain by a part of their name, or the DN."""
        with as_either(directory, self._context.with_inputs(inputs)) as opened:
            return containers.find(opened, directory.base_dn, text, stop.is_set)

    def missing_containers(
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        names: tuple[str, ...],
        stop: threading.Event,
    ) -> tuple[str, ...]:
        """Give those of the DNs that are not in the directory."""
        with as_either(directory, self._context.with_inputs(inputs)) as opened:
            return containers.missing(opened, names, stop.is_set)

    def people_below(
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        scope: Scope,
        container: str,
        stop: threading.Event,
    ) -> PeopleBelow:
        """Count who is in the containers of a scope, as far as in this one."""
        with as_either(directory, self._context.with_inputs(inputs)) as opened:
            return containers.people_below(opened, scope, container, stop.is_set)
