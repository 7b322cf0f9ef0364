"""Permissions as a real domain would have them: 1,250 people, 46 with a cause."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from agent.acl.rights import Right
from agent.active_directory import identifiers
from agent.config.settings import Settings
from agent.self_service.eligibility import Eligibility, WhyNot
from agent.verdict.causes import CAUSES, Cause
from agent.verdict.membership import NO_MEMBERSHIP, Membership
from agent.verdict.verdict import OperationVerdict, State, Verdict
from tests.unit.wizard.ui.fake_people import (
    GIVEN,
    NIKO,
    OFFICES,
    PEOPLE,
    begins,
    listed_of,
    name_of,
    person_of,
    sign_in_of,
)
from wire.names import Identifier
from wire.operation import Operation
from wire.outcomes import Code
from wire.text import Text, verbatim
from wizard.controller.permissions import Coverage, CoverageProgress, Explained
from wizard.grants.grants import AccessEntry
from wizard.inputs import Inputs
from wizard.permissions import people_search
from wizard.permissions.coverage import PersonVerdict, Tally
from wizard.permissions.findings import Finding, Level
from wizard.permissions.people_search import FoundPeople, query_for
from wizard.permissions.self_service_chain import self_service_chain
from wizard.permissions.self_service_count import SelfServiceReach, SelfServiceTally
from wizard.plan.change import Change, Plan

YES = OperationVerdict(State.YES, Code.OK, Cause.NONE)


def _lacking(right: Right) -> Text:
    return Text(
        "no entry allows the service account to {action}", action=right.value.words
    )


SHOWN_BY = {
    Cause.PROTECTED: Text(
        "a member of {group}", group="CN=Domain Admins,CN=Users,DC=corp,DC=test"
    ),
    Cause.NOT_GRANTED: _lacking(Right.RESET_PASSWORD),
    Cause.INHERITANCE_OFF: Text(
        "{lacking}; inheritance is off at {dn}",
        lacking=_lacking(Right.RESET_PASSWORD),
        dn=f"OU=Executives,{PEOPLE}",
    ),
    Cause.DENIED: "Denies CORP\\Helpdesk to use all extended rights on user objects",
    Cause.POLICY_HIDDEN: "msDS-MinimumPasswordLength of CN=Strict,CN=Password Settings "
    "Container,CN=System,DC=corp,DC=test is missing or hidden",
    Cause.DISABLED: "userAccountControl is 514",
    Cause.TOO_YOUNG: "pwdLastSet is 2026-11-23 08:12:44 UTC; DC=corp,DC=test asks "
    "for an age of 1 day",
}
# what shows the cause of another operation than the reset
OTHERS_SHOWN_BY = {
    (Operation.UNLOCK, Cause.NOT_GRANTED): _lacking(Right.WRITE_LOCKOUT_TIME),
    (Operation.UNLOCK, Cause.DENIED): "Denies svc-writeback to write lockoutTime",
    (Operation.MUST_CHANGE, Cause.NOT_GRANTED): _lacking(Right.WRITE_PWD_LAST_SET),
}
STATES = {Cause.POLICY_HIDDEN: State.UNKNOWN}
EVERYBODY = {
    Cause.NONE: 1204,
    Cause.PROTECTED: 31,
    Cause.INHERITANCE_OFF: 9,
    Cause.DENIED: 3,
    Cause.POLICY_HIDDEN: 2,
    Cause.TOO_YOUNG: 1,
}
BELOW = {Cause.NONE: 75, Cause.PROTECTED: 2, Cause.INHERITANCE_OFF: 2}
MEMBERS = {Cause.NONE: 214, Cause.PROTECTED: 6, Cause.DISABLED: 3}
UNGRANTED = {Cause.NOT_GRANTED: 1215, Cause.PROTECTED: 31, Cause.DENIED: 4}
GUIDS = {
    Right.RESET_PASSWORD.value.words: "00299570-246d-11d0-a768-00aa006e0529",
    Right.WRITE_LOCKOUT_TIME.value.words: "28630ebf-41d5-11d1-a9c1-0000f80367c1",
    Right.WRITE_PWD_LAST_SET.value.words: "bf967a0a-0de6-11d0-a285-00aa003049e2",
}
ENTRIES = tuple(
    AccessEntry(
        PEOPLE,
        "svc-writeback@corp.test",
        "S-1-5-21-1-2-3-1104",
        verbatim(right),
        Text(
            "Allows {name} to {actions}",
            name="svc-writeback@corp.test",
            actions=Text(
                "{actions} on {objects} below",
                actions=right,
                objects=Text("user objects"),
            ),
        ),
        f"(OA;CIIO;CR;{guid};bf967aba-0de6-11d0-a285-00aa003049e2;S-1-5-21-1-2-3-1104)",
        f'dsacls "{PEOPLE}" /I:S /G "svc-writeback@corp.test:CA;Reset Password;user"',
        f"$acl = Get-Acl 'AD:\\{PEOPLE}'; $acl.AddAccessRule(...)",
        f"$acl = Get-Acl 'AD:\\{PEOPLE}'; $acl.RemoveAccessRuleSpecific(...)",
    )
    for right, guid in GUIDS.items()
)
GRANT = Change(
    "grants",
    verbatim(f"Grants 3 permissions to svc-writeback on {PEOPLE}"),
    None,
    {"container": PEOPLE},
    needs_admin=True,
)
IN_ORDER = (Finding("groups", Level.OK, "It is in no group of administrators"),) * 22
EXCESS = (
    Finding(
        "outside/reset_password",
        Level.WARNING,
        "It may reset 46 people outside the scope",
        "CN=Otto Outside,OU=Other,DC=corp,DC=test: Allows svc-writeback to reset the "
        "password on user objects below",
        "Move the grant from the head of the domain to the containers of the scope.",
    ),
    *IN_ORDER,
)


def may_of(why_not: WhyNot | None = None, *, two_proof: bool = False) -> Eligibility:
    """Say what self-service lets somebody do."""
    return Eligibility(why_not, "", two_proof, 2, (), frozenset(), "anywhere")


def answer_of(cause: Cause, operation: Operation = Operation.RESET) -> OperationVerdict:
    if cause is Cause.NONE:
        return YES
    until = datetime(2026, 11, 24, 8, 12, 44, tzinfo=UTC)
    row = CAUSES[cause]
    return OperationVerdict(
        STATES.get(cause, State.NO),
        row.code,
        cause,
        verbatim(OTHERS_SHOWN_BY.get((operation, cause)) or SHOWN_BY[cause]),
        row.remedy,
        until if cause is Cause.TOO_YOUNG else None,
    )


def verdict_of(
    number: int, cause: Cause, others: Mapping[Operation, Cause] | None = None
) -> Verdict:
    """Answer for somebody.

    Args:
        number: who.
        cause: of the reset.
        self_service: likewise, of the groups of self-service.
        others: causes of operations that have one of their own.

    """
    reset = answer_of(cause)
    later = YES if cause is Cause.TOO_YOUNG else reset
    dn = f"CN={name_of(number)},OU={OFFICES[number % len(OFFICES)]},{PEOPLE}"
    answers = {
        Operation.CHANGE: reset,
        Operation.UNLOCK: later,
        Operation.MUST_CHANGE: later,
    }
    own = {op: answer_of(why, op) for op, why in (others or {}).items()}
    change, unlock, must_change = (answers | own).values()
    return Verdict(dn, UUID(int=number + 1), reset, change, unlock, must_change)


@dataclass
class FakePermissions:
    """Answers for a domain of its own; `hold` stops it in the middle.

    Attributes:
        everybody: how many people there are by the cause of their reset.
        below: likewise, in any one container.
        self_service: likewise, of the groups of self-service.
        others: causes of their own that operations have, for who can be reset.

    """

    everybody: dict[Cause, int] = field(default_factory=lambda: dict(EVERYBODY))
    below: dict[Cause, int] = field(default_factory=lambda: dict(BELOW))
    self_service: dict[Cause, int] = field(default_factory=lambda: dict(MEMBERS))
    others: dict[Operation, Cause] = field(default_factory=dict)
    findings: tuple[Finding, ...] = IN_ORDER
    foreseen: bool = False
    membership: Membership = NO_MEMBERSHIP
    error: Exception | None = None
    gone: frozenset[int] = frozenset()
    granted: Plan | None = None  # the last one that was planned
    hold: bool = False
    hold_below: bool = False
    go: threading.Event = field(default_factory=threading.Event)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    held: set[threading.Thread] = field(default_factory=set)  # that wait for `go`

    def explain(
        self, settings: Settings, inputs: Inputs, by: Identifier | None, value: str
    ) -> Explained:
        self.calls.append(("explain", settings, inputs, by, value))
        number = UUID(value).int - 1
        if number in self.gone:
            raise identifiers.nobody("objectGUID", value)
        cause = self._cause_of(number)
        others = self.others if cause is Cause.NONE else {}
        reset = verdict_of(number, cause, others)
        listed = listed_of(cause)
        chain = self_service_chain(settings, self.membership, reset)
        return Explained(
            reset, None, None, "dc1.corp.test", self.foreseen, listed, chain
        )

    def _cause_of(self, number: int) -> Cause:
        """Niko inherits nothing; of the others nobody is granted where all are not."""
        if number == NIKO:
            return Cause.INHERITANCE_OFF
        return Cause.NOT_GRANTED if Cause.NOT_GRANTED in self.everybody else Cause.NONE

    def find_people(
        self, settings: Settings, inputs: Inputs, words: str
    ) -> FoundPeople:
        self.calls.append(("find_people", settings, inputs, words))
        if self.error:
            raise self.error
        query_for(words, settings.identify_by)  # refuses what the real one does
        asked = words.strip().lower().removesuffix("@corp.test")
        everybody = map(person_of, range(len(GIVEN) * 8))
        found = [each for each in everybody if begins(each, asked)]
        if asked == "niko":
            found = [person_of(NIKO)]
        most = people_search.MOST_FOUND
        exact = [each for each in found if each.sign_in_name == words]
        only = exact[0] if exact else None
        return FoundPeople(tuple(found[:most]), len(found) > most, only)

    def coverage(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        each: Callable[[PersonVerdict], None],
        report: Callable[[CoverageProgress], None],
        stop: threading.Event,
    ) -> Coverage:
        self.calls.append(("coverage", settings, inputs))
        if self.error:
            raise self.error
        return self._judged(each, report, stop)

    def foresee(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        report: Callable[[CoverageProgress], None],
        stop: threading.Event,
    ) -> Coverage:
        self.calls.append(("foresee", settings, inputs))
        if self.error:
            raise self.error
        return self._judged(lambda _judged: None, report, stop)

    def foresee_below(
        self,
        settings: Settings,
        inputs: Inputs,
        container: str,
        *,
        report: Callable[[CoverageProgress], None],
        stop: threading.Event,
    ) -> Coverage:
        self.calls.append(("foresee_below", settings, inputs, container))
        if self.error:
            raise self.error
        tally = Tally()
        for number, cause in enumerate(Counter(self.below).elements()):
            if tally.people and self.hold_below:
                self.go.wait(20)
            report(CoverageProgress(tally.people, tally.states[State.YES]))
            if stop.is_set():
                break
            tally.add(verdict_of(number, cause))
        causes = {op: dict(found) for op, found in tally.causes.items()}
        would, whole = tally.states[State.YES], not stop.is_set()
        return Coverage(tally.people, would, causes, self.foreseen, whole)

    def foresee_self_service(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        report: Callable[[CoverageProgress], None],
        stop: threading.Event,
    ) -> SelfServiceReach:
        """Let everybody, or those of `self_service` where groups are named."""
        self.calls.append(("foresee_self_service", settings, inputs))
        if self.error:
            raise self.error
        everybody = settings.self_service.who == "all"
        eligible = self.everybody if everybody else self.self_service
        tally, expected = SelfServiceTally(), sum(self.everybody.values())
        report(CoverageProgress(0, 0))
        for number, cause in enumerate(Counter(eligible).elements()):
            if number == sum(eligible.values()) // 2 and self.hold:
                self._wait(report, tally.eligible, stop)
            if stop.is_set():
                break
            two_proof = bool(settings.self_service.two_proof_groups) and number < 12
            tally.add(verdict_of(number, cause), may_of(two_proof=two_proof))
        for _ in range(expected - tally.people):
            tally.add(verdict_of(0, Cause.NONE), may_of(WhyNot.NO_MEMBER))
        return tally.reach(complete=not stop.is_set())

    def about_account(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        report: Callable[[int], None],
        stop: threading.Event,
    ) -> tuple[Finding, ...]:
        self.calls.append(("about_account", settings, inputs))
        return () if self.foreseen else self.findings

    def plan_grant(self, settings: Settings, inputs: Inputs) -> Plan:
        self.calls.append(("plan_grant", settings, inputs))
        causes = (*self.everybody, *self.others.values())
        changes = (GRANT,) if Cause.NOT_GRANTED in causes else ()
        self.granted = Plan(settings, changes)
        return self.granted

    def entries(self, plan: Plan, inputs: Inputs) -> tuple[AccessEntry, ...]:
        return ENTRIES if plan.changes else ()

    def _judged(
        self,
        each: Callable[[PersonVerdict], None],
        report: Callable[[CoverageProgress], None],
        stop: threading.Event,
    ) -> Coverage:
        tally, expected = Tally(), sum(self.everybody.values())
        report(CoverageProgress(0, 0))
        for judged in self._people():
            if tally.people == expected // 2 and self.hold:
                self._wait(report, tally, stop)
            if stop.is_set():
                break
            tally.add(judged.verdict)
            each(judged)
        would = tally.states[State.YES]
        report(CoverageProgress(tally.people, would))
        causes = {op: dict(found) for op, found in tally.causes.items()}
        whole = tally.people == expected
        return Coverage(tally.people, would, causes, self.foreseen, whole)

    def _wait(
        self,
        report: Callable[[CoverageProgress], None],
        tally: Tally,
        stop: threading.Event,
    ) -> None:
        """Wait for `go`; who looks ten times a second has seen what is so far then.

        One that is stopped waits no more: its window is about to be destroyed.
        """
        here, reports = threading.current_thread(), 0
        while not self.go.wait(0.05) and not stop.is_set():
            report(CoverageProgress(tally.people, tally.states[State.YES]))
            reports += 1
            if reports > 3:
                self.held.add(here)
        self.held.discard(here)

    def _people(self) -> Iterator[PersonVerdict]:
        """Spread the rare causes among the others, as a directory does."""
        number = 0
        rest = dict(self.everybody)
        while any(rest.values()):
            for cause in [cause for cause, left in rest.items() if left]:
                take = min(rest[cause], 40 if cause is Cause.NONE else 1)
                rest[cause] -= take
                others = self.others if cause is Cause.NONE else {}
                for _ in range(take):
                    reset = verdict_of(number, cause, others)
                    name = name_of(number)
                    sam = name.lower().replace(" ", ".")
                    yield PersonVerdict(sam, reset, name, sign_in_of(name))
                    number += 1
