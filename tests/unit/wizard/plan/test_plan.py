"""All or none: what is made is written down first, and taken back newest first."""

import errno
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from tests.unit.wizard.answered import SETTINGS
from wire.text import Text, verbatim
from wizard.host.interface import Host
from wizard.inputs import Inputs
from wizard.plan import apply as carrying_out
from wizard.plan import journal
from wizard.plan.apply import Run
from wizard.plan.change import (
    ApplyError,
    Begun,
    Change,
    Context,
    Facts,
    NothingDone,
    Progress,
    StepFailed,
    allow_all,
)
from wizard.plan.journal import Journal
from wizard.plan.step import Step, Target, plan

CANARY = "Canary-7f3a-Passw0rd!"


@dataclass
class Counter(Step):
    """A step that sets names in a dict, as a real one sets things on a machine."""

    world: dict[str, int]
    fails_at: str = ""
    raises: Exception = field(
        default_factory=lambda: StepFailed(Text("It broke."), Text("Mend it."))
    )
    name: str = "count"

    def plan(self, target: Target) -> Sequence[Change]:
        return [
            Change(self.name, verbatim(f"Sets {key}"), None, {"key": key})
            for key in ("a", "b", "c")
            if key not in self.world
        ]

    def apply(self, change: Change, context: Context) -> Facts:
        assert change.after is not None
        if change.after["key"] == self.fails_at:
            raise self.raises
        self.world[change.after["key"]] = 1
        return {"value": 1}

    def undo(self, begun: Begun, context: Context) -> None:
        assert begun.change.after is not None
        key = begun.change.after["key"]
        if self.world.get(key, 1) != 1:
            raise StepFailed(verbatim(f"{key} was changed since."), Text("Look at it."))
        self.world.pop(key, None)

    def plan_removal(self, context: Context) -> Sequence[Change]:
        return [
            Change(
                self.name,
                verbatim(f"Removes {key}"),
                {"key": key},
                None,
                final=key != "a",
            )
            for key in self.world
        ]


@dataclass
class PlanStage:
    """One plan over one step."""

    step: Counter
    journal: Journal
    reports: list[Progress] = field(default_factory=list)

    @property
    def run(self) -> Run:
        return Run((self.step,), self.journal, context(), self.reports.append)

    @property
    def changes(self) -> tuple[Change, ...]:
        return plan((self.step,), SETTINGS, context())

    def apply(self, stop: threading.Event | None = None) -> None:
        carrying_out.apply(self.run, self.changes, stop or threading.Event())

    @property
    def lines(self) -> list[str]:
        return [f"{p.state} {p.change.summary[-1]}" for p in self.reports]


def context() -> Context:
    return Context(cast("Host", None), Inputs(), allow_all)


@pytest.fixture
def stage(tmp_path: Path) -> PlanStage:
    return PlanStage(Counter({}), journal.begin(tmp_path))


def test_all_changes_are_made_and_the_journal_is_sealed(stage: PlanStage) -> None:
    stage.apply()
    assert stage.step.world == {"a": 1, "b": 1, "c": 1}
    assert stage.journal.path.name.endswith(".sealed.jsonl")
    assert stage.lines == [
        "doing a",
        "done a",
        "doing b",
        "done b",
        "doing c",
        "done c",
    ]
    assert [(p.index, p.total) for p in stage.reports[::2]] == [(0, 3), (1, 3), (2, 3)]


def test_a_second_plan_has_nothing_to_do(stage: PlanStage) -> None:
    stage.apply()
    assert stage.changes == ()


def test_an_act_is_written_down_before_it_is_done(stage: PlanStage) -> None:
    seen: list[int] = []
    real = stage.step.apply

    def apply(change: Change, context: Context) -> Facts:
        seen.append(len(stage.journal.begun()))
        return real(change, context)

    stage.step.apply = apply  # type: ignore[method-assign]
    stage.apply()
    assert seen == [1, 2, 3]


def test_a_failure_takes_back_newest_first(stage: PlanStage) -> None:
    stage.step.fails_at = "c"
    with pytest.raises(ApplyError, match=r"^It broke\. Mend it\.$") as raised:
        stage.apply()
    assert stage.step.world == {}
    assert raised.value.failed is not None
    assert raised.value.failed.summary == "Sets c"
    assert [change.summary for change in raised.value.undone] == [
        "Sets c",
        "Sets b",
        "Sets a",
    ]
    assert raised.value.stuck == ()
    assert "failed c" in stage.lines
    assert stage.journal.path.name.endswith(".undone.jsonl")


def test_stop_ends_before_the_next_change(stage: PlanStage) -> None:
    stop = threading.Event()
    run = Run((stage.step,), stage.journal, context(), lambda _progress: stop.set())
    with pytest.raises(ApplyError, match="Stopped") as raised:
        carrying_out.apply(run, stage.changes, stop)
    assert raised.value.failed is None
    assert [change.summary for change in raised.value.undone] == ["Sets a"]
    assert stage.step.world == {}


