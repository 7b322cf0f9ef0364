"""A machine in a folder whose service is only a flag, for steps without a directory."""

from pathlib import Path

from wizard.host.interface import Service, ServiceFailed
from wizard.host.sandbox.host import SandboxHost
from wizard.inputs import Inputs
from wizard.plan.change import Context, allow_all


class Machine(SandboxHost):
    """Files and secrets are real; the agent is ready when it is started."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.runs = False
        self.fails = ""
        self.gapless = False
        self.told: dict[str, object] = {}
        self.did: list[str] = []

    def service(self) -> Service:
        return Service(running=self.runs, status={"ready": self.runs, **self.told})

    def start_service(self) -> None:
        self.did.append("start")
        self.runs = True

    def stop_service(self) -> None:
        self.did.append("stop")
        self.runs = False

    @property
    def hands_over(self) -> bool:
        return self.gapless

    def hand_over(self, seconds: float) -> None:
        self.did.append("hand over")
        if self.fails:
            raise ServiceFailed(self.fails)

    def wait_ready(self, seconds: float) -> None:
        self.did.append("wait")
        if self.fails:
            raise ServiceFailed(self.fails)


def on(
    host: Machine,
    inputs: Inputs | None = None,
    plan_id: str = "20261123T000000-abcdef",
) -> Context:
    """A context for steps on a machine."""
    return Context(host, inputs or Inputs(), allow_all, plan_id)
