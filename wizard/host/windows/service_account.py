"""The account that the service runs as: its own virtual one, a gMSA, or another.

Never that of the system: the agent needs no right on this machine but to be a service.
"""

import re
from dataclasses import dataclass, field
from enum import Enum

from agent.platform.windows.installation.service_values import is_of_system
from agent.platform.windows.service_sid import SERVICE
from wire.secret import Secret

VIRTUAL = f"NT SERVICE\\{SERVICE}"
_OF_SERVICES = "nt service\\"
# DOMAIN\user, .\user or user@domain; no character that a user's name may not have
_PART = r"""[^\\/:;|=,+*?<>"@\x00-\x1f]+"""
_NAME = re.compile(rf"{_PART}\\{_PART}|{_PART}@{_PART}")


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
    def takes_password(self) -> bool:
        """Whether somebody has to give its password."""
        return self.kind is AccountKind.OWN and not self.is_system

    @property
    def is_system(self) -> bool:
        """Whether it is one of Windows' own, which may do more than the agent needs."""
        return is_of_system(self.name)

    @property
    def may_run(self) -> bool:
        """Whether the agent may run so: by a whole name, and as no other service."""
        if self.is_system or not _NAME.fullmatch(self.name):
            return False
        if self.kind is AccountKind.VIRTUAL:
            return self.name.casefold() == VIRTUAL.casefold()
        return True


def same_account(one: str, other: str, machine: str) -> bool:
    """Say whether two names are one account's, on the machine of this name."""
    return _spelled(one, machine) == _spelled(other, machine)


def _spelled(name: str, machine: str) -> str:
    domain, separator, user = name.casefold().partition("\\")
    local = separator and domain in (".", _netbios(machine))
    return f".\\{user}" if local else name.casefold()


def _netbios(machine: str) -> str:
    return machine.casefold().partition(".")[0][:15]
