"""The controller of one machine: its parts, for every front end."""

from wizard.controller.changes import Changes
from wizard.controller.checks import Checks
from wizard.controller.health import HealthReadings
from wizard.controller.installation import Installation
from wizard.controller.permissions import Permissions
from wizard.controller.portal_sign_in import PortalSignIn
from wizard.controller.recovery import RunRecovery
from wizard.host.interface import Host
from wizard.inputs import Inputs
from wizard.plan.change import Context, MayChange


class Controller:
    """What can be read and changed of one host. Calls block; errors have a remedy."""

    installation: Installation
    checks: Checks
    changes: Changes
    recovery: RunRecovery
    permissions: Permissions
    health: HealthReadings
    sign_in: PortalSignIn

    def __init__(self, host: Host, may_change: MayChange) -> None:
        """Work on a machine for a caller; whether they may change it is asked late."""
        context = Context(host, Inputs(), may_change)
        self.installation = Installation(context)
        self.checks = Checks(context)
        self.changes = Changes(context)
        self.recovery = RunRecovery(context)
        self.permissions = Permissions(context)
        self.health = HealthReadings(context)
        self.sign_in = PortalSignIn(context)
