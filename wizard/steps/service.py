"""The agent's service: started, or restarted only when what it reads has changed."""

from collections.abc import Sequence

from agent.settings import Settings
from wizard.checks import Check
from wizard.host import ServiceFailed
from wizard.plan import Change, Context, Facts

READY_S = 45.0
# what the agent reads only when it starts
_READ = frozenset({"keys", "account", "enrolment", "settings"})


class ServiceStep:
    """Starts the agent and waits until it is ready."""

    name = "service"

    def plan(
        self,
        wanted: Settings,  # noqa: ARG002 - the agent reads them itself
        context: Context,
        earlier: Sequence[Change],
    ) -> Sequence[Change]:
        running = context.host.service().running
        if running and not any(change.step in _READ for change in earlier):
            return ()
        summary = "Starts the agent and waits until it is ready"
        if running:
            summary = "Restarts the agent; it answers what is under way first"
        before = {"running": True} if running else None
        return (Change(self.name, summary, before, {"running": True}),)

    def apply(self, change: Change, context: Context) -> Facts:  # noqa: ARG002
        context.host.stop_service()
        context.host.start_service()
        context.host.wait_ready(READY_S)
        return {}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:  # noqa: ARG002
        # what it reads is taken back after this; `resume` starts it again then
        context.host.stop_service()

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:  # noqa: ARG002
        service = context.host.service()
        if service.ready:
            told = "It runs, the relay link is up and a controller answered."
            return (Check("service", "Agent", "ok", told),)
        told = "It does not run." if not service.running else "It is not ready."
        remedy = "Look at writeback status, or apply the settings again."
        return (Check("service", "Agent", "failed", told, remedy),)


def resume(context: Context) -> str:
    """Start the agent of an installation that a roll-back brought back.

    Returns:
        why it is not ready, empty when it is or when there is none.

    """
    if context.host.read(context.host.places.settings) is None:
        return ""
    try:
        context.host.start_service()
        context.host.wait_ready(READY_S)
    except ServiceFailed as error:
        return str(error)
    return ""
