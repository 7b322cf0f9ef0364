"""A controller that says what a real domain would; each answer can be replaced.

A test compares its signatures with those of the real parts.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from agent.config.settings import (
    DirectorySettings,
    DomainController,
    Relay,
    Scope,
    Settings,
)
from tests.unit.wizard.health import staged
from tests.unit.wizard.ui.fake import (
    ASKED,
    FORWARD,
    INSTALL,
    INSTALLED,
    ONE,
    PILOT_GROUP,
    PORTAL_DETAILS,
    REMOVAL,
    ROWS,
    SELF_SERVICE_GROUP,
    SIGNED_IN,
    TESTED,
    TREE,
    VERIFIED,
)
from tests.unit.wizard.ui.fake_permissions import FakePermissions
from wire.secret import Secret
from wire.text import EMPTY, Text, verbatim
from wizard.checks.containers import MOST_FOUND
from wizard.checks.controller_facts import Inspection
from wizard.checks.outcome import Outcome
from wizard.checks.self_service import refused, weak
from wizard.enrolment.self_test import WOULD_WORK
from wizard.health.audit_records import Budget
from wizard.health.person_answers import DAYS, PersonAnswers, Whom, answers_about
from wizard.health.reading import ControllerCertificate, PeopleCount, Reading
from wizard.inputs import Draft, Inputs
from wizard.permissions.people_search import FoundPerson
from wizard.plan.change import (
    ApplyError,
    Change,
    Plan,
    Progress,
    Report,
    RolledBack,
    Stuck,
)
from wizard.results import (
    Check,
    Container,
    FoundContainers,
    FoundDomain,
    Installed,
    PeopleBelow,
    PortalAsked,
    PortalDetails,
    Recovery,
    SelfTestResult,
    SignedIn,
)


class FakeInstallation:
    def __init__(self, fake: "FakeController") -> None:
        self._fake = fake

    def installed(self) -> Installed | None:
        self._fake.called("installed")
        if self._fake.unreadable:
            raise self._fake.unreadable
        return self._fake.found

    def verify(self, settings: Settings) -> tuple[Check, ...]:
        self._fake.called("verify", settings)
        return self._fake.verified

    def close_breaker(self) -> bool:
        self._fake.called("close_breaker")
        found = self._fake.found
        assert found is not None
        closed = replace(found.status, breaker_is_open=False, attention=EMPTY)
        self._fake.found = replace(found, status=closed)
        return True

    def portal_details(self) -> PortalDetails:
        return PORTAL_DETAILS

    def test_reset(
        self, by: str, value: str, new_password: Secret | None
    ) -> SelfTestResult:
        self._fake.called("test_reset", by, value, new_password)
        result = self._fake.result
        if new_password is not None:
            return result
        if result.code == "ok":
            result = replace(result, message=WOULD_WORK, admin=WOULD_WORK)
        ms = dict(result.ms)
        written = ms.pop("agent: write", 0.0)
        whole = {hop: ms[hop] - written for hop in ("agent", "total") if hop in ms}
        return replace(result, check_only=True, ms=ms | whole)


class FakeChecks:
    def __init__(self, fake: "FakeController") -> None:
        self._fake = fake

    def find_domain(self) -> FoundDomain | None:
        self._fake.called("find_domain")
        hosts = ("dc1.corp.test", "dc2.corp.test")
        controllers = tuple(DomainController(host=host) for host in hosts)
        return FoundDomain(
            "corp.test", controllers, "DNS, _ldap._tcp.dc._msdcs.corp.test"
        )

    def run(
        self,
        name: str,
        draft: Draft,
        inputs: Inputs,
        stop: threading.Event,
        report: Callable[[Inspection], None],
    ) -> Outcome:
        fake = self._fake
        fake.calls.append((f"check {name}", draft, inputs))
        if name == "controllers":
            report(fake.inspection)
            fake.wait_at("check controllers")
            found = replace(fake.inspection, step="")
            return Outcome((*found.checks, *found.notes), inspection=found)
        fake.wait_at(f"check {name}")
        if name == "group":
            return fake.group if draft.group else Outcome(())
        if name == "self_service":
            return self._named(draft)
        return Outcome(fake.rows[name])

    def _named(self, draft: Draft) -> Outcome:
        wanted, known = draft.self_service, self._fake.named_people
        if wanted is None:
            return Outcome(())
        rows = (*known.checks, *weak(wanted), *refused(wanted))
        return Outcome(rows, known.values)

    def containers(
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        parent_dn: str,
        stop: threading.Event,
    ) -> FoundContainers:
        fake = self._fake
        fake.called("containers", parent_dn)
        if fake.unlistable:
            raise fake.unlistable
        return FoundContainers(fake.tree.get(parent_dn, ()))

    def find_containers(
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        text: str,
        stop: threading.Event,
    ) -> FoundContainers:
        self._fake.called("find_containers", text)
        everywhere = (each for found in self._fake.tree.values() for each in found)
        hits = [each for each in everywhere if text.casefold() in each.name.casefold()]
        return FoundContainers(tuple(hits[:MOST_FOUND]), more=len(hits) > MOST_FOUND)

    def missing_containers(
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        names: tuple[str, ...],
        stop: threading.Event,
    ) -> tuple[str, ...]:
        self._fake.called("missing_containers", names)
        return tuple(each for each in names if each in self._fake.gone)

    def people_below(
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        scope: Scope,
        container: str,
        stop: threading.Event,
    ) -> PeopleBelow:
        self._fake.called("people_below", scope, container)
        return PeopleBelow(self._fake.people.people)


class FakeChanges:
    def __init__(self, fake: "FakeController") -> None:
        self._fake = fake

    def plan(self, settings: Settings, inputs: Inputs) -> Plan:
        self._fake.called("plan", settings, inputs)
        if self._fake.no_plan:
            raise self._fake.no_plan
        return Plan(settings, self._fake.planned)

    def plan_removal(self, inputs: Inputs) -> Plan:
        self._fake.called("plan_removal", inputs)
        if self._fake.unplannable and inputs.admin is None:
            raise self._fake.unplannable
        kept = ("grants", "account") if inputs.keep_account else ()
        return Plan(None, tuple(each for each in REMOVAL if each.step not in kept))

    def apply(
        self, plan: Plan, inputs: Inputs, report: Report, stop: threading.Event
    ) -> None:
        fake = self._fake
        fake.called("apply", plan, inputs)
        try:
            self._carry_out(plan.changes, report, stop)
        except ApplyError as error:
            if plan.removes:
                rest = tuple(change.summary for change in error.rest)
                fake.cut_off = replace(FORWARD, changes=rest) if rest else None
            raise
        there = plan.settings
        fake.found = replace(INSTALLED, settings=there) if there else None

    def _carry_out(
        self, changes: Sequence[Change], report: Report, stop: threading.Event
    ) -> None:
        fake = self._fake
        if fake.refuses:
            raise fake.refuses
        final = False
        for index, change in enumerate(changes):
            if stop.is_set() and not final:
                self._take_back(changes, index, report)
                raise ApplyError(None, Text("Stopped."), tuple(changes[:index]), ())
            final = final or change.final
            report(Progress(index, len(changes), change, "doing"))
            if index == fake.fails_at:
                fake.wait_at("change")
            if fake.apply_error and index == fake.fails_at:
                if not final:
                    self._take_back(changes, index, report)
                    raise fake.apply_error
                report(Progress(index, len(changes), change, "failed"))
                raise fake.apply_error
            detail = fake.details.get(change.step, "")
            report(Progress(index, len(changes), change, "done", verbatim(detail)))

    @staticmethod
    def _take_back(changes: Sequence[Change], count: int, report: Report) -> None:
        """Take back those that were made, newest first."""
        for index in reversed(range(count)):
            report(Progress(index, len(changes), changes[index], "undoing"))
            report(Progress(index, len(changes), changes[index], "undone"))


class FakeHealth:
    def __init__(self, fake: "FakeController") -> None:
        self._fake = fake

    def read(self) -> Reading | None:
        fake = self._fake
        fake.called("read")
        if fake.unwatchable:
            raise fake.unwatchable
        found = fake.found
        return None if found is None else staged.reading(found, fake.records)

    def answers_about(self, person: FoundPerson) -> PersonAnswers:
        self._fake.called("answers_about", person)
        whom, since = Whom.of(person.dn, person.names), staged.NOW - timedelta(DAYS)
        records = sorted(self._fake.records, key=lambda each: each["at"], reverse=True)
        return answers_about(whom, records, since, Budget())

    def count_people(
        self, *, report: Callable[[int], None], stop: threading.Event
    ) -> PeopleCount | None:
        self._fake.called("count_people")
        report(self._fake.people.people)
        return None if stop.is_set() else self._fake.people

    def certificates(self) -> tuple[ControllerCertificate, ...]:
        self._fake.called("certificates")
        return self._fake.certificates


class FakeRecovery:
    def __init__(self, fake: "FakeController") -> None:
        self._fake = fake

    def find(self) -> Recovery | None:
        self._fake.called("recovery")
        return self._fake.cut_off

    def recover(self, inputs: Inputs, report: Report) -> RolledBack:
        fake = self._fake
        fake.called("recover", inputs)
        if fake.cut_off and fake.cut_off.forward:
            return self._finish(fake.cut_off, report)
        fake.cut_off = None
        return RolledBack(fake.undone, fake.stuck)

    def _finish(self, cut_off: Recovery, report: Report) -> RolledBack:
        fake, total = self._fake, len(REMOVAL)
        rest = [c for c in REMOVAL if c.summary in cut_off.changes]
        for index, change in enumerate(rest, total - len(rest)):
            report(Progress(index, total, change, "doing"))
            if fake.apply_error:
                report(Progress(index, total, change, "failed", Text("No.")))
                raise fake.apply_error
            detail = fake.details.get(change.step, "")
            report(Progress(index, total, change, "done", verbatim(detail)))
        fake.cut_off = None
        fake.found = fake.found if fake.stays else None
        return RolledBack((), (), tuple(rest))


class FakeSignIn:
    def __init__(self, fake: "FakeController") -> None:
        self._fake = fake

    def run(
        self,
        portal: Relay,
        agent: str,
        inputs: Inputs,
        stop: threading.Event,
        report: Callable[[PortalAsked], None],
    ) -> SignedIn | None:
        fake = self._fake
        fake.called("sign_in", portal, agent, inputs)
        for asked in fake.asks:
            report(asked)
        fake.wait_at("approval")
        if fake.no_code:
            raise fake.no_code
        return None if stop.is_set() else fake.signed_in


@dataclass
class FakeController:
    """Answers at once unless `hold` names a call that waits for `go`."""

    found: Installed | None = None
    cut_off: Recovery | None = None
    inspection: Inspection = ONE
    rows: dict[str, tuple[Check, ...]] = field(default_factory=lambda: dict(ROWS))
    group: Outcome = PILOT_GROUP
    named_people: Outcome = SELF_SERVICE_GROUP
    planned: tuple[Change, ...] = INSTALL
    apply_error: Exception | None = None
    no_plan: Exception | None = None
    unplannable: Exception | None = None  # of a removal, without an administrator
    unreadable: Exception | None = None
    stuck: tuple[Stuck, ...] = ()
    undone: tuple[Change, ...] = INSTALL[:3]
    refuses: Exception | None = None
    fails_at: int = 2
    details: dict[str, str] = field(default_factory=dict)
    verified: tuple[Check, ...] = VERIFIED
    result: SelfTestResult = TESTED
    records: Sequence[staged.Record] = staged.GOOD
    people: PeopleCount = staged.PEOPLE
    certificates: tuple[ControllerCertificate, ...] = staged.CERTIFICATES
    unwatchable: Exception | None = None
    tree: dict[str, tuple[Container, ...]] = field(default_factory=lambda: dict(TREE))
    gone: tuple[str, ...] = ()  # containers that are not in the directory
    unlistable: Exception | None = None
    asks: tuple[PortalAsked, ...] = (ASKED,)
    signed_in: SignedIn = SIGNED_IN
    no_code: Exception | None = None
    hold: str = ""
    stays: bool = False  # what is finished was no removal
    go: threading.Event = field(default_factory=threading.Event)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    permissions: FakePermissions = field(default_factory=FakePermissions)

    threads: set[threading.Thread] = field(default_factory=set)  # that called
    held: set[threading.Thread] = field(default_factory=set)  # that wait for `go`

    def __post_init__(self) -> None:
        self.installation, self.checks = FakeInstallation(self), FakeChecks(self)
        self.changes, self.recovery = FakeChanges(self), FakeRecovery(self)
        self.health = FakeHealth(self)
        self.sign_in = FakeSignIn(self)

    def called(self, name: str, *arguments: Any) -> None:
        self.calls.append((name, *arguments))
        self.threads.add(threading.current_thread())
        self.wait_at(name)

    def wait_at(self, name: str) -> None:
        if self.hold == name:
            self.held.add(threading.current_thread())
            self.go.wait()
            self.held.discard(threading.current_thread())

    def named(self, name: str) -> list[tuple[Any, ...]]:
        return [call for call in self.calls if call[0] == name]
