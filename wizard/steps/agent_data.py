"""What the agent itself leaves: the requests it took, its audit records, its logs."""

from collections.abc import Sequence

from wire.text import Text
from wizard.plan.change import Change, Context, Facts
from wizard.plan.step import Step


class AgentData(Step):
    """Removes what the agent wrote while it served; makes nothing."""

    name = "remains"

    def plan_removal(self, context: Context) -> Sequence[Change]:
        paths = [str(path) for path in context.host.remains()]
        if not paths:
            return ()
        summary = Text(
            "Deletes what the agent wrote, its audit records too: {paths}",
            paths=" and ".join(paths),
        )
        return (Change(self.name, summary, {"paths": paths}, None, final=True),)

    def apply(self, change: Change, context: Context) -> Facts:  # noqa: ARG002 - all of it
        context.host.remove_remains()
        return {}
