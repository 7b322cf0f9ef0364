"""The code that proves that an address which is being added is read by its owner."""

from sqlalchemy import Connection

from portal.services import BrowserOrigin, Services
from portal.visits.account import Account
from portal.visits.codes.channels import CodeChannel
from portal.visits.codes.sent_codes import Destination, SentCodes, TooSoon
from wire.self_service.proof_kind import ProofKind


class AddressCodes:
    """Sends codes to addresses, and takes them back."""

    def __init__(self, services: Services, codes: SentCodes) -> None:
        self._services, self._codes = services, codes

    def channel(self, kind: ProofKind) -> CodeChannel:
        """Give the way that codes of a kind go."""
        return self._codes.channel(kind)

    async def send(
        self, account: Account, kind: ProofKind, address: str, origin: BrowserOrigin
    ) -> TooSoon | None:
        """Send a code to an address that is to be added."""
        to = Destination(kind, address, is_new=True)
        run = self._services.database.run
        return await run(self._codes.send, account.visit, to, origin)

    async def is_right(
        self, account: Account, kind: ProofKind, address: str, code: str
    ) -> bool:
        """Take a code that went to an address, once."""
        to = Destination(kind, address, is_new=True)
        return await self._services.database.run(self._is_right, account, to, code)

    def _is_right(
        self, connection: Connection, account: Account, to: Destination, code: str
    ) -> bool:
        return self._codes.take(connection, account.visit, to, code) is not None
