"""Which account is meant, by its name, and the password that is given for it."""

from collections.abc import Callable
from dataclasses import dataclass

from wire.secret import Secret
from wire.text import Text
from wizard.host.interface import Lack, ServiceFailed
from wizard.host.windows.service_account import ServiceAccount, same_account
from wizard.secret_names import PREVIOUS_PASSWORD, SERVICE_PASSWORD


def _none() -> Secret | None:
    return None


@dataclass(frozen=True)
class AccountChoice:
    """What an administrator chose, and the password of any other account.

    `chosen` None leaves the account that the service has. `machine` is this machine's
    name, by which its own accounts may be spelled.
    """

    chosen: ServiceAccount | None = None
    old_password: Callable[[], Secret | None] = _none
    machine: str = ""

    def same(self, one: str, other: str) -> bool:
        """Say whether two names are one account's."""
        return same_account(one, other, self.machine)

    def is_chosen(self, name: str) -> bool:
        """Say whether this account was chosen."""
        return self.chosen is not None and self.same(name, self.chosen.name)

    def password(self, name: str) -> str | None:
        """Give the password that a change to an account takes; None: it takes none.

        ServiceFailed: it takes one, and none was given.
        """
        if not ServiceAccount(name).takes_password:
            return None
        given = self._given(name)
        if given is None:
            raise ServiceFailed(_missing(name))
        return given.reveal()

    def lack(self, name: str) -> Lack | None:
        """Say that a password is missing, and by which name it is given."""
        if not ServiceAccount(name).takes_password or self._given(name) is not None:
            return None
        other = not self.is_chosen(name)
        both = other and self.chosen is not None and self.chosen.takes_password
        return Lack(_missing(name), PREVIOUS_PASSWORD if both else SERVICE_PASSWORD)

    def _given(self, name: str) -> Secret | None:
        if self.chosen is not None and self.is_chosen(name):
            return self.chosen.password
        return self.old_password()


def _missing(name: str) -> Text:
    return Text("The password of {account} is missing.", account=name)
