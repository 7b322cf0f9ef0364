"""What the policy says before a write against what the controller then does.

Random policies, password settings objects, accounts, passwords and operations. Each
case is foretold by the product from what the service account can read, then done by
the agent's own code. WRITEBACK_SEED chooses another run; a case that fails is kept in
tests/data/policy, with the case's number and the seed.
"""

import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agent.request.stages import Located
from lab.agent_settings import settings_for
from lab.controller import Lab
from tests.conftest import ReportLine
from tests.fixtures.agent_stage import CANARY, AgentStage
from tests.fixtures.filetime import to_filetime
from tests.fixtures.policy_files import FOLDER, Judged, store
from tests.integration.agent.policy_admin import Admin
from tests.integration.agent.policy_bench import Became, Bench, Forecast, foretell
from tests.integration.agent.policy_cases import Dice, units
from tests.integration.agent.policy_rules import (
    KEPT_OLD,
    LENGTH,
    LETTERS,
    MOST,
    NAMES,
    NOT_REQUIRED,
    WORDS,
    Facts,
    cause_in,
    is_bound,
    is_left_to_samba,
    is_locked,
    now,
    quirk,
    recipe,
    refused_by_ad,
    refused_by_samba,
)
from wire.operation import Operation
from wire.outcomes import Code

SEED = 20261123
FEW, MANY = 120, 2000
FORETOLD = "foretold"
HISTORY = "the history is the directory's"
HIDDEN = "the policy is hidden"
OLD = "the old password is the directory's to judge"
DIFFERS = "Samba differs"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A controller of this file's own: the policy of the whole domain changes."""
    lab = Lab.start(tmp_path_factory.mktemp("policy"))
    homes = {hints: tmp_path_factory.mktemp("agent") for hints in (True, False)}
    agents = {
        hints: AgentStage(
            lab, home, settings_for(lab, directory=_directory(lab, hints))
        )
        for hints, home in homes.items()
    }
    try:
        with lab.signed_in(lab.admin_user, lab.admin_password) as link:
            made = Bench(Admin(link, lab.base_dn), lab, agents)
            made.prepare()
            yield made
    finally:
        for agent in agents.values():
            agent.close()
        lab.stop()


def _directory(lab: Lab, hints: bool) -> dict[str, object]:  # noqa: FBT001
    whole = settings_for(lab).model_dump(mode="json", exclude_none=True)["directory"]
    return dict(whole) | {"policy_hints": hints}


@dataclass
class Tally:
    """What was seen, and what did not agree."""

    seed: int
    cases: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    quirks: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def should_say(facts: Facts, *, hidden: bool) -> Code | None:
    """Give what Active Directory's rules let one know before; None: not known."""
    case = facts.case
    if stop := _stopped(facts):
        return stop
    if case.operation is Operation.CHANGE and is_locked(facts):
        return Code.ACCOUNT_LOCKED
    if hidden:
        return Code.POLICY if units(facts.password) > MOST else None
    known = [code for code in refused_by_ad(facts) if code is not Code.IN_HISTORY]
    if known:
        return known[0]
    return None if facts.rules.history and is_bound(facts) else Code.OK


def _stopped(facts: Facts) -> Code | None:
    """Give what the agent refuses without a write."""
    if facts.case.state.flags & 0x2:
        return Code.ACCOUNT_DISABLED
    if facts.case.state.expired:
        return Code.ACCOUNT_EXPIRED
    if facts.case.operation is Operation.CHANGE and facts.cannot_change:
        return Code.CANNOT_CHANGE
    return None


def should_become(facts: Facts, *, hidden: bool) -> Code:
    """Give the answer after the write, with the cause that is left."""
    if stop := _stopped(facts):
        return stop
    if facts.case.operation is Operation.CHANGE:
        if is_locked(facts):
            return Code.ACCOUNT_LOCKED
        if not facts.case.right:
            return Code.WRONG_PASSWORD
    if not refused_by_samba(facts):
        return Code.OK
    foretold = should_say(facts, hidden=hidden)
    if foretold not in (None, Code.OK):
        return foretold
    by_history = not hidden and facts.rules.history and is_bound(facts)
    return Code.IN_HISTORY if by_history else Code.POLICY


def class_of(facts: Facts, forecast: Forecast, real: Code, *, hidden: bool) -> str:
    """Name the ground on which what was said and what became of it are compared."""
    if real is Code.WRONG_PASSWORD:
        return OLD
    differs = bool(refused_by_ad(facts)) != bool(refused_by_samba(facts))
    differs = differs or (is_left_to_samba(facts) and real is not Code.OK)
    open_ = hidden and forecast.code is None
    if differs and not open_ and real not in (Code.ACCOUNT_LOCKED, _stopped(facts)):
        return DIFFERS
    if forecast.code is not None:
        return FORETOLD
    return HIDDEN if hidden else HISTORY


def play(bench: Bench, dice: Dice, number: int, tally: Tally) -> None:
    case = dice.case(len(bench.people), len(bench.settings))
    person = bench.people[case.user]
    rules, age, set_at, hidden = bench.put(case)
    display = case.state.display
    password = dice.password(rules, person.sam, display, person.past)
    old = person.past.every[0] if case.right else dice.wrong()
    request = bench.request(case, password, old)
    for located in bench.located(case, request):
        facts = Facts(
            case,
            rules,
            age,
            set_at,
            person.sam,
            person.cannot_change,
            password,
            person.past,
            now(),
        )
        assert located.user.entry.text("msDS-ResultantPSO") == bench.winner(case)
        forecast = foretell(located.subject, request)
        became = bench.write(case, located)
        real = became.code
        problems = judge(facts, forecast, became, hidden=hidden)
        where = class_of(facts, forecast, real, hidden=hidden)
        tally.codes[real.value] += 1
        tally.classes[where] += 1
        if where == DIFFERS:
            tally.quirks[quirk(facts)] += 1
        if problems:
            path = keep(facts, located, tally.seed, number)
            tally.wrong.append(
                f"seed {tally.seed} case {number}: {problems}\n  {forecast}\n"
                f"  {became}\n  {facts}\n  {recipe(facts)}\n  {path}"
            )
        if real is Code.OK:
            person.past.was_set(password, rules.history)


