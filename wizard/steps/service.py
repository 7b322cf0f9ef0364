"""The agent's service: started, or restarted only when what it reads has changed."""

from collections.abc import Sequence

from agent.config.settings import Settings
from agent.config.settings_file import digest
from wire.failure import sentence
from wizard.enrolment.clone import is_copied
from wizard.host.interface import REPLACE, ServiceFailed, waits_for
from wizard.plan.change import Change, Context, Facts, StepFailed
from wizard.results import Check
from wizard.steps.account import takes_over

READY_S = 45.0
# what a new process reads anew, and what systemd hands over only at a start
_READ = frozenset({"enrolment", "settings"})
_GIVEN = frozenset({"keys", "account", "proxy", "unit"})


class ServiceStep:
    """Starts the agent and waits until it is ready."""

    name = "service"

    def plan(
        self,
        wanted: Settings,
        context: Context,
        earlier: Sequence[Change],
    ) -> Sequence[Change]:
        service = context.host.service()
        running, steps = service.running, {change.step for change in earlier}
        # edited by hand, changed by a run that was cut off, or a renewed certificate
        if service.status.get("settings") not in (None, digest(wanted)):
            steps.add("settings")
        # one that waits for a relay or a controller goes on trying: another would too
        serves = service.ready or (running and bool(waits_for(service.status)))
        if serves and not service.outdated and not steps & (_READ | _GIVEN):
            return ()
        summary = "Starts the agent and waits until it is ready"
        how = _START
        # one that never got ready hands nothing over (systemd reloads active units)
        hands_over = context.host.hands_over and service.ready
        if running and (steps & _GIVEN or not hands_over):
            summary = "Restarts the agent; it answers what is under way first"
        elif running:
            why = service.outdated or "it reads what was changed"
            summary = f"Has a new agent take over: {why}"
            how = _HAND_OVER
        before = {"running": True} if running else None
        after = {"running": True, "how": how, "settings": digest(wanted)}
        return (Change(self.name, summary, before, after),)

    def plan_removal(
        self,
        settings: Settings | None,  # noqa: ARG002 - it is the same for all settings
        context: Context,
    ) -> Sequence[Change]:
        if not context.host.service().running:
            return ()
        summary = "Stops the agent; it answers what is under way first"
        return (Change(self.name, summary, {"running": True}, None),)

    def apply(self, change: Change, context: Context) -> Facts:
        if change.after is None:
            context.host.stop_service()
            return {}
        if _hands_over(change):
            context.host.hand_over(READY_S)
            if not _reads_this(change, context):
                # one that was asked for before, as by an upgrade: another is to come
                context.host.hand_over(READY_S)
            _check_settings(change, context)
            return {}
        context.host.stop_service()
        context.host.start_service()
        context.host.wait_ready(READY_S)
        return {}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:  # noqa: ARG002
        # what it reads is taken back after this; `resume` has it read that then
        if change.after is not None and not _hands_over(change):
            context.host.stop_service()

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:
        service = context.host.service()
        if service.status.get("settings") not in (None, digest(wanted)):
            told = "It runs with other settings or certificates than these."
            remedy = "Apply the settings."
            return (Check("service", "Agent", "failed", told, remedy),)
        if service.status.get("twin"):
            told = "It runs, and so does a copy of it."
            remedy = f"{service.status['twin']}."
            return (Check("service", "Agent", "failed", told, remedy),)
        if service.ready and service.outdated:
            told = f"It works, but {service.outdated}."
            remedy = sentence(REPLACE)
            return (Check("service", "Agent", "warning", told, remedy),)
        if service.ready:
            told = "It runs, the relay link is up and a controller answered."
            return (Check("service", "Agent", "ok", told),)
        why = waits_for(service.status) if service.running else ""
        if why:
            told = f"It is not ready. {why}"
            remedy = "Mend what it names; it goes on trying by itself."
            return (Check("service", "Agent", "failed", told, remedy),)
        told = "It does not run." if not service.running else "It is not ready."
        remedy = "Apply the settings again: that starts it anew."
        return (Check("service", "Agent", "failed", told, remedy),)


def _check_settings(change: Change, context: Context) -> None:
    """Make sure that the agent that took over reads what this plan wrote."""
    if not _reads_this(change, context):
        raise StepFailed(
            "The agent that took over runs with other settings.",
            "Somebody else may have changed them; look at them and apply again.",
        )


def _reads_this(change: Change, context: Context) -> bool:
    assert change.after is not None
    runs_with = context.host.service().status.get("settings")
    return runs_with in (None, change.after.get("settings"))


_START, _HAND_OVER = "start", "hand over"


def _hands_over(change: Change) -> bool:
    return change.after is not None and change.after.get("how") == _HAND_OVER


def resume(context: Context, undone: Sequence[Change]) -> str:
    """Start the agent of an installation that a roll-back brought back.

    Args:
        context: this machine.
        undone: what was taken back.

    Returns:
        why it is not ready, empty when it is or when there is none.

    """
    if context.host.read(context.host.places.settings) is None or is_copied(context):
        return ""  # there is none, or what is there is another machine's
    try:
        if context.host.service().running and any(map(_hands_over, undone)):
            context.host.hand_over(READY_S)
        if any(map(takes_over, undone)):
            context.host.stop_service()  # it may have a password that is none now
        context.host.start_service()
        context.host.wait_ready(READY_S)
    except ServiceFailed as error:
        return error.what
    return ""
