"""One kind of thing that is changed: how it is planned, made, taken back, looked at."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Self

from agent.config.settings import Settings
from wire.text import Text
from wizard.plan.change import Begun, Change, Context, Facts, StepFailed
from wizard.results import Check


class Restart(IntEnum):
    """What a change means for an agent that runs; the strongest of a plan counts."""

    NONE = 0
    RELOAD = 1  # a new process reads it, and can take over without a gap
    RESTART = 2  # systemd hands it over only when the service starts


@dataclass(frozen=True)
class Target:
    """What an installation is to become, as each step is asked for its part of it.

    `earlier` is what the steps before will change, and `restart` what that means for an
    agent that runs.
    """

    settings: Settings
    context: Context
    earlier: tuple[Change, ...] = ()
    restart: Restart = Restart.NONE

    def changes_of(self, step: str) -> tuple[Change, ...]:
        """Give the earlier changes of one step."""
        return tuple(change for change in self.earlier if change.step == step)

    def after(self, changes: Sequence[Change], restart: Restart) -> Self:
        """Give the target of the steps that follow one which plans some changes."""
        earlier = (*self.earlier, *changes)
        strongest = max(self.restart, restart) if changes else self.restart
        return replace(self, earlier=earlier, restart=strongest)


class Step(ABC):
    """One kind of thing that is changed; what a step does not say, it has none of.

    A change refers to it by its name, in journals too.
    """

    name: str
    restart: Restart = Restart.NONE

    def plan(self, target: Target) -> Sequence[Change]:  # noqa: ARG002 - a default
        """Say what would have to change. Reads only; nothing when it is so already."""
        return ()

    def plan_removal(self, context: Context) -> Sequence[Change]:  # noqa: ARG002 - a default
        """Say what goes with the installation. Reads only; nothing that others made.

        A final change must do nothing where it was done before.
        """
        return ()

    def stays(self, context: Context) -> Sequence[Text]:  # noqa: ARG002 - a default
        """Say what a removal leaves beyond this machine, and why. Reads only."""
        return ()

    def refuse_stale(self, changes: Sequence[Change], context: Context) -> None:  # noqa: B027 - most start from nothing
        """Raise StepFailed where what its changes start from is not as it was shown."""

    @abstractmethod
    def apply(self, change: Change, context: Context) -> Facts:
        """Make the change; give the facts its undo needs.

        StepFailed: it can't be made; NothingDone: and nothing of it was begun.
        """

    def undo(self, begun: Begun, context: Context) -> None:  # noqa: ARG002 - a default
        """Take a change back, perhaps in another process; nothing if it was never made.

        A step whose changes are final has nothing to take back. StepFailed: somebody
        else changed it since, or it can't be reached.
        """
        if not begun.change.final:
            raise NotImplementedError(self.name)

    def reversal(self, change: Change) -> Text:
        """Say what rolling a change back does, of one that is not final."""
        if change.before is None:
            return Text("Removes it again.")
        return Text("Puts back what was there before.")

    def left(self, begun: Begun, context: Context) -> Text:  # noqa: ARG002 - a default
        """Say what stays, and where, when a change is not taken back any more."""
        return begun.change.summary

    def verify(self, target: Target) -> Sequence[Check]:  # noqa: ARG002 - a default
        """Look whether it is as the target's settings say."""
        return ()


Steps = Sequence[Step]


def plan(steps: Steps, wanted: Settings, context: Context) -> tuple[Change, ...]:
    """Say everything that would change, in the order it would be made."""
    target = Target(wanted, context)
    for step in steps:
        target = target.after(tuple(step.plan(target)), step.restart)
    return target.earlier


def plan_removal(steps: Steps, context: Context) -> tuple[Change, ...]:
    """Say everything that would be removed: first what could be given back."""
    changes = [
        change for step in reversed(steps) for change in step.plan_removal(context)
    ]
    return tuple(sorted(changes, key=lambda change: change.final))


def refuse_stale(steps: Steps, changes: Sequence[Change], context: Context) -> None:
    """Refuse a plan that is outdated, with StepFailed; nothing was begun.

    Somebody applied another while it was shown. Its first changes would be made over
    what that one made, and taking them back would take that with them: the keys of an
    installation, or its account's password.
    """
    for step in steps:
        own = [change for change in changes if change.step == step.name]
        step.refuse_stale(own, context)


def refuse_changed(place: Path, text: str | None, context: Context) -> None:
    """Refuse where a file has another text than when the plan was shown."""
    if context.host.read(place) != text:
        what = Text("{path} was changed while the plan was shown.", path=str(place))
        raise StepFailed(what, Text("Look at the plan again."))


def put_text(place: Path, text: str | None, context: Context) -> None:
    """Have a file with a text, or none of it."""
    if text is None:
        context.host.remove(place)
    else:
        context.host.write(place, text)


def text_of(facts: Facts | None) -> str | None:
    """Give a file's text before or after a change; None when it is not there."""
    return None if facts is None else str(facts["text"])