def judge(facts: Facts, forecast: Forecast, became: Became, *, hidden: bool) -> str:
    """Compare; say what does not agree."""
    real = became.code
    wanted = should_say(facts, hidden=hidden)
    becomes = should_become(facts, hidden=hidden)
    if CANARY in f"{forecast} {became}":
        return "a password is told"
    if forecast.code is not wanted:
        return f"said {forecast.code}, by the rules {wanted}"
    if forecast.code is None and not forecast.why:
        return "not known, without a reason"
    if is_left_to_samba(facts) and becomes is Code.OK:
        refused = real in (Code.IN_HISTORY, Code.POLICY, forecast.code)
        return "" if refused or real is Code.OK else f"became {real}, an old password"
    if real is not becomes:
        return f"became {real}, by the rules {becomes}"
    where = class_of(facts, forecast, real, hidden=hidden)
    if where == FORETOLD and forecast.code is not real:
        return f"foretold {forecast.code}, became {real}"
    return judge_words(facts, became, where)


def judge_words(facts: Facts, became: Became, where: str) -> str:
    """Compare with the cause that Samba itself names: it found it, nobody guessed."""
    cause = cause_in(became.words)
    if cause is None:
        policy = became.code in {*WORDS.values(), Code.POLICY}
        return f"no cause in {became.words!r}" if policy else ""
    broken = refused_by_samba(facts)
    if cause not in broken:
        return f"Samba names {cause}, by the rules {broken}"
    # where AD has a second cause, the product names the first of AD's
    alone = [cause] == broken == refused_by_ad(facts)
    if where in (FORETOLD, HISTORY) and alone and became.code is not cause:
        return f"Samba names {cause}, became {became.code}"
    return ""


def keep(facts: Facts, located: Located, seed: int, number: int) -> Path:
    """Store a case for a replay without a lab, with what is right by the rules."""
    subject = located.subject
    assert subject.account is not None  # the bench hides no account
    judged = Judged(
        subject.policy,
        subject.account,
        facts.password,
        to_filetime(facts.now),
        facts.case.operation,
        subject.hints,
        cannot_change=facts.cannot_change,
    )
    path = FOLDER / f"failed-{seed}-{number}.json"
    stops = stops_of(facts, hidden=subject.policy is None)
    store(f"seed {seed}, case {number}", judged, path, stops=stops)
    return path


def stops_of(facts: Facts, *, hidden: bool) -> list[str]:
    found = [code for code in refused_by_ad(facts) if code is not Code.IN_HISTORY]
    if hidden:
        found = [Code.POLICY] if units(facts.password) > MOST else []
    if facts.case.operation is Operation.CHANGE:
        if is_locked(facts):
            found.insert(0, Code.ACCOUNT_LOCKED)
        if facts.cannot_change:
            found.insert(0, Code.CANNOT_CHANGE)
    return [code.value for code in found]


def run(
    bench: Bench, seed: int, report_line: ReportLine, goes_on: Callable[[Tally], bool]
) -> Tally:
    tally = Tally(int(os.environ.get("WRITEBACK_SEED", seed)))
    dice = Dice(tally.seed)
    while goes_on(tally):
        play(bench, dice, tally.cases, tally)
        tally.cases += 1
        assert len(tally.wrong) < 5, "\n".join(tally.wrong)
    for counted in (tally.codes, tally.classes, tally.quirks):
        report_line(f"seed {tally.seed}: {tally.cases} cases, {dict(counted)}")
    assert not tally.wrong, "\n".join(tally.wrong)
    return tally


def test_what_is_said_before_is_what_becomes_of_it(
    bench: Bench, caplog: pytest.LogCaptureFixture, report_line: ReportLine
) -> None:
    caplog.set_level(logging.DEBUG)

    tally = run(bench, SEED, report_line, lambda tally: tally.cases < FEW)

    assert tally.codes["ok"] >= FEW // 4
    assert tally.classes[FORETOLD] >= FEW // 3
    assert CANARY not in caplog.text


@pytest.mark.slow
def test_thousands_of_cases_agree(bench: Bench, report_line: ReportLine) -> None:
    tally = run(
        bench, SEED + 1, report_line, lambda tally: tally.classes[FORETOLD] < MANY
    )

    # each of these was foretold by its code, and became just that (`judge`)
    assert tally.classes[FORETOLD] >= MANY
    assert sum(tally.classes.values()) == tally.cases
    assert set(tally.codes) >= {
        *("ok", "account_disabled", "account_expired", "account_locked"),
        *("wrong_password", "cannot_change", "too_short", "not_complex"),
        *("in_history", "too_young", "policy"),
    }
    assert all(count >= 20 for count in tally.classes.values())
    assert set(tally.classes) == {FORETOLD, HISTORY, HIDDEN, OLD, DIFFERS}
    assert set(tally.quirks) == {NAMES, LETTERS, LENGTH, NOT_REQUIRED, KEPT_OLD}
