"""Install, reconfigure, verify: the one door for the desktop and the command line."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from agent.active_directory.identifiers import user_filter
from agent.config.secret_store import (
    AGENT_KEYS,
    SELF_TEST_KEYS,
    TEST_KEY,
    SecretsUnavailable,
)
from agent.config.settings import DirectorySettings, Relay, Settings
from wire.failure import sentence
from wire.outcomes import Refused
from wire.secret import Secret
from wizard.checks import directory as directory_checks
from wizard.checks import people
from wizard.checks import relay as relay_checks
from wizard.checks.controller_facts import Inspection
from wizard.checks.controller_probe import SignedInAs, SignIn
from wizard.controller.installation import at_a_glance
from wizard.controller.permissions import Permissions
from wizard.controller.recovery import prove_for, recovery_of
from wizard.directory import discovery
from wizard.directory.sign_in import (
    NEEDS_ADMIN,
    as_either,
    prove_admin,
    sign_in_as,
)
from wizard.enrolment.clone import COPIED
from wizard.enrolment.keys import fingerprint, private_keys
from wizard.enrolment.relay_client import Sender
from wizard.enrolment.relay_route import requested_endpoint, stored_endpoint
from wizard.enrolment.self_test import ask_agent, claims_of
from wizard.errors import RecoveryNeeded
from wizard.host.interface import Host
from wizard.inputs import Inputs
from wizard.plan import journal
from wizard.plan.apply import Run, apply, go_on, roll_back
from wizard.plan.change import (
    ApplyError,
    Change,
    Context,
    MayChange,
    Report,
    RolledBack,
    StepFailed,
    directory_of,
)
from wizard.plan.step import Target, plan, plan_removal, refuse_stale
from wizard.results import (
    Check,
    Container,
    FoundDomain,
    Installed,
    PortalDetails,
    Recovery,
    SelfTestResult,
)
from wizard.steps.keys import PREVIOUS
from wizard.steps.order import STEPS
from wizard.steps.service import resume
from wizard.steps.settings_file import drift, refuse_new_settings


class Controller:
    """What can be read and changed of one host. Calls block; errors have a remedy.

    Args:
        host: the machine.
        may_change: says whether who asks may change it; asked only where it counts.

    """

    def __init__(self, host: Host, may_change: MayChange) -> None:
        self._host, self._may_change = host, may_change
        self.permissions = Permissions(host, may_change)

    def installed(self) -> Installed | None:
        """Find the installation on this machine.

        Raises:
            SettingsError: there is one, and its settings file can't be used.

        """
        if self._host.read(self._host.places.settings) is None:
            return None
        context = self._context(Inputs())
        settings = context.load_settings()
        try:
            shown = fingerprint(context)
        except (StepFailed, SecretsUnavailable):
            shown = ""
        glance = at_a_glance(settings, self._host.service())
        copied = context.is_copy
        if copied:
            glance = replace(glance, attention=COPIED)
        return Installed(settings, glance, shown, drift(context), copied)

    def lost(self) -> Path | None:
        """Give the settings file where all but that is there: it was deleted."""
        places = self._host.places
        enrolled = self._host.read(places.enrolment) is not None
        there = self._host.read(places.settings) is not None
        return places.settings if enrolled and not there else None

    def recovery(self) -> Recovery | None:
        """Find a run that was cut off.

        Raises:
            Busy: it is under way: by whom, and since when.

        """
        found = self._cut_off()
        if found is None:
            return None
        try:
            return recovery_of(found)
        except FileNotFoundError:  # somebody took it back, or finished it, meanwhile
            return self.recovery()

    def recover(self, inputs: Inputs, report: Report) -> RolledBack:
        """Roll back a run that was cut off; nothing happens when there is none.

        One that has done what can't be given back is finished instead.

        Raises:
            Busy: another wizard or command is at work.
            StepFailed: the administrator is not let in; nothing was begun.
            ApplyError: it could not be finished; what is left is still known.

        """
        with self._host.lock():
            found = journal.find_open(self._host.places.journal)
            if found is None:
                return RolledBack((), ())
            context = self._context(inputs, found.id)
            run = Run(STEPS, found, context, report)
            prove_for(found, context)
            if found.forward:
                finished = go_on(run)
                self._forget_previous()
                if found.removal:
                    self._host.forget()
                return RolledBack((), (), finished)
            rolled = roll_back(run)
            return replace(rolled, down=resume(context, rolled.undone))

    def find_domain(self) -> FoundDomain | None:
        """Find the domain of this machine, without asking."""
        return discovery.find_domain()

    def check_relay(
        self, relay: Relay, inputs: Inputs, stop: threading.Event
    ) -> tuple[Check, ...]:
        """Try a relay, and an enrolment code where one is given."""
        way = requested_endpoint(relay, self._context(inputs))
        return relay_checks.check_relay(way, inputs.enrolment_code, stop)

    def inspect_directory(
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        stop: threading.Event,
        report: directory_checks.Report,
    ) -> Inspection:
        """Try each controller, and what the account may do."""
        if directory.account.kind == "existing":
            # judged by its own sign-in, whoever else is known
            inputs = replace(inputs, admin=None)
        visitor = self._visitor(directory, inputs)
        return directory_checks.inspect_directory(directory, visitor, stop, report)

    def inspect_controllers(
        self, directory: DirectorySettings, inputs: Inputs, stop: threading.Event
    ) -> Inspection:
        """Try each controller, and nothing of the account."""
        visitor = self._visitor(directory, inputs)
        inspect = directory_checks.inspect_controllers
        return inspect(directory, visitor, stop, lambda _so_far: None)

    def _visitor(self, directory: DirectorySettings, inputs: Inputs) -> SignIn:
        kind: SignedInAs = "account" if inputs.admin is None else "admin"
        return SignIn(*sign_in_as(directory, self._context(inputs)), kind)

    def containers(
        self, directory: DirectorySettings, inputs: Inputs, parent_dn: str
    ) -> tuple[Container, ...]:
        """Give the containers below one; those of the domain's head for none."""
        with as_either(directory, self._context(inputs)) as opened:
            return people.containers(opened, parent_dn)

    def check_scope(
        self, directory: DirectorySettings, inputs: Inputs, containers: Sequence[str]
    ) -> tuple[Check, ...]:
        """Count who is in the scope; nobody is a failure."""
        with as_either(directory, self._context(inputs)) as opened:
            return people.check_scope(opened, containers)

    def check_group(
        self, directory: DirectorySettings, inputs: Inputs, group: str
    ) -> tuple[Check, str | None]:
        """Find a group by name or DN; give its DN."""
        with as_either(directory, self._context(inputs)) as opened:
            return people.check_group(opened, directory.base_dn, group)

    def check_identifier(
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        containers: Sequence[str],
        identify_by: str,
    ) -> tuple[Check, ...]:
        """Find people who lack the identifier or share it."""
        with as_either(directory, self._context(inputs)) as opened:
            return people.check_identifier(opened, containers, identify_by)

    def plan(self, settings: Settings, inputs: Inputs) -> tuple[Change, ...]:
        """Say everything that would change; nothing is touched.

        Raises:
            RecoveryNeeded: an earlier run was cut off.
            StepFailed, DirectoryError: it can't be said; with the remedy.

        """
        self._refuse_busy()
        self._refuse_cut_off()
        return plan(STEPS, settings, self._context(inputs))

    def apply(
        self,
        settings: Settings,
        changes: Sequence[Change],
        inputs: Inputs,
        report: Report,
        stop: threading.Event,
    ) -> None:
        """Make all changes or none.

        Args:
            settings: what the changes lead to.
            changes: as `plan` gave them and an administrator accepted them.
            inputs: as for `plan`.
            report: told of each change as it goes.
            stop: looked at before each change.

        Raises:
            ApplyError: one failed, or it was stopped; what was made is taken back.
            Busy: another wizard or command is at work.
            RecoveryNeeded: an earlier run was cut off.
            StepFailed: a change needs an administrator, and none is given or let in;
                or the plan is outdated. Nothing was begun.
            DirectoryError: no controller answered for that; nothing was begun.

        """
        needs_admin = any(change.needs_admin for change in changes)
        if inputs.admin is None and needs_admin:
            raise StepFailed("This needs an administrator of the domain.", NEEDS_ADMIN)
        with self._host.lock():
            self._refuse_open_journal()
            if not changes:
                return
            refuse_stale(STEPS, changes, self._context(inputs))
            if needs_admin:
                prove_admin(settings.directory, self._context(inputs))
            self._carry_out(changes, inputs, report, stop)

    def plan_removal(self, inputs: Inputs) -> tuple[Change, ...]:
        """Say everything that would be removed; nothing is touched.

        Raises:
            RecoveryNeeded: an earlier run was cut off.
            StepFailed, DirectoryError: it can't be said; with the remedy.

        """
        self._refuse_busy()
        self._refuse_cut_off()
        return plan_removal(STEPS, self._context(inputs))

    def remove(
        self,
        changes: Sequence[Change],
        inputs: Inputs,
        report: Report,
        stop: threading.Event,
    ) -> None:
        """Remove the installation; nothing of it is left but the program.

        Args:
            changes: as `plan_removal` gave them and an administrator accepted them.
            inputs: as for `plan_removal`.
            report: told of each change as it goes.
            stop: looked at before each change that could be given back.

        Raises:
            ApplyError: one failed, or it was stopped; either all is given back, or
                `rest` is still to be done and `recover` finishes it.
            Busy, RecoveryNeeded, StepFailed, DirectoryError: as for `apply`.

        """
        directory = next(
            (directory_of(c.before) for c in changes if c.needs_admin), None
        )
        if directory is not None and inputs.admin is None:
            raise StepFailed("This needs an administrator of the domain.", NEEDS_ADMIN)
        with self._host.lock():
            self._refuse_open_journal()
            refuse_stale(STEPS, changes, self._context(inputs))
            refuse_new_settings(changes, self._context(inputs))
            if directory is not None:
                prove_admin(directory, self._context(inputs))
            if changes:
                self._carry_out(changes, inputs, report, stop)
            self._host.forget()

    def _carry_out(
        self,
        changes: Sequence[Change],
        inputs: Inputs,
        report: Report,
        stop: threading.Event,
    ) -> None:
        # one that a run left which was cut off right after its end
        self._forget_previous()
        journal.drop_empty(self._host.places.journal)
        if self._context(inputs).belongs_to_original:
            journal.set_aside(self._host.places.journal)
        begun = journal.begin(self._host.places.journal, changes)
        context = self._context(inputs, begun.id)
        try:
            apply(Run(STEPS, begun, context, report), changes, stop)
        except ApplyError as error:
            down = resume(context, error.undone)
            if down:
                error.reason = f"{error.reason} The agent of before is down: {down}"
            raise
        finally:
            if journal.find_open(self._host.places.journal) is None:
                self._forget_previous()

    def verify(self, settings: Settings) -> tuple[Check, ...]:
        """Look whether everything is as the settings say."""
        target = Target(settings, self._context(Inputs()))
        return tuple(row for step in STEPS for row in step.verify(target))

    def hand_over(self) -> PortalDetails:
        """Give what the portal's side must know.

        Raises:
            EnrolmentError, StepFailed: nothing is installed here.

        """
        context = self._context(Inputs())
        made = context.load_enrolment()
        return PortalDetails(
            url=f"{made.relay_url}/{made.connection}",
            agent=made.connection,
            fingerprint=fingerprint(context),
            issuer=made.portal_issuer,
        )

    def test_reset(
        self, by: str, value: str, new_password: Secret | None
    ) -> SelfTestResult:
        """Send one request through the relay; a check only without a password.

        Raises:
            RelayFailed, EnrolmentError, SettingsError, StepFailed: no answer came,
                or nobody can be so named and nothing was sent.

        """
        try:
            user_filter(by, value)
        except Refused as error:
            remedy = "Name the person as the portal does."
            raise StepFailed(sentence(error.detail), remedy) from None
        context = self._context(Inputs())
        made, relay = context.load_enrolment(), context.load_settings().relay
        key = self._host.secrets.get(TEST_KEY)
        if key is None:
            raise StepFailed("The key for tests is missing.", "Apply the settings.")
        return ask_agent(
            Sender(
                stored_endpoint(relay, context),
                made.connection,
                key,
                made.test_key_name,
            ),
            made,
            private_keys(SELF_TEST_KEYS, context),
            private_keys(AGENT_KEYS, context).public,
            claims_of(by, value, new_password),
        )

    def _forget_previous(self) -> None:
        for name in PREVIOUS:
            self._host.secrets.remove(name)

    def _context(self, inputs: Inputs, plan_id: str = "") -> Context:
        return Context(self._host, inputs, self._may_change, plan_id)

    def _refuse_busy(self) -> None:
        busy = self._host.held_by()
        if busy is not None:
            raise busy

    def _refuse_cut_off(self) -> None:
        if self._cut_off() is not None:
            raise RecoveryNeeded

    def _refuse_open_journal(self) -> None:
        """Do so while the lock is held: whatever is open was cut off."""
        if journal.find_open(self._host.places.journal) is not None:
            raise RecoveryNeeded

    def _cut_off(self) -> journal.Journal | None:
        """Find a journal that is open though nobody is at work.

        Raises:
            Busy: somebody is.

        """
        found = journal.find_open(self._host.places.journal)
        while found is not None:
            self._refuse_busy()
            before = found.path
            # who was at work may have ended in order between the two looks
            found = journal.find_open(self._host.places.journal)
            if found is not None and found.path == before:
                return found
        return None
