"""The code that proves that an address which is being added is read by its owner."""

from sqlalchemy import Connection

from portal.audit.event import EventKind
from portal.database import budgets, codes
from portal.keys.pepper import Purpose
from portal.limits.budget import CODES_OF_JOURNEY, MAILS_OF_ADDRESS
from portal.methods import one_time_code
from portal.notifications.messages import code_mail
from portal.services import BrowserOrigin, Services
from portal.visits.account import Account
from portal.visits.notices import Notices
from wire.self_service.proof_kind import ProofKind


class AddressCodes:
    """Sends codes to addresses, and takes them back."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)

    async def send(
        self, account: Account, address: str, origin: BrowserOrigin
    ) -> float:
        """Send a code; else give the seconds until one may be sent."""
        run = self._services.database.run
        return await run(self._send, account, address, origin)

    async def is_right(self, account: Account, address: str, code: str) -> bool:
        """Take a code that went to an address, once."""
        run = self._services.database.run
        return await run(self._is_right, account, address, code)

    def _send(
        self,
        connection: Connection,
        account: Account,
        address: str,
        origin: BrowserOrigin,
    ) -> float:
        services, now, visit = self._services, self._services.clock(), account.visit.id
        before = codes.last(connection, visit, ProofKind.EMAIL)
        if before is not None and now < before.sent + one_time_code.AGAIN_S:
            return before.sent + one_time_code.AGAIN_S - now
        for budget, owner in ((CODES_OF_JOURNEY, visit), (MAILS_OF_ADDRESS, address)):
            digest = services.pepper.digest(Purpose.BUDGET, budget.name, owner)
            if not budgets.take(connection, budget, digest, now):
                return budgets.wait(connection, budget, digest, now)
        code = one_time_code.new_code(one_time_code.MAIL_DIGITS)
        codes.replace(
            connection,
            visit,
            ProofKind.EMAIL,
            proof=None,
            digest=services.pepper.digest(Purpose.CODE, visit, address, code),
            now=now,
            lifetime_s=one_time_code.LIFETIME_S,
        )
        message = code_mail(
            services.settings, services.templates, address, code, origin.language
        )
        services.outbox.put(connection, message, now, one_time_code.LIFETIME_S)
        self._notices.record(
            connection,
            EventKind.CODE_SENT,
            account.visit.reference,
            origin,
            person=account.person.guid,
            code="ok",
            method=str(ProofKind.EMAIL),
            purpose="registration",
        )
        return 0.0

    def _is_right(
        self, connection: Connection, account: Account, address: str, code: str
    ) -> bool:
        visit = account.visit.id
        sent = codes.last(connection, visit, ProofKind.EMAIL)
        if sent is None:
            return False
        counted = codes.count_try(connection, sent.id, one_time_code.TRIES)
        typed = one_time_code.typed(code)
        right = self._services.pepper.matches(
            sent.digest, Purpose.CODE, visit, address, typed
        )
        if not (counted and right) or self._services.clock() >= sent.ends:
            return False
        codes.use_up(connection, sent.id)
        return True
