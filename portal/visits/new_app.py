"""An authenticator app that is being added: the page keeps it, sealed."""

from base64 import b64decode, b64encode
from dataclasses import dataclass, field

from portal.keys.row_keys import Unsealable
from portal.methods import totp
from portal.services import Services
from portal.visits.account import Account


@dataclass(frozen=True)
class NewApp:
    """An app that is being added; `pending` comes back with its first code."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    pending: str = field(repr=False)


class NewApps:
    """Makes secrets for apps; the database learns of none before its code was right."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def make(self, account: Account) -> NewApp:
        """Make a secret for who is signed in."""
        secret = totp.new_secret()
        sealed = self._services.row_keys.seal(secret, _row(account))
        return self._app(account, secret, b64encode(sealed).decode("ascii"))

    def of_page(self, account: Account, pending: str) -> NewApp | None:
        """Give the app that a page had; None where it was not of this session."""
        try:
            sealed = b64decode(pending, validate=True)
            secret = self._services.row_keys.open(sealed, _row(account))
        except (ValueError, Unsealable):
            return None
        return self._app(account, secret, pending)

    def _app(self, account: Account, secret: str, pending: str) -> NewApp:
        name = account.person.upn or account.person.name
        organization = self._services.settings.organization
        uri = totp.provisioning_uri(secret, name, organization)
        return NewApp(secret, uri, pending)


def _row(account: Account) -> str:
    return f"pending:{account.session.id}"
