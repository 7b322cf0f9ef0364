"""What an administrator gives beside the settings; never stored."""

from dataclasses import dataclass

from wire.secret import Secret


@dataclass(frozen=True)
class AdminCredentials:
    """An administrator of the domain, used once and stored nowhere."""

    user: str
    password: Secret


@dataclass(frozen=True)
class Inputs:
    """What an administrator gives beside the settings; never stored as given.

    Attributes:
        admin: of the domain.
        account_password: of an existing account.
        enrolment_code: of the relay's owner.
        proxy_password: of the user that the proxy's address names.
        keep_account: a removal leaves the directory as it is.
        new_keys: the agent's keys are replaced, and it is enrolled anew.
        original_is_gone: of a copied machine; this one takes its name over.

    """

    admin: AdminCredentials | None = None
    account_password: Secret | None = None
    enrolment_code: Secret | None = None
    proxy_password: Secret | None = None
    keep_account: bool = False
    new_keys: bool = False
    original_is_gone: bool = False
