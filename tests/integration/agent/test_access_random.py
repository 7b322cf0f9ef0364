"""The access check against what the controller then really does, at random.

Each case is a descriptor made by dice, with inheritance from a container whose own
list is random too. The delegated account then reads the descriptor and attributes,
resets, changes, unlocks and asks for a new password; each has to end as
`agent.acl.access_check` and `agent.verdict.judge` say. WRITEBACK_SEED chooses another
run; a case that does not agree is kept in tests/data/access.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import ldap3
import pytest

from agent.acl.access_check import decide, token_on
from agent.acl.descriptor import SecurityDescriptor
from agent.acl.rights import Right
from agent.verdict import judge
from agent.verdict.causes import Cause
from agent.verdict.verdict import OperationVerdict, State
from lab.controller import Lab
from tests.conftest import ReportLine
from tests.fixtures.access_files import (
    FOLDER,
    Kept,
    as_samba_reads,
    store,
    subject_of,
    to_sddl,
)
from tests.integration.agent.access_bench import Bench, Target, bench_on, read
from tests.integration.agent.access_cases import Dice
from wire.operation import Operation

SEED = 20261123
FEW, MANY = 200, 5000
TRIED = {
    Right.RESET_PASSWORD: Operation.RESET,
    Right.CHANGE_PASSWORD: Operation.CHANGE,
    Right.WRITE_LOCKOUT_TIME: Operation.UNLOCK,
    Right.WRITE_PWD_LAST_SET: Operation.MUST_CHANGE,
}


SET = ("adminCount", "lockoutTime")
# attributes that all of these people have: absent, they are hidden
SHOWN = {
    "accountExpires": Right.READ_ACCOUNT_EXPIRES,
    "adminCount": Right.READ_ADMIN_COUNT,
    "lockoutTime": Right.READ_LOCKOUT_TIME,
    "memberOf": Right.READ_MEMBER_OF,
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A controller of this file's own: its people are rewritten all the time."""
    lab = Lab.start(tmp_path_factory.mktemp("access"))
    try:
        with bench_on(lab) as made:
            give_all(made, lab)
            yield made
    finally:
        lab.stop()


def give_all(bench: Bench, lab: Lab) -> None:
    """Set what a user may go without, so that only the permissions hide it."""
    everybody = f"CN=everybody,{bench.container}"
    members = [target.dn for target in bench.targets]
    bench.admin.add(everybody, "group", {"member": members})
    for target in bench.targets:
        values = {name: [(ldap3.MODIFY_REPLACE, [b"0"])] for name in SET}
        bench.admin.modify(target.dn, values)
        for name in SHOWN:
            assert read(bench.admin, target.dn, name), (target.dn, name, lab.host)


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
            token_on(self.bench.token, self.target.sid),
            self.right,
            classes=frozenset({self.target.object_class}),
        ).allowed

    def compare(self, tally: Tally, *, real: bool) -> bool:
        """Count it, and keep it when it is not as the rules with the quirk say."""
        expected = self.decided(self.stored)
        name = f"{self.right.name} {'allowed' if real else 'refused'}"
        tally.seen[name] += 1
        if self.decided(as_samba_reads(self.stored)) == real:
            tally.seen["quirk"] += expected != real
            return expected
        path = self.failed("access")
        store(self.kept(expected=expected, real=real), path)
        tally.wrong.append(
            f"{self.about} {self.right.name}: {expected=} {real=} {path}"
        )
        return expected

    def failed(self, what: str) -> Path:
        about = self.about.replace(" ", "-")
        return FOLDER / f"failed-{what}-{about}-{self.right.name}.json"

    def kept(self, *, expected: bool, real: bool) -> Kept:
        return Kept(
            self.about,
            to_sddl(self.stored),
            sorted(map(str, self.bench.token)),
            str(self.target.sid),
            str(self.target.object_class),
            self.right.name,
            expected,
            real,
        )


def should_answer(answer: OperationVerdict, *, expected: bool, readable: bool) -> State:
    """Give what the verdict has to be, from the access check's own answer."""
    if answer.cause is Cause.OWN_ACCOUNT:
        return State.NO
    if not readable:
        return State.UNKNOWN
    if answer.cause is Cause.CANNOT_CHANGE:
        return State.NO
    return State.YES if expected else State.NO


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
    for name, right in SHOWN.items():
        shown = read(bench.agent, target.dn, name)
        if shown is not None:
            replace(question, right=right).compare(tally, real=bool(shown))
    raw = found[0] if found else None
    subject = subject_of(raw, bench.token, target.sid, target.object_class)
    judged = judge.judge(subject)
    for right, operation in TRIED.items():
        real = bench.works(target, right)
        asked = replace(question, right=right)
        expected = asked.compare(tally, real=real)
        answer = judged.of(operation)
        wanted = should_answer(answer, expected=expected, readable=bool(found))
        if answer.state is not wanted:
            kept = asked.kept(expected=expected, real=real)
            kept = replace(kept, answer=wanted.value, hidden=not found)
            path = asked.failed("verdict")
            store(kept, path)
            tally.wrong.append(f"{about}: {right.name} {expected=} but {answer} {path}")


def run(
    bench: Bench,
    seed: int,
    cases: int,
    report_line: ReportLine,
    *,
    owner_rights: bool = False,
) -> Tally:
    chosen = int(os.environ.get("WRITEBACK_SEED", seed))
    tally = Tally(chosen)
    dice = Dice(chosen, bench.who, owner_rights=owner_rights)
    for number in range(cases):
        play(bench, dice, number, tally)
        assert len(tally.wrong) < 5, "\n".join(tally.wrong)
    report_line(f"seed {tally.seed}: {cases} cases, {dict(tally.seen)}")
    assert not tally.wrong, "\n".join(tally.wrong)
    return tally


def check_mixture(tally: Tally, least: int, hidden: int) -> None:
    """See to it that each right was both let and refused, often enough to tell."""
    wanted = dict.fromkeys((*TRIED, Right.READ_CONTROL), least)
    for right, number in (wanted | dict.fromkeys(SHOWN.values(), hidden)).items():
        counts = [tally.seen[f"{right.name} {end}"] for end in ("allowed", "refused")]
        assert min(counts) >= number, tally.seen


def test_decisions_are_what_the_controller_does(
    bench: Bench, report_line: ReportLine
) -> None:
    check_mixture(run(bench, SEED, FEW, report_line), FEW // 10, FEW // 20)


def test_samba_differs_over_owner_rights_in_passing_them_over(
    bench: Bench, report_line: ReportLine
) -> None:
    tally = run(bench, SEED, FEW // 2, report_line, owner_rights=True)

    assert tally.seen["quirk"] >= 5


@pytest.mark.slow
def test_thousands_of_decisions_are_what_the_controller_does(
    bench: Bench, report_line: ReportLine
) -> None:
    tally = run(bench, SEED + 1, MANY, report_line)

    check_mixture(tally, MANY // 10, MANY // 20)
    assert tally.seen["quirk"] >= MANY // 100
