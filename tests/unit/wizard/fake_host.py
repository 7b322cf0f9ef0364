"""A machine in a folder whose service is only a flag, for steps without a directory."""

from collections.abc import Callable
from pathlib import Path

from agent.config.settings import Settings
from wire.text import verbatim
from wizard.host.interface import Service, ServiceFailed
from wizard.host.sandbox.host import SandboxHost
from wizard.inputs import Inputs
from wizard.plan.change import Change, Context, allow_all
from wizard.plan.step import Target
from wizard.steps.order import STEPS


class FakeHost(SandboxHost):
    """Files and secrets are real; the agent is ready when it is started."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.runs = False
        self.answers = True
        self.fails = ""
        self.gapless = False  # a new agent can take over from one that runs
        self.status: dict[str, object] = {}
        self.did: list[str] = []

    def service(self) -> Service:
        status = {"ready": self.runs, **self.status}
        return Service(running=self.runs, status=status, answers=self.answers)

    def start_service(self) -> None:
        self.did.append("start")
        self.runs = True

    def stop_service(self) -> None:
        self.did.append("stop")
        self.runs = False

    @property
    def reload(self) -> Callable[[float], None] | None:  # type: ignore[override]
        return self.take_over if self.gapless else None

    def take_over(self, _seconds: float) -> None:
        self.did.append("reload")
        if self.fails:
            raise ServiceFailed(verbatim(self.fails))

    def wait_ready(self, seconds: float) -> None:
        self.did.append("wait")
        if self.fails:
            raise ServiceFailed(verbatim(self.fails))


def on(
    host: FakeHost,
    inputs: Inputs | None = None,
    plan_id: str = "20261123T000000-abcdef",
) -> Context:
    """A context for steps on a machine."""
    return Context(host, inputs or Inputs(), allow_all, plan_id)


def after(settings: Settings, context: Context, *earlier: Change) -> Target:
    """What a step is asked for when some changes are planned before it."""
    target = Target(settings, context)
    for change in earlier:
        step = next(step for step in STEPS if step.name == change.step)
        target = target.after((change,), step.restart)
    return target
