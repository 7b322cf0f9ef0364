"""The service's place in the system: which secrets it is given, and when it starts.

The package brings the unit; what depends on this installation is beside it, in a
drop-in. A machine for trying has neither, and nothing is planned there.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.config.secret_store import (
    AGENT_KEYS,
    DIRECTORY_PASSWORD,
    LISTEN_KEY,
    PROXY_PASSWORD,
    TEST_KEY,
)
from agent.config.settings import Settings
from wizard.plan.change import Change, Context, Facts, StepFailed
from wizard.results import Check


class ServiceUnit:
    """Writes the drop-in and has the service start with the machine."""

    name = "unit"

    def plan(
        self,
        wanted: Settings,
        context: Context,
        earlier: Sequence[Change],  # noqa: ARG002 - it depends on none
    ) -> Sequence[Change]:
        now, after = _now(context), _wanted(wanted, context)
        if now == after:
            return ()
        before = None if _is_nothing(now) else now
        summary = (
            "Sets up the service: its secrets, and that it starts with the machine"
        )
        return (Change(self.name, summary, before, after),)

    def plan_removal(
        self,
        settings: Settings | None,  # noqa: ARG002 - it is the same for all settings
        context: Context,
    ) -> Sequence[Change]:
        now = _now(context)
        if _is_nothing(now) or not now["files"]:
            return ()
        summary = "Takes the service out of the system"
        return (Change(self.name, summary, now, None),)

    def apply(self, change: Change, context: Context) -> Facts:
        _put(_states(change)[1], context)
        return {}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:  # noqa: ARG002
        before, after = _states(change)
        for name, text in _now(context)["files"].items():
            if text not in (before["files"].get(name), after["files"].get(name)):
                raise StepFailed(
                    f"{name} was changed by somebody else since.",
                    "Remove it, or mend it by hand, and roll back again.",
                )
        _put(before, context)

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:
        now, after = _now(context), _wanted(wanted, context)
        if not after["files"]:
            return ()
        title = "Service of the agent"
        wrong = [
            name
            for name in after["files"]
            if now["files"][name] != after["files"][name]
        ]
        remedy = "Apply the settings again."
        if wrong:
            told = f"Not as it was set up: {', '.join(wrong)}."
            return (Check(self.name, title, "failed", told, remedy),)
        if not now["enabled"]:
            told = "It does not start with the machine."
            return (Check(self.name, title, "failed", told, remedy),)
        told = "It has its secrets, and starts with the machine."
        return (Check(self.name, title, "ok", told),)


def _states(change: Change) -> tuple[Facts, Facts]:
    """Give what was there before and what comes, either as nothing at all."""
    known = change.after or change.before
    assert known is not None
    return change.before or _nothing(known), change.after or _nothing(known)


def _now(context: Context) -> dict[str, Any]:
    files = {str(p): context.host.read(p) for p in context.host.service_files(())}
    return {"files": files, "enabled": context.host.enabled}


def _wanted(wanted: Settings, context: Context) -> dict[str, Any]:
    needed = context.host.service_files(_secrets_of(wanted))
    files = {str(p): text for p, text in needed.items()}
    return {"files": files, "enabled": True}


def _secrets_of(wanted: Settings) -> Sequence[str]:
    """Name what the agent is given; a service does not start where one is missing."""
    names = (AGENT_KEYS, DIRECTORY_PASSWORD, LISTEN_KEY, TEST_KEY)
    return names if wanted.relay.proxy_user is None else (*names, PROXY_PASSWORD)


def _nothing(state: Mapping[str, Any]) -> dict[str, Any]:
    return {"files": dict.fromkeys(state["files"]), "enabled": False}


def _is_nothing(state: Mapping[str, Any]) -> bool:
    return state == _nothing(state)


def _put(state: Mapping[str, Any], context: Context) -> None:
    for name, text in state["files"].items():
        if text is None:
            context.host.remove(Path(name))
        else:
            context.host.write(Path(name), text)
    context.host.enable_service(enabled=state["enabled"])
