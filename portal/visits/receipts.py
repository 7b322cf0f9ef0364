"""Asks an agent to sign what somebody registers: a database alone proves nothing.

With the receipt that comes back the method counts at the agents, and without it it does
not, whoever wrote it into the database (docs/wire.md, "Receipts").
"""

from portal.agents import requests
from portal.agents.pool import NoAgent
from portal.agents.requests import Taken
from portal.database.proofs import NewMethod, RegisteredMethod
from portal.journeys.entry import Entry
from portal.services import BrowserOrigin, Services
from portal.visits.account import Account
from wire.outcomes import Code


class NoReceipt(Exception):
    """No agent signed what is registered; `code` says why, None: nobody answered."""

    def __init__(self, code: Code | None) -> None:
        super().__init__(str(code))
        self.code = code


class Receipts:
    """Gets receipts with the sign-in of who registers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def of(
        self,
        account: Account,
        method: NewMethod | RegisteredMethod,
        origin: BrowserOrigin,
    ) -> str:
        """Give the receipt of a method, anew where it has one; NoReceipt else.

        One that the agent does not take, as after its keys were made anew, is left out:
        the method is registered as if it were new.
        """
        try:
            return await self._asked(account, method, method.receipt, origin)
        except NoReceipt as error:
            if method.receipt is None or error.code is not Code.PROOF_NOT_REGISTERED:
                raise
        return await self._asked(account, method, None, origin)

    async def _asked(
        self,
        account: Account,
        method: NewMethod | RegisteredMethod,
        former: str | None,
        origin: BrowserOrigin,
    ) -> str:
        proof = {"kind": str(method.kind), "id": method.wire_id}
        if former is not None:
            proof["receipt"] = former
        claims = requests.register(
            account.person.guid,
            proof,
            _shown_by(account),
            account.visit.reference,
            origin.address,
        )
        try:
            answer, _ = await self._services.agents.read(account.person.domain, claims)
        except NoAgent:
            raise NoReceipt(None) from None
        if not answer.ok or answer.receipt is None:
            raise NoReceipt(answer.code)
        return answer.receipt


def _shown_by(account: Account) -> Entry | Taken:
    """Give what an agent takes for theirs.

    What is asked of where they sign in is of the first method alone: who has some
    proves it by those.
    """
    if account.methods and account.lacks is not None:
        return account.taken
    return account.entry
