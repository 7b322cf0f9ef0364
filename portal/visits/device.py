"""Wizards that ask for an enrolment code: taken, shown, approved or refused, answered.

OAuth 2.0 device authorization (RFC 8628). Who approves is decided elsewhere; nothing is
given out but sealed to the key whose fingerprint was shown.
"""

import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Connection

from portal.audit.event import EventKind
from portal.database import budgets, device_grants, people
from portal.database.device_grants import DeviceGrant
from portal.journeys.device_grant import (
    INTERVAL_S,
    LIFETIME_S,
    GrantState,
    PollAnswer,
    polled,
)
from portal.keys.pepper import Purpose
from portal.limits.budget import (
    DEVICES_OF_ADDRESS,
    DEVICES_OF_ALL,
    USER_CODES_OF_ADDRESS,
    Budget,
)
from portal.notifications.administrators import AdministratorNotice
from portal.services import BrowserOrigin, Services
from portal.visits.administrator_notices import AdministratorNotices
from portal.visits.notices import Notices
from wire.enrolment import device_grant as wire
from wire.enrolment_code import RelayHalf
from wire.enrolment_link import EnrolmentLink
from wire.enrolment_link import read as read_link
from wire.outcomes import Code, Refused

_CLOCK_S = 300  # a wizard with a clock that is further off enrols nowhere
_MOST_CODE = 64  # characters of a device code


class TooMany(Exception):
    """A limit is reached; nothing was done."""


@dataclass(frozen=True)
class Begun:
    """What a wizard is given: its own code, and the one that people type."""

    device_code: str
    user_code: str


@dataclass(frozen=True)
class Told:
    """What a wizard that asks hears; the sealed enrolment where it is READY."""

    answer: PollAnswer
    interval: int = INTERVAL_S
    enrolment: bytes = b""


