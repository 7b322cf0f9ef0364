"""A text message to a number that an administrator types: whether the gateway sends it.

It goes the way of codes, by the queue, and counts as one: to the number, and of what
the organization pays for in a day. What the gateway answers is told by its status
alone, and no number is in the audit.
"""

import asyncio
import secrets
from dataclasses import dataclass, field

from sqlalchemy import Connection

from portal.audit.event import EventKind
from portal.database import budgets, outbox
from portal.database.outbox import SMS
from portal.keys.pepper import Purpose
from portal.limits.budget import (
    TEST_TEXTS,
    TEXTS_OF_NUMBER,
    Budget,
    texts_of_day,
)
from portal.methods import phone_number
from portal.notifications.messages import trial_text
from portal.services import BrowserOrigin, Services
from portal.text_messages import TextMessages
from portal.visits.notices import Notices
from portal.visits.staff.sessions import StaffMember

_LIFETIME_S = 600.0  # as long as a code would be tried
_WAITS_S = 5.0  # who asked, for what becomes of it


@dataclass(frozen=True)
class TriedText:
    """What became of it.

    `taken` by the gateway, `not_taken`, or `waits` still; nothing was sent where it is
    `off`, no `number` that gets messages, or over a limit: `limit` of who asks,
    `number_limit`, `day_limit`. `to` is the number, hidden but for a few digits.
    """

    outcome: str
    to: str = ""


@dataclass(frozen=True)
class _Queued:
    """A message in the queue."""

    id: str
    number: str = field(repr=False)


class TrialText:
    """Queues it, and waits a moment for what becomes of it."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)

    async def send(
        self, member: StaffMember, typed: str, origin: BrowserOrigin
    ) -> TriedText:
        """Send a test to a number that people could register."""
        sms = self._services.settings.sms
        if sms is None:
            return TriedText("off")
        try:
            number = phone_number.phone_number(typed, sms.countries)
        except phone_number.BadNumber:
            return TriedText("number")
        run = self._services.database.run
        queued = await run(self._queue, member, number, sms, origin)
        if not isinstance(queued, _Queued):
            return TriedText(queued)
        outcome = await self._outcome(queued)
        return TriedText(outcome, phone_number.hidden(number))

    def _queue(
        self,
        connection: Connection,
        member: StaffMember,
        number: str,
        sms: TextMessages,
        origin: BrowserOrigin,
    ) -> _Queued | str:
        """Queue the message; or give the limit that is reached."""
        services, guid = self._services, member.person.guid
        reference = secrets.token_urlsafe(16)
        day = texts_of_day(sms.per_day)
        if not self._taken(connection, TEST_TEXTS, guid):
            return "limit"
        if not self._taken(connection, TEXTS_OF_NUMBER, number):
            return "number_limit"
        if not self._taken(connection, day):
            digest = self._owner(day)
            self._notices.limit_reached(connection, day, digest, reference, origin)
            return "day_limit"
        self._notices.record(
            connection,
            EventKind.MESSAGE_TESTED,
            reference,
            origin,
            actor=guid,
            channel=SMS,
            country=phone_number.country(number),
        )
        templates, language = services.templates, origin.language
        message = trial_text(services.settings, templates, number, language)
        now = services.clock()
        own_id = services.outbox.put(connection, message, now, _LIFETIME_S)
        return _Queued(own_id, number)

    async def _outcome(self, queued: _Queued) -> str:
        """Wait for a node to have tried it, for a moment."""
        services = self._services
        ends = asyncio.get_running_loop().time() + _WAITS_S
        while asyncio.get_running_loop().time() < ends:
            known = await services.database.read(outbox.became, queued.id)
            if known is not None:
                return "taken" if known else "not_taken"
            await asyncio.sleep(services.tick_s)
        return "waits"

    def _taken(self, connection: Connection, budget: Budget, *owner: str) -> bool:
        digest = self._owner(budget, *owner)
        return budgets.take(connection, budget, digest, self._services.clock())

    def _owner(self, budget: Budget, *owner: str) -> str:
        return self._services.pepper.digest(Purpose.BUDGET, budget.name, *owner)
