"""The account that the service runs as: its own virtual one, a gMSA, or another.

Never that of the system: the agent needs no right on this machine but to be a service.
"""

from dataclasses import dataclass, field
from enum import Enum

from agent.platform.windows.service_sid import SERVICE
from wire.secret import Secret
from wire.text import Text
from wizard.host.interface import ServiceFailed

VIRTUAL = f"NT SERVICE\\{SERVICE}"
_OF_SERVICES = "nt service\\"
# LocalSystem and its like, as the service control manager spells them
_SYSTEMS = ("localsystem", "nt authority\\", ".\\localsystem")


class AccountKind(Enum):
    """What Windows makes of an account's name."""

    VIRTUAL = "virtual"
    MANAGED = "gMSA"
    OWN = "account"


@dataclass(frozen=True)
class ServiceAccount:
    """An account by its name, and the password where it has one that is typed.

    The password is given to the service control manager once, and kept nowhere else.
    """

    name: str = VIRTUAL
    password: Secret | None = field(default=None, repr=False)

    @property
    def kind(self) -> AccountKind:
        """Tell the kinds apart by the name."""
        if self.name.lower().startswith(_OF_SERVICES):
            return AccountKind.VIRTUAL
        # as the account of a computer: Windows knows its password
        return AccountKind.MANAGED if self.name.endswith("$") else AccountKind.OWN

    @property
    def needs_right(self) -> bool:
        """Whether it is no service by itself, as what is below NT SERVICE is."""
        return self.kind is not AccountKind.VIRTUAL

    @property
    def is_system(self) -> bool:
        """Whether it is one of Windows' own, which may do more than the agent needs."""
        return self.name.lower().startswith(_SYSTEMS)

    def needed_password(self) -> str | None:
        """Give the password that a change to this account takes.

        ServiceFailed: it takes one, and none was given; or the service may not run so.
        """
        if self.is_system:
            raise ServiceFailed(
                Text("The service may not run as {account}.", account=self.name)
            )
        if self.kind is not AccountKind.OWN:
            return None
        if self.password is None:
            raise ServiceFailed(
                Text("The password of {account} is missing.", account=self.name)
            )
        return self.password.reveal()