class DeviceGrants:
    """What is done with wizards, step by step."""

    def __init__(self, services: Services) -> None:
        self._services, self._orders = services, services.orders
        self._notices = Notices(services)
        self._administrators = AdministratorNotices(services)

    async def begin(self, token: bytes, origin: BrowserOrigin) -> Begun:
        """Take what a wizard asks with; Refused: is none; TooMany: not now."""
        services = self._services
        if not await services.database.run(self._may_begin, origin):
            raise TooMany
        asked = wire.DeviceRequest.read(token)
        if asked.aud.lower() != urlsplit(services.settings.base_url).hostname:
            raise Refused(Code.BAD_REQUEST, "aud: is another portal's host")
        if abs(time.time() - asked.issued_at) > _CLOCK_S:
            raise Refused(Code.EXPIRED_REQUEST, f"iat: is over {_CLOCK_S} s off")
        return await services.database.run(self._begin, asked, origin)

    async def poll(self, device_code: str, origin: BrowserOrigin) -> Told:
        """Answer a wizard that waits."""
        run = self._services.database.run
        return await run(self._poll, device_code[:_MOST_CODE], origin)

    async def find(self, user_code: str, origin: BrowserOrigin) -> DeviceGrant | None:
        """Find a wizard that waits by a code that was typed; TooMany: not now."""
        run = self._services.database.run
        found, may = await run(self._find, wire.typed(user_code), origin)
        if not may:
            raise TooMany
        return found

    async def approve(
        self,
        grant: DeviceGrant,
        actor: str | None,
        origin: BrowserOrigin,
        *,
        half: RelayHalf | None = None,
        relay: str = "",
    ) -> bool:
        """Have a code made and keep it for the wizard; False where it waits no more.

        NotOrdered where the relay makes none. `half` is one that its owner made;
        `actor` the objectGUID of who approves, None for the portal's own host.
        """
        if half is None:
            link = await self._orders.order(grant.agent, grant.agent_keys, relay)
        else:
            link = self._orders.joined(half, grant.agent, relay)
        run = self._services.database.run
        return await run(self._decide, grant, link, actor, origin)

    async def refuse(
        self, grant: DeviceGrant, actor: str | None, origin: BrowserOrigin
    ) -> bool:
        """Refuse a wizard; False where it waits no more."""
        return await self._services.database.run(
            self._decide, grant, None, actor, origin
        )

    def _may_begin(self, connection: Connection, origin: BrowserOrigin) -> bool:
        owned = ((DEVICES_OF_ADDRESS, origin.address), (DEVICES_OF_ALL, ""))
        return all(
            self._takes(connection, budget, owner, origin) for budget, owner in owned
        )

    def _takes(
        self, connection: Connection, budget: Budget, owner: str, origin: BrowserOrigin
    ) -> bool:
        services = self._services
        own = services.pepper.digest(Purpose.BUDGET, budget.name, owner)
        if budgets.take(connection, budget, own, services.clock()):
            return True
        self._notices.limit_reached(connection, budget, own, "", origin)
        return False

    def _begin(
        self, connection: Connection, asked: wire.DeviceRequest, origin: BrowserOrigin
    ) -> Begun:
        services, now = self._services, self._services.clock()
        begun = Begun(secrets.token_urlsafe(32), wire.new_user_code())
        grant = DeviceGrant(
            id=services.pepper.digest(Purpose.DEVICE, begun.device_code),
            user_code=services.pepper.digest(Purpose.USER_CODE, begun.user_code),
            reference=secrets.token_hex(8),
            agent=asked.agent,
            keys=asked.keys.jwks(),
            request=asked.hash,
            address=origin.address,
            started=now,
            ends=now + LIFETIME_S,
            polled=None,
            interval=INTERVAL_S,
        )
        device_grants.add(connection, grant)
        self._record(connection, EventKind.AGENT_ASKED, grant, None, origin)
        return begun

    def _poll(
        self, connection: Connection, device_code: str, origin: BrowserOrigin
    ) -> Told:
        services, now = self._services, self._services.clock()
        digest = services.pepper.digest(Purpose.DEVICE, device_code)
        grant = device_grants.of_device(connection, digest)
        if grant is None:
            return Told(PollAnswer.INVALID)
        heard = polled(grant.state, grant.ends, grant.polled, grant.interval, now)
        if heard.answer in (PollAnswer.PENDING, PollAnswer.SLOW_DOWN):
            device_grants.note_poll(connection, grant, heard.interval, now)
        if heard.answer is not PollAnswer.READY:
            return Told(heard.answer, heard.interval)
        enrolment = self._sealed(grant)
        if not device_grants.take(connection, grant):  # another node was before us
            return Told(PollAnswer.INVALID)
        self._record(connection, EventKind.AGENT_CODE_TAKEN, grant, None, origin)
        return Told(PollAnswer.READY, enrolment=enrolment)

    def _sealed(self, grant: DeviceGrant) -> bytes:
        services, orders = self._services, self._orders
        link = read_link(services.row_keys.open(grant.link or b"", grant.row))
        return wire.seal_enrolment(
            orders.keys,
            (orders.issuer, services.settings.organization),
            grant.agent_keys,
            grant.request,
            link,
        )

    def _find(
        self, connection: Connection, user_code: str, origin: BrowserOrigin
    ) -> tuple[DeviceGrant | None, bool]:
        services, now = self._services, self._services.clock()
        if not self._takes(connection, USER_CODES_OF_ADDRESS, origin.address, origin):
            return None, False
        digest = services.pepper.digest(Purpose.USER_CODE, user_code)
        found = device_grants.waiting(connection, digest, now) if user_code else None
        if found is not None:  # tries that were right are not counted
            name = USER_CODES_OF_ADDRESS.name
            own = services.pepper.digest(Purpose.BUDGET, name, origin.address)
            budgets.give_back(connection, USER_CODES_OF_ADDRESS, own)
        return found, True

    def _decide(
        self,
        connection: Connection,
        grant: DeviceGrant,
        link: EnrolmentLink | None,
        actor: str | None,
        origin: BrowserOrigin,
    ) -> bool:
        services = self._services
        sealed, kind, state = None, EventKind.AGENT_REFUSED, GrantState.REFUSED
        if link is not None:
            sealed = services.row_keys.seal(link.text, grant.row)
            kind, state = EventKind.AGENT_APPROVED, GrantState.APPROVED
        now = services.clock()
        if not device_grants.decide(connection, grant, state, sealed, now):
            return False
        self._record(connection, kind, grant, actor, origin)
        if link is not None:
            self._tell(connection, grant, actor, origin)
        return True

    def _tell(
        self,
        connection: Connection,
        grant: DeviceGrant,
        actor: str | None,
        origin: BrowserOrigin,
    ) -> None:
        """Tell administrators: who approves alone is seen by the others."""
        found = None if actor is None else people.find(connection, actor)
        self._administrators.tell(
            connection,
            AdministratorNotice.AGENT_LET_IN,
            agent=grant.agent,
            fingerprint=grant.agent_keys.fingerprint,
            actor="" if found is None else found.upn or found.name,
            reference=grant.reference,
            address=origin.address,
        )

    def _record(
        self,
        connection: Connection,
        kind: EventKind,
        grant: DeviceGrant,
        actor: str | None,
        origin: BrowserOrigin,
    ) -> None:
        self._notices.record(
            connection,
            kind,
            grant.reference,
            origin,
            actor=actor,
            agent=grant.agent,
            fingerprint=grant.agent_keys.fingerprint,
        )
