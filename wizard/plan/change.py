"""What a plan is made of: changes, the steps that make them, and how it can end.

A change is data, so that a new process can take back what another began; how plans are
carried out is in `wizard.plan.apply`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol, Self

from agent.config.settings import Settings
from wire.failure import Failure
from wizard.host.interface import Host
from wizard.inputs import Inputs
from wizard.results import Check

Facts = Mapping[str, Any]
State = Literal["doing", "done", "failed", "undoing", "undone", "stuck"]


@dataclass(frozen=True)
class Change:
    """One thing that will be done. Holds no secret, only the names of secrets.

    Attributes:
        step: the name of the step that does it.
        summary: what, as a sentence in the present tense.
        before: what is there now; None when nothing is.
        after: what will be there; None when it is removed.
        needs_admin: making it or taking it back needs an administrator of the domain.
        final: what it takes away can't be given back, such as a key; from the first
            one on a plan only goes forward, after a crash too.

    """

    step: str
    summary: str
    before: Facts | None
    after: Facts | None
    needs_admin: bool = False
    final: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON takes it."""
        return asdict(self)

    @classmethod
    def of(cls, data: Facts) -> Self:
        """Read what `as_dict` gave."""
        return cls(**data)


@dataclass(frozen=True)
class Progress:
    """One change on its way.

    Attributes:
        index: which of the plan's changes, from 0.
        total: how many there are.
        change: the change itself.
        state: what is being done with it.
        detail: what came back, where something did.

    """

    index: int
    total: int
    change: Change
    state: State
    detail: str = ""


Report = Callable[[Progress], None]


class StepFailed(Failure):
    """A change could not be made, or not be taken back.

    Args:
        what: what happened, in words.
        remedy: what to do next, or by hand.
        needs: what it takes and was not given, by the name of `Inputs`.

    """

    def __init__(self, what: str, remedy: str, needs: str = "") -> None:
        super().__init__(what, remedy)
        self.needs = needs


@dataclass(frozen=True)
class Stuck:
    """A change that could not be taken back, and what to do by hand."""

    change: Change
    reason: str


@dataclass(frozen=True)
class RolledBack:
    """What a roll-back came to.

    Attributes:
        undone: what was taken back.
        stuck: what could not be.
        finished: what was done instead, as the plan could only go forward.
        down: why the agent of before does not serve again; empty when it does.

    """

    undone: tuple[Change, ...]
    stuck: tuple[Stuck, ...]
    finished: tuple[Change, ...] = ()
    down: str = ""


class ApplyError(Failure):
    """Applying failed or was stopped; says what state the machine is in.

    Args:
        failed: the change that failed; None when it was stopped between two.
        reason: why, with the remedy.
        undone: what was taken back.
        stuck: what could not be.
        rest: what is still to be done, where the plan can only go forward; the
            journal stays open, and `go_on` finishes it.

    """

    def __init__(
        self,
        failed: Change | None,
        reason: str,
        undone: tuple[Change, ...],
        stuck: tuple[Stuck, ...],
        rest: tuple[Change, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.failed = failed
        self.reason = reason
        self.undone = undone
        self.stuck = stuck
        self.rest = rest


MayChange = Callable[[], bool]


def allow_all() -> bool:
    """Let whoever calls change this machine: for doors that root alone can open."""
    return True


@dataclass(frozen=True)
class Context:
    """What steps work with; made anew for each plan.

    Attributes:
        host: this machine.
        inputs: what an administrator gave; nothing of it is stored as given.
        may_change: says whether the caller may change this machine, and so have what
            is stored here used for settings that are not in force.
        plan_id: the journal's id, which marks what is made.

    """

    host: Host
    inputs: Inputs
    may_change: MayChange
    plan_id: str = ""


class Step(Protocol):
    """One kind of thing that is changed."""

    @property
    def name(self) -> str:
        """The name a change refers to it by."""
        ...

    def plan(
        self, wanted: Settings, context: Context, earlier: Sequence[Change]
    ) -> Sequence[Change]:
        """Say what would have to change. Reads only; nothing when it is so already.

        Args:
            wanted: the settings to come.
            context: this machine.
            earlier: what the steps before this one will change.

        """
        ...

    def apply(self, change: Change, context: Context) -> Facts:
        """Make the change; give the facts its undo needs.

        Raises:
            StepFailed: it could not be made, or not as planned.

        """
        ...

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:
        """Take the change back; nothing happens when it was never made.

        Args:
            change: what was planned.
            made: what `apply` gave; None when it was cut off.
            context: perhaps of another process.

        Raises:
            StepFailed: somebody else changed it since, or it can't be reached.

        """
        ...

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:
        """Look whether it is as wanted."""
        ...

    def plan_removal(
        self, settings: Settings | None, context: Context
    ) -> Sequence[Change]:
        """Say what goes with the installation. Reads only; nothing that others made.

        A final change must do nothing where it was done before.

        Args:
            settings: those in force; None where they can't be read.
            context: this machine.

        """
        ...


Steps = Sequence[Step]


def plan(steps: Steps, wanted: Settings, context: Context) -> tuple[Change, ...]:
    """Say everything that would change, in the order it would be made."""
    changes: tuple[Change, ...] = ()
    for step in steps:
        changes += tuple(step.plan(wanted, context, changes))
    return changes


def plan_removal(
    steps: Steps, settings: Settings | None, context: Context
) -> tuple[Change, ...]:
    """Say everything that would be removed: first what could be given back."""
    changes = [
        change
        for step in reversed(steps)
        for change in step.plan_removal(settings, context)
    ]
    return tuple(sorted(changes, key=lambda change: change.final))
