"""People counted by what self-service lets them do."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import takewhile

from agent.config.self_service import SelfService
from agent.self_service.eligibility import Eligibility, WhyNot, eligibility
from agent.verdict.causes import Cause
from agent.verdict.verdict import State, Verdict
from wire.operation import Operation
from wizard.permissions.coverage import Scan, Tally, judge_each

_STEP = 50  # people between two reports


@dataclass(frozen=True)
class SelfServiceReach:
    """Whom self-service is for, and for whom of them a reset would work.

    Of the `people` in the scope so many are `eligible`: the settings let them. Of
    these `two_proof` always need two verification methods, and `causes` has why a
    reset would fail. The others are counted by why they may not.
    """

    people: int
    eligible: int
    would_work: int
    two_proof: int
    causes: Mapping[Cause, int]
    why_not: Mapping[WhyNot, int]
    complete: bool = True

    @property
    def protected(self) -> int:
        """How many of the eligible AdminSDHolder protects: no portal resets them."""
        return self.causes.get(Cause.PROTECTED, 0)


@dataclass(slots=True)
class SelfServiceTally:
    """People counted one by one."""

    people: int = 0
    two_proof: int = 0
    eligible: Tally = field(default_factory=Tally)
    why_not: Counter[WhyNot] = field(default_factory=Counter)

    def add(self, verdict: Verdict, may: Eligibility | None) -> None:
        """Count one person; `may` is None where it is hidden who that is."""
        self.people += 1
        if may is None:
            return
        if may.why_not is not None:
            self.why_not[may.why_not] += 1
            return
        self.eligible.add(verdict)
        self.two_proof += may.two_proof

    @property
    def would_work(self) -> int:
        """For how many of the eligible a reset would work."""
        return self.eligible.states[State.YES]

    def reach(self, *, complete: bool) -> SelfServiceReach:
        """Give what it came to; not `complete` where it was stopped."""
        causes = self.eligible.causes[Operation.RESET]
        return SelfServiceReach(
            self.people,
            self.eligible.people,
            self.would_work,
            self.two_proof,
            dict(causes),
            dict(self.why_not),
            complete,
        )


def count_self_service(
    scan: Scan,
    settings: SelfService,
    report: Callable[[int, int], None],
    stop: threading.Event,
) -> SelfServiceReach:
    """Count everybody in the scope; `stop` is looked at between people.

    It reports how many were looked at, and for how many eligible ones it would work.
    DirectoryError where the directory does not answer.
    """
    tally = SelfServiceTally()
    with closing(judge_each(scan)) as everybody:
        for _, subject, verdict in takewhile(
            lambda _each: not stop.is_set(), everybody
        ):
            may = eligibility(settings, subject.membership) if subject else None
            tally.add(verdict, may)
            if tally.people % _STEP == 0:
                report(tally.people, tally.would_work)
    return tally.reach(complete=not stop.is_set())