def test_taking_back_goes_on_past_what_is_stuck(stage: PlanStage) -> None:
    stage.step.fails_at = "c"

    def drifts(progress: Progress) -> None:
        if (progress.state, progress.change.summary) == ("done", "Sets b"):
            stage.step.world["b"] = 7

    run = Run((stage.step,), stage.journal, context(), drifts)
    with pytest.raises(ApplyError) as raised:
        carrying_out.apply(run, stage.changes, threading.Event())
    assert [(s.change.summary, s.reason) for s in raised.value.stuck] == [
        ("Sets b", "b was changed since. Look at it.")
    ]
    # what somebody else changed is left, and the journal stays open for it
    assert stage.step.world == {"b": 7}
    assert [entry.index for entry in stage.journal.begun()] == [1]
    assert stage.journal.path.name.endswith(".open.jsonl")


def test_a_roll_back_can_be_repeated_until_nothing_is_stuck(stage: PlanStage) -> None:
    test_taking_back_goes_on_past_what_is_stuck(stage)
    stage.step.world["b"] = 1
    rolled = carrying_out.roll_back(stage.run)
    assert [change.summary for change in rolled.undone] == ["Sets b"]
    assert stage.step.world == {}
    assert stage.journal.path.name.endswith(".undone.jsonl")


@pytest.mark.parametrize("made", [0, 1, 2, 3])
def test_a_cut_after_any_change_is_taken_back(stage: PlanStage, made: int) -> None:
    for index, change in enumerate(stage.changes[:made]):
        stage.journal.intend(index, change)
        stage.step.apply(change, context())
    # the last one's result was never written down
    rolled = carrying_out.roll_back(stage.run)
    assert len(rolled.undone) == made
    assert stage.step.world == {}


def full_disk(stage: PlanStage, monkeypatch: pytest.MonkeyPatch, *what: str) -> None:
    """Let no line of these kinds into the journal."""
    real = Journal._append

    def append(self: Journal, line: dict[str, Any]) -> None:
        if line["what"] in what and line["index"] == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(self, line)

    monkeypatch.setattr(Journal, "_append", append)


@pytest.mark.parametrize("what", ["intend", "did"])
def test_a_journal_that_can_not_be_written_takes_back_what_was_made(
    stage: PlanStage, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    full_disk(stage, monkeypatch, what)
    with pytest.raises(ApplyError, match="No space left on device") as raised:
        stage.apply()
    assert stage.step.world == {}
    assert raised.value.stuck == ()
    assert stage.journal.path.name.endswith(".undone.jsonl")


def test_what_can_not_be_noted_as_taken_back_is_stuck(
    stage: PlanStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_disk(stage, monkeypatch, "undid")
    stage.step.fails_at = "c"
    with pytest.raises(ApplyError) as raised:
        stage.apply()
    # it is taken back once more when there is room
    assert [stuck.change.summary for stuck in raised.value.stuck] == ["Sets b"]
    assert stage.step.world == {}
    monkeypatch.undo()
    assert carrying_out.roll_back(stage.run).stuck == ()
    assert stage.journal.path.name.endswith(".undone.jsonl")


def test_what_was_refused_on_a_full_disk_takes_back_the_others(
    stage: PlanStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_disk(stage, monkeypatch, "undid")
    stage.step.fails_at = "b"
    stage.step.raises = NothingDone(Text("It was refused."), Text("Ask."))
    with pytest.raises(ApplyError, match="refused"):
        stage.apply()
    assert stage.step.world == {}
    monkeypatch.undo()
    assert carrying_out.roll_back(stage.run).stuck == ()


@pytest.mark.parametrize("state", ["doing", "done", "undoing", "undone", "stuck"])
def test_who_looks_on_does_not_change_what_is_done(
    stage: PlanStage, state: str
) -> None:
    stage.step.fails_at = "c"

    def breaks(progress: Progress) -> None:
        if progress.change.summary == "Sets b" and progress.state == "done":
            stage.step.world["b"] = 7 if state == "stuck" else 1
        if progress.state == state:
            raise BrokenPipeError

    run = Run((stage.step,), stage.journal, context(), breaks)
    with pytest.raises(ApplyError, match="It broke"):
        carrying_out.apply(run, stage.changes, threading.Event())
    assert stage.step.world == ({"b": 7} if state == "stuck" else {})


def test_an_unexpected_error_gives_its_kind_only(stage: PlanStage) -> None:
    stage.step.fails_at = "b"
    stage.step.raises = ValueError(CANARY)
    with pytest.raises(ApplyError) as raised:
        stage.apply()
    where = r"An unexpected error of kind ValueError at wizard\.plan\.apply, line \d+\."
    assert re.fullmatch(where, str(raised.value))
    assert CANARY not in str([progress.detail for progress in stage.reports])
    assert CANARY not in stage.journal.path.read_text()


def test_a_change_comes_back_from_its_data() -> None:
    change = Change("s", Text("Does it"), {"a": [1]}, None, needs_admin=True)
    data: dict[str, Any] = change.as_dict()
    assert Change.of(data) == change
