"""What the agent itself leaves: the requests it took, its audit records, its logs."""

from collections.abc import Sequence

from agent.config.settings import Settings
from wizard.plan.change import Change, Context, Facts
from wizard.results import Check


class AgentData:
    """Removes what the agent wrote while it served; makes nothing."""

    name = "remains"

    def plan(
        self,
        wanted: Settings,  # noqa: ARG002 - the agent makes them itself
        context: Context,  # noqa: ARG002
        earlier: Sequence[Change],  # noqa: ARG002
    ) -> Sequence[Change]:
        return ()

    def plan_removal(
        self,
        settings: Settings | None,  # noqa: ARG002 - whatever they say
        context: Context,
    ) -> Sequence[Change]:
        paths = [str(path) for path in context.host.remains()]
        if not paths:
            return ()
        summary = f"Deletes what the agent wrote, its audit records too: {_and(paths)}"
        return (Change(self.name, summary, {"paths": paths}, None, final=True),)

    def apply(self, change: Change, context: Context) -> Facts:  # noqa: ARG002
        context.host.remove_remains()
        return {}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:
        """Do nothing: it is final, and is never taken back."""

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:  # noqa: ARG002
        return ()


def _and(paths: Sequence[str]) -> str:
    return " and ".join(paths)
