"""The service's place in the system: which secrets it is given, and when it starts.

The package brings the unit; what depends on this installation is beside it, in a
drop-in. A machine for trying has neither, and nothing is planned there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from agent.config.secret_store import (
    AGENT_KEYS,
    DIRECTORY_PASSWORD,
    LISTEN_KEY,
    PROXY_PASSWORD,
    TEST_KEY,
)
from agent.config.settings import Settings
from wire.text import Text
from wizard.host.interface import ServiceFailed, UnitFiles
from wizard.plan.change import Begun, Change, Context, Facts, StepFailed
from wizard.plan.step import Restart, Step, Target, put_text
from wizard.results import Check


@dataclass(frozen=True)
class UnitState:
    """The files beside the unit, and whether the service starts with the machine."""

    files: Mapping[str, str | None]
    enabled: bool

    @classmethod
    def now(cls, unit: UnitFiles, context: Context) -> Self:
        """Read what is there."""
        paths = unit.files(())
        files = {str(path): context.host.read(path) for path in paths}
        return cls(files, unit.enabled)

    @classmethod
    def wanted(cls, unit: UnitFiles, settings: Settings) -> Self:
        """Give what settings ask for."""
        files = unit.files(_secrets_of(settings))
        return cls({str(path): text for path, text in files.items()}, enabled=True)

    @classmethod
    def of(cls, change: Change) -> tuple[Self, Self]:
        """Read what was there before a change and what comes, each perhaps nothing."""
        before, after = (
            None if facts is None else cls(**facts)
            for facts in (change.before, change.after)
        )
        either = after or before
        assert either is not None
        return before or either.nothing(), after or either.nothing()

    def nothing(self) -> Self:
        """Give the state where none of these files is there."""
        return type(self)(dict.fromkeys(self.files), enabled=False)

    def facts(self) -> dict[str, Any] | None:
        """Give the facts of a change, as `of` reads them; None for nothing."""
        return None if self == self.nothing() else asdict(self)


class ServiceUnit(Step):
    """Writes the drop-in and has the service start with the machine."""

    name = "unit"
    restart = Restart.RESTART

    def plan(self, target: Target) -> Sequence[Change]:
        unit = target.context.host.unit
        if unit is None:
            return ()
        now = UnitState.now(unit, target.context)
        wanted = UnitState.wanted(unit, target.settings)
        if now == wanted:
            return ()
        summary = Text(
            "Sets up the service: its secrets, and that it starts with the machine"
        )
        return (Change(self.name, summary, now.facts(), wanted.facts()),)

    def plan_removal(self, context: Context) -> Sequence[Change]:
        unit = context.host.unit
        now = None if unit is None else UnitState.now(unit, context).facts()
        if now is None:
            return ()
        summary = Text("Takes the service out of the system")
        return (Change(self.name, summary, now, None),)

    def apply(self, change: Change, context: Context) -> Facts:
        _put(UnitState.of(change)[1], context)
        return {}

    def undo(self, begun: Begun, context: Context) -> None:
        before, after = UnitState.of(begun.change)
        for name, text in UnitState.now(_unit(context), context).files.items():
            if text not in (before.files.get(name), after.files.get(name)):
                what = Text("{path} was changed by somebody else since.", path=name)
                remedy = Text("Remove it, or fix it by hand, and roll back again.")
                raise StepFailed(what, remedy)
        _put(before, context)

    def left(self, begun: Begun, context: Context) -> Text:  # noqa: ARG002 - as others
        paths = ", ".join(UnitState.of(begun.change)[0].files)
        return Text("Beside the service's unit, as it is now: {paths}.", paths=paths)

    def verify(self, target: Target) -> Sequence[Check]:
        unit, title = target.context.host.unit, Text("Service of the agent")
        if unit is None:
            return ()
        now = UnitState.now(unit, target.context)
        wanted = UnitState.wanted(unit, target.settings)
        wrong = [name for name in wanted.files if now.files[name] != wanted.files[name]]
        remedy = Text("Apply the settings again.")
        if wrong:
            detail = Text("Not as it was set up: {paths}.", paths=", ".join(wrong))
            return (Check(self.name, title, "failed", detail, remedy),)
        if not now.enabled:
            detail = Text("It does not start with the machine.")
            return (Check(self.name, title, "failed", detail, remedy),)
        detail = Text("It has its secrets, and starts with the machine.")
        return (Check(self.name, title, "ok", detail),)


def _secrets_of(settings: Settings) -> Sequence[str]:
    """Name what the agent is given; a service does not start where one is missing."""
    names = (AGENT_KEYS, DIRECTORY_PASSWORD, LISTEN_KEY, TEST_KEY)
    return names if settings.relay.proxy_user is None else (*names, PROXY_PASSWORD)


def _unit(context: Context) -> UnitFiles:
    unit = context.host.unit
    if unit is None:
        raise ServiceFailed(Text("There is no unit of the service here."))
    return unit


def _put(state: UnitState, context: Context) -> None:
    for name, text in state.files.items():
        put_text(Path(name), text, context)
    _unit(context).enable(enabled=state.enabled)
