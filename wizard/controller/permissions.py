"""May the agent's account do its work: for one person, for everybody, and no more.

Reads only. Signs in as the agent's own account, so that what it can't read is found;
for an account that is not made yet an administrator looks, and it is foreseen.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import takewhile

from agent.acl.sid import Sid
from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.users import own_sids
from agent.config.settings import Settings
from agent.ldap.entry import RootDse
from agent.verdict import judge
from agent.verdict.account import Account
from agent.verdict.causes import Cause
from agent.verdict.password_policy import PasswordPolicy
from agent.verdict.verdict import State, Verdict
from wire.names import Identifier
from wire.operation import Operation
from wizard.controller.scan import is_planned, open_scan
from wizard.directory.sign_in import as_agent, as_either
from wizard.grants import grants
from wizard.grants.grants import AccessEntry, Revocation
from wizard.inputs import Inputs
from wizard.permissions import people_search
from wizard.permissions.account_report import find_about_account
from wizard.permissions.coverage import (
    PersonVerdict,
    Scan,
    Tally,
    cover,
    people_in,
)
from wizard.permissions.findings import Finding
from wizard.permissions.listed_entries import NOTHING_LISTED, EntryList, list_entries
from wizard.permissions.people_search import FoundPeople
from wizard.permissions.person import filters_of, find_person
from wizard.permissions.proof import PAGE, WANTED, Disagreement, Proof
from wizard.permissions.self_service_chain import self_service_chain
from wizard.permissions.self_service_count import SelfServiceReach, count_self_service
from wizard.permissions.sid_names import Names
from wizard.plan.change import Context, Plan
from wizard.results import Check

_STEP = 50  # people between two reports


@dataclass(frozen=True)
class CoverageProgress:
    """How many are judged by now, and for how many of those a reset would work."""

    people: int
    would_work: int


@dataclass(frozen=True)
class Coverage:
    """What the judging of everybody came to; complete where it was not stopped.

    People are counted by cause, for each operation; `Cause.NONE` would work. Where the
    account is not there yet it is foreseen: seen as it will be once granted.
    """

    people: int
    would_work: int
    causes: Mapping[Operation, Mapping[Cause, int]]
    foreseen: bool
    complete: bool = True


@dataclass(frozen=True)
class Explained:
    """One person: the answers, what they stand on, and the controller asked.

    What is hidden is None; `foreseen` is as in `Coverage`. `listed` are the entries of
    the person's permissions, the deciding ones marked; `self_service` are the links
    from its switch to the verdict.
    """

    verdict: Verdict
    account: Account | None
    policy: PasswordPolicy | None
    controller: str
    foreseen: bool
    listed: EntryList = NOTHING_LISTED
    self_service: tuple[Check, ...] = ()


class Permissions:
    """What can be read of permissions; calls block.

    The account, scope and features of the settings are judged. Inputs are the account's
    password or an administrator, where none is stored. Each raises DirectoryError or
    StepFailed, with the remedy, where the directory can't be asked.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def find_people(
        self, settings: Settings, inputs: Inputs, words: str
    ) -> FoundPeople:
        """Find whom a name, a part of one, a DN or a GUID may mean; a bounded number.

        Those outside the scope are found too. Refused: nobody can be so named.
        """
        context = self._context.with_inputs(inputs)
        directory = settings.directory
        planned = is_planned(settings, context)
        sign_in = as_either if planned else as_agent
        with sign_in(directory, context) as opened:
            by = settings.identify_by
            return people_search.find_people(opened, directory.base_dn, words, by)

    def explain(
        self, settings: Settings, inputs: Inputs, by: Identifier | None, value: str
    ) -> Explained:
        """Say whether a reset of one person would work, and if not, why.

        `by` says what the value is; None: told by its form, and else what the cloud
        names people by. Refused: nobody, or several, are so named, or nobody can be.
        """
        filters = filters_of(value, by, settings)
        base_dn = settings.directory.base_dn
        with open_scan(settings, self._context.with_inputs(inputs)) as scan:
            directory = scan.facts.directory
            user = find_person(directory, base_dn, filters)
            subject = scan.subjects.read(scan.facts, user, detail=True)
            names = Names(directory, base_dn)
            verdict = judge.judge(subject, scan.operations, names)
            listed = list_entries(subject, scan.operations, names)
        return Explained(
            verdict,
            subject.account,
            subject.policy,
            directory.host,
            foreseen=scan.subjects.planned is not None,
            listed=listed,
            self_service=self_service_chain(settings, subject.membership, verdict),
        )

    def coverage(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        each: Callable[[PersonVerdict], None],
        report: Callable[[CoverageProgress], None],
        stop: threading.Event,
    ) -> Coverage:
        """Judge everybody in the scope, each once, in the directory's order.

        They are not counted before: that would be a fifth of the wait. `stop` is looked
        at between people; what was judged until then is given.
        """
        context = self._context.with_inputs(inputs)
        with open_scan(settings, context, stop.is_set) as scan:
            return _cover(scan, each, report, stop)

    def foresee(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        report: Callable[[CoverageProgress], None],
        stop: threading.Event,
    ) -> Coverage:
        """Count who could be reset once the settings are applied: granted by then."""
        context = self._context.with_inputs(inputs)
        with open_scan(settings, context, stop.is_set, granted=True) as scan:
            return _cover(scan, lambda _judged: None, report, stop)

    def foresee_below(
        self,
        settings: Settings,
        inputs: Inputs,
        container: str,
        *,
        report: Callable[[CoverageProgress], None],
        stop: threading.Event,
    ) -> Coverage:
        """Count as `foresee` does, of the scope only who is in one container."""
        context = self._context.with_inputs(inputs)
        with open_scan(
            settings, context, stop.is_set, granted=True, within=container
        ) as scan:
            return _cover(scan, lambda _judged: None, report, stop)

    def foresee_self_service(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        report: Callable[[CoverageProgress], None],
        stop: threading.Event,
    ) -> SelfServiceReach:
        """Count as `foresee` does, by what self-service lets people do."""
        context = self._context.with_inputs(inputs)
        with open_scan(settings, context, stop.is_set, granted=True) as scan:
            return count_self_service(
                scan,
                settings.self_service,
                lambda people, works: report(CoverageProgress(people, works)),
                stop,
            )

    def about_account(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        report: Callable[[int], None],
        stop: threading.Event,
    ) -> tuple[Finding, ...]:
        """Find what is wrong with the account itself; nothing for one to be made."""
        context = self._context.with_inputs(inputs)
        if is_planned(settings, context):
            return ()
        with as_agent(settings.directory, context) as opened:
            return find_about_account(
                opened, DomainCache(settings), report=report, stop=stop.is_set
            )

    def prove(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        begin: Callable[[RootDse, frozenset[Sid]], None],
        each: Callable[[Disagreement], None],
        report: Callable[[int], None],
        stop: threading.Event,
    ) -> Proof:
        """Compare, for everybody in the scope, the verdict with the controller's word.

        Reads only, as the agent's account. `begin` is told of the controller and the
        token, `each` of what differs. StepFailed: no password of the account is known.
        """
        context = self._context.with_inputs(inputs)
        with as_agent(settings.directory, context) as opened:
            proof = Proof(own_sids(opened))
            begin(opened.root(), proof.sids)
            for entry in people_in(opened, settings.scope, WANTED, PAGE):
                if stop.is_set():
                    proof.complete = False
                    break
                for differs in proof.add(entry):
                    each(differs)
                if proof.people % _STEP == 0:
                    report(proof.people)
        return proof

    def plan_grant(self, settings: Settings, inputs: Inputs) -> Plan:
        """Say what is missing for the scope; nothing is taken back."""
        context = self._context.with_inputs(inputs)
        return Plan(settings, grants.plan_grant(settings, context))

    def plan_revoke(self, settings: Settings, inputs: Inputs) -> Revocation:
        """Say what earlier plans granted to the account and still is there."""
        return grants.plan_revoke(settings, self._context.with_inputs(inputs))

    def entries(self, plan: Plan, inputs: Inputs) -> tuple[AccessEntry, ...]:
        """Give each entry of a plan by itself, as other tools write it."""
        if plan.settings is None:
            return ()  # a removal names no account to grant to
        context = self._context.with_inputs(inputs)
        return grants.entries(plan.changes, plan.settings, context)


def _cover(
    scan: Scan,
    each: Callable[[PersonVerdict], None],
    report: Callable[[CoverageProgress], None],
    stop: threading.Event,
) -> Coverage:
    tally = Tally()
    report(_seen(tally))
    directory = scan.facts.directory
    names = Names(directory, directory.root().naming_context)
    with closing(cover(scan, names)) as everybody:
        for judged in takewhile(lambda _judged: not stop.is_set(), everybody):
            tally.add(judged.verdict)
            each(judged)
            if tally.people % _STEP == 0:
                report(_seen(tally))
    seen = _seen(tally)
    report(seen)
    causes = {op: dict(counts) for op, counts in tally.causes.items()}
    foreseen = scan.subjects.planned is not None
    complete = not stop.is_set()
    return Coverage(seen.people, seen.would_work, causes, foreseen, complete)


def _seen(tally: Tally) -> CoverageProgress:
    return CoverageProgress(tally.people, tally.states[State.YES])
