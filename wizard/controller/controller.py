"""The controller of one machine: its five parts, for every front end."""

from wizard.controller.access import Access
from wizard.controller.changes import Changes
from wizard.controller.checks import Checks
from wizard.controller.installation import Installation
from wizard.controller.permissions import Permissions
from wizard.controller.recovery import RunRecovery
from wizard.host.interface import Host
from wizard.plan.change import MayChange


class Controller:
    """What can be read and changed of one host. Calls block; errors have a remedy.

    Attributes:
        installation: what is there, and how it is.
        checks: whether what was answered is right.
        changes: what would change, and the change itself.
        recovery: a run that was cut off.
        permissions: whether the agent's account can do its work.

    """

    installation: Installation
    checks: Checks
    changes: Changes
    recovery: RunRecovery
    permissions: Permissions

    def __init__(self, host: Host, may_change: MayChange) -> None:
        """Work on a machine.

        Args:
            host: the machine.
            may_change: says whether the caller may change it; asked only where it
                counts.

        """
        access = Access(host, may_change)
        self.installation = Installation(access)
        self.checks = Checks(access)
        self.changes = Changes(access)
        self.recovery = RunRecovery(access)
        self.permissions = Permissions(access)
