"""One machine, as far as the caller may use it: what each part works with."""

from dataclasses import dataclass

from wizard.host.interface import Host
from wizard.inputs import Inputs
from wizard.plan.change import Context, MayChange


@dataclass(frozen=True)
class Access:
    """A machine, and whether its caller may change it.

    Attributes:
        host: the machine.
        may_change: asked only where it counts.

    """

    host: Host
    may_change: MayChange

    def context(self, inputs: Inputs, plan_id: str = "") -> Context:
        """Give what steps work with for one call."""
        return Context(self.host, inputs, self.may_change, plan_id)
