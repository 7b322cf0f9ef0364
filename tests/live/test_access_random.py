"""The access check against what the controller then really does, at random.

Each case is a descriptor made by dice, with inheritance from a container whose own
list is random too. The delegated account then reads the descriptor, resets, changes,
unlocks and asks for a new password; each has to end as `agent.access` and
`agent.verdict` say. WRITEBACK_SEED chooses another run; a case that does not agree is
kept in tests/data/access.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from agent import verdict
from agent.access import Right, decide
from agent.account import Account, UserFlag
from agent.causes import Cause
from agent.descriptor import SecurityDescriptor
from agent.policy import PasswordPolicy
from agent.subject import Answer, Operation, State, Subject
from tests.lab import Lab
from tests.live.access_bench import Bench, Target, bench_on
from tests.live.access_cases import Dice
from tests.live.access_files import FOLDER, Kept, as_samba_reads, store, to_sddl

pytestmark = pytest.mark.live

SEED = 20261123
FEW, MANY = 200, 5000
TRIED = {
    Right.RESET_PASSWORD: Operation.RESET,
    Right.CHANGE_PASSWORD: Operation.CHANGE,
    Right.WRITE_LOCKOUT_TIME: Operation.UNLOCK,
    Right.WRITE_PWD_LAST_SET: Operation.MUST_CHANGE,
}
NOW = datetime(2026, 11, 23, tzinfo=UTC)
POLICY = PasswordPolicy(
    source="a policy that refuses nothing",
    min_length=0,
    complexity=False,
    history=0,
    min_age=timedelta(0),
    max_age=None,
    lockout_threshold=0,
    lockout_duration=None,
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A controller of this file's own: its people are rewritten all the time."""
    lab = Lab.start(tmp_path_factory.mktemp("access"))
    try:
        with bench_on(lab) as made:
            yield made
    finally:
        lab.stop()


@dataclass
class Tally:
    """What was seen, and what did not agree."""

    seed: int
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    """One right on one object, with the descriptor as it is stored."""

    about: str
    bench: Bench
    target: Target
    stored: SecurityDescriptor
    right: Right

    def decided(self, descriptor: SecurityDescriptor) -> bool:
        return decide(
            descriptor,
            self.bench.token,
            self.right,
            classes=frozenset({self.target.object_class}),
            self_sid=self.target.sid,
        ).allowed

    def compare(self, tally: Tally, *, real: bool) -> bool:
        """Count it, and keep it when it is not as the rules with the quirk say."""
        said = self.decided(self.stored)
        name = f"{self.right.name} {'allowed' if real else 'refused'}"
        tally.seen[name] += 1
        if self.decided(as_samba_reads(self.stored)) == real:
            tally.seen["quirk"] += said != real
            return said
        path = FOLDER / f"failed-{self.about.replace(' ', '-')}-{self.right.name}.json"
        store(self.kept(said=said, real=real), path)
        tally.wrong.append(f"{self.about} {self.right.name}: {said=} {real=} {path}")
        return said

    def kept(self, *, said: bool, real: bool) -> Kept:
        return Kept(
            self.about,
            to_sddl(self.stored),
            sorted(map(str, self.bench.token)),
            str(self.target.sid),
            str(self.target.object_class),
            self.right.name,
            said,
            real,
        )


def subject_of(bench: Bench, target: Target, raw: bytes | None) -> Subject:
    """What the product reads of them, where the policy refuses nothing."""
    return Subject(
        dn=target.dn,
        guid=UUID(int=1),
        object_sid=target.sid,
        classes=frozenset({target.object_class}),
        descriptor=raw,
        account=Account(
            "plain", int(UserFlag.NORMAL_ACCOUNT), pwd_last_set=None, computed=0
        ),
        policy=POLICY,
        agent_sids=bench.token,
        hints=True,
    )


def told_wrongly(answer: Answer, *, said: bool, readable: bool) -> bool:
    """Whether the verdict is another than the access check's own."""
    if not readable:
        return answer.state is not State.UNKNOWN
    if answer.cause is Cause.CANNOT_CHANGE:
        return answer.state is not State.NO
    return answer.state is not (State.YES if said else State.NO)


def play(bench: Bench, dice: Dice, number: int, tally: Tally) -> None:
    target = bench.put(dice.case(len(bench.targets)))
    stored = bench.stored(target.dn)
    about = f"seed {tally.seed} case {number}"
    question = Question(about, bench, target, stored, Right.READ_CONTROL)
    found = bench.seen(target)
    if found is None:
        tally.seen["the object is hidden"] += 1
    else:
        question.compare(tally, real=bool(found))
    judged = verdict.judge(
        subject_of(bench, target, found[0] if found else None), now=NOW
    )
    for right, operation in TRIED.items():
        real = bench.works(target, right)
        said = replace(question, right=right).compare(tally, real=real)
        answer: Answer = getattr(judged, operation.value)
        if told_wrongly(answer, said=said, readable=bool(found)):
            tally.wrong.append(f"{about}: {right.name} {said=} but {answer}")


def run(bench: Bench, seed: int, cases: int, *, owner_rights: bool = False) -> Tally:
    chosen = int(os.environ.get("WRITEBACK_SEED", seed))
    tally = Tally(chosen)
    dice = Dice(chosen, bench.who, owner_rights=owner_rights)
    for number in range(cases):
        play(bench, dice, number, tally)
        assert len(tally.wrong) < 5, "\n".join(tally.wrong)
    print(f"seed {tally.seed}: {cases} cases, {dict(tally.seen)}")
    assert not tally.wrong, "\n".join(tally.wrong)
    return tally


def check_mixture(tally: Tally, least: int) -> None:
    """See to it that each right was both let and refused, often enough to tell."""
    for right in (*TRIED, Right.READ_CONTROL):
        counts = [tally.seen[f"{right.name} {end}"] for end in ("allowed", "refused")]
        assert min(counts) >= least, tally.seen


def test_decisions_are_what_the_controller_does(bench: Bench) -> None:
    check_mixture(run(bench, SEED, FEW), FEW // 10)


def test_samba_differs_over_owner_rights_in_passing_them_over(bench: Bench) -> None:
    tally = run(bench, SEED, FEW // 2, owner_rights=True)

    assert tally.seen["quirk"] >= 5


@pytest.mark.slow
def test_thousands_of_decisions_are_what_the_controller_does(bench: Bench) -> None:
    tally = run(bench, SEED + 1, MANY)

    check_mixture(tally, MANY // 10)
    assert tally.seen["quirk"] >= MANY // 100
