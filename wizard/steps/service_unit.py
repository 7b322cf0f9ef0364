"""The service's place in the system: which secrets it is given, and when it starts.

The package brings the unit; what depends on this installation is beside it, in a
drop-in. A machine for trying has neither, and nothing is planned there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
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
from wizard.host.interface import ServiceAccounts, ServiceFailed, Texts, UnitFiles
from wizard.plan import journal
from wizard.plan.change import Begun, Change, Context, Facts, StepFailed
from wizard.plan.step import Restart, Step, Target, put_text
from wizard.results import Check


@dataclass(frozen=True)
class UnitState:
    """The files beside the unit, and whether the service starts with the machine.

    `more` is what is done beside them for the account that it runs as.
    """

    files: Mapping[str, str | None]
    enabled: bool
    more: Facts = field(default_factory=dict)

    @classmethod
    def now(cls, unit: UnitFiles, context: Context) -> Self:
        """Read what is there."""
        paths = unit.files(())
        files = {str(path): context.host.read(path) for path in paths}
        return cls(files, unit.enabled)

    @classmethod
    def wanted(cls, unit: UnitFiles, target: Target) -> Self:
        """Give what settings ask for."""
        paths = unit.files(_secrets_of(target.settings))
        files: Texts = {str(path): text for path, text in paths.items()}
        if unit.accounts is not None:
            files = unit.accounts.accepted(files, _last(target.context))
        return cls(files, enabled=True)

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
        if self == self.nothing():
            return None
        facts = asdict(self)
        if not self.more:  # of a system that has accounts to choose from
            del facts["more"]
        return facts


class ServiceUnit(Step):
    """Writes the drop-in and has the service start with the machine."""

    name = "unit"
    restart = Restart.RESTART

    def plan(self, target: Target) -> Sequence[Change]:
        unit = target.context.host.unit
        if unit is None:
            return ()
        now = UnitState.now(unit, target.context)
        wanted = UnitState.wanted(unit, target)
        final = False
        if unit.accounts is not None:
            last = _last(target.context)
            wanted = _with_account(unit.accounts, now, wanted, last)
            final = unit.accounts.lack(wanted.files, now.files) is not None
        if now == wanted:
            return ()
        summary = Text(
            "Sets up the service: its secrets, and that it starts with the machine"
        )
        return (Change(self.name, summary, now.facts(), wanted.facts(), final=final),)

    def plan_removal(self, context: Context) -> Sequence[Change]:
        unit = context.host.unit
        now = None if unit is None else UnitState.now(unit, context).facts()
        if now is None:
            return ()
        summary = Text("Takes the service out of the system")
        # without its account's password it can't be made again
        final = bool(unit and unit.accounts and unit.accounts.lack({}, now["files"]))
        return (Change(self.name, summary, now, None, final=final),)

    def apply(self, change: Change, context: Context) -> Facts:
        after, accounts = UnitState.of(change)[1], _unit(context).accounts
        given = accounts.give(after.more) if accounts is not None else {}
        _put(after, context)
        return {"given": given} if given else {}

    def undo(self, begun: Begun, context: Context) -> None:
        before, after = UnitState.of(begun.change)
        accounts = _unit(context).accounts
        now = UnitState.now(_unit(context), context).files
        for name, text in now.items():
            known = {before.files.get(name), after.files.get(name)}
            # one that is made anew has its values one after another
            fresh = accounts and None in known and accounts.is_fresh(name, text)
            if text not in known and not fresh:
                what = Text("{path} was changed by somebody else since.", path=name)
                remedy = Text("Remove it, or fix it by hand, and roll back again.")
                raise StepFailed(what, remedy)
        if accounts and (lack := accounts.lack(now, before.files)):
            remedy = Text("Give it by --secrets-fd as {name}.", name=lack.needs)
            raise StepFailed(lack.what, remedy, lack.needs)
        _put(before, context)
        if accounts is not None:
            # where it was cut off nobody knows how far that came
            given = after.more if begun.made is None else begun.made.get("given", {})
            accounts.take_back(given)

    def left(self, begun: Begun, context: Context) -> Text:  # noqa: ARG002 - as others
        paths = ", ".join(UnitState.of(begun.change)[0].files)
        return Text("Beside the service's unit, as it is now: {paths}.", paths=paths)

    def verify(self, target: Target) -> Sequence[Check]:
        unit, title = target.context.host.unit, Text("Service of the agent")
        if unit is None:
            return ()
        now = UnitState.now(unit, target.context)
        wanted = UnitState.wanted(unit, target)
        wrong = [name for name in wanted.files if now.files[name] != wanted.files[name]]
        remedy = Text("Apply the settings again.")
        if wrong:
            detail = Text("Not as it was set up: {paths}.", paths=", ".join(wrong))
            return (Check(self.name, title, "failed", detail, remedy),)
        try:
            if unit.accounts is not None:
                unit.accounts.refuse(now.files)
        except ServiceFailed as error:
            return (Check(self.name, title, "failed", error.what, error.remedy),)
        if not now.enabled:
            detail = Text("It does not start with the machine.")
            return (Check(self.name, title, "failed", detail, remedy),)
        detail = Text("It has its secrets, and starts with the machine.")
        return (Check(self.name, title, "ok", detail),)


def _secrets_of(settings: Settings) -> Sequence[str]:
    """Name what the agent is given; a service does not start where one is missing."""
    names = (AGENT_KEYS, DIRECTORY_PASSWORD, LISTEN_KEY, TEST_KEY)
    return names if settings.relay.proxy_user is None else (*names, PROXY_PASSWORD)


def _with_account(
    accounts: ServiceAccounts, now: UnitState, wanted: UnitState, last: Texts
) -> UnitState:
    """Add what is done for the account, where that can be done, and taken back.

    An account that nobody had accepted need not come back. ServiceFailed, StepFailed:
    it can't be.
    """
    accounts.refuse(wanted.files)
    lack = accounts.lack(now.files, wanted.files)
    if lack is None and not (last and accounts.lack(last, now.files)):
        lack = accounts.lack(wanted.files, now.files)
    if lack is not None:
        raise StepFailed(lack.what, Text("Give the account's password."), lack.needs)
    return replace(wanted, more=accounts.facts(now.files, wanted.files, last))


def _last(context: Context) -> Texts:
    """Give the service as it was accepted last; empty where none was."""
    last: Texts = {}
    for entry in journal.sealed(context.host.places.journal):
        if entry.change.step == ServiceUnit.name:
            last = (entry.change.after or {}).get("files", {})
    return last


def _unit(context: Context) -> UnitFiles:
    unit = context.host.unit
    if unit is None:
        raise ServiceFailed(Text("There is no unit of the service here."))
    return unit


def _put(state: UnitState, context: Context) -> None:
    for name, text in state.files.items():
        put_text(Path(name), text, context)
    _unit(context).enable(enabled=state.enabled)
