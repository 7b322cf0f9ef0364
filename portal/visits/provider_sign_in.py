"""Signs people in at the organization's identity provider, to register or manage.

What the provider says is whom a claim means, and when they signed in there; who that is
in the directory, and whether this is for them, the agents say.
"""

import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from portal.agents.answer import Answer
from portal.agents.pool import NoAgent
from portal.audit.event import EventKind
from portal.database.sign_in import provider_sign_ins
from portal.journeys.entry import PROVIDER, ByProvider
from portal.keys.pepper import Purpose
from portal.keys.row_keys import Unsealable
from portal.limits.budget import (
    PROVIDER_SIGN_INS_OF_ADDRESS,
    PROVIDER_SIGN_INS_OF_BROWSER,
)
from portal.provider.errors import ProviderAway, ProviderError
from portal.provider.provider import AtProvider, Begun, Kept, Provider
from portal.services import BrowserOrigin, Services
from portal.visits.notices import Notices
from portal.visits.sign_in import (
    NoService,
    NotRight,
    SignedIn,
    SignIns,
    TooManyTries,
)

LOG = logging.getLogger("portal.provider")
LIFETIME_S = 600  # at the provider, until they are back


@dataclass(frozen=True)
class Gone:
    """Somebody goes to the provider; `cookie` is what the browser keeps of it."""

    url: str
    cookie: str


@dataclass(frozen=True)
class AtProviderFailed:
    """The provider could not be asked, or its answer was not taken."""

    is_away: bool


class ProviderSignIns:
    """Sends people to the provider, and takes what they bring back."""

    def __init__(self, services: Services) -> None:
        self._services, self._notices = services, Notices(services)
        self._sign_ins = SignIns(
            services, PROVIDER_SIGN_INS_OF_BROWSER, PROVIDER_SIGN_INS_OF_ADDRESS
        )

    @property
    def name(self) -> str:
        """What people know the provider by; empty where nobody may sign in there.

        That is so where no agent takes the portal's word for it.
        """
        provider = self._services.provider
        offered = self._services.agents.offered()
        if provider is None or not any(
            each.registration.provider_sign_in for each in offered
        ):
            return ""
        return provider.settings.name

    async def begin(
        self, device: str, origin: BrowserOrigin
    ) -> Gone | TooManyTries | AtProviderFailed:
        """Send somebody to the provider; `device` is the hash of their browser."""
        reference = secrets.token_urlsafe(16)
        refused = await self._sign_ins.refused(reference, origin)
        if refused is not None:
            return refused
        try:
            begun = await self._provider.begin()
        except ProviderError as error:
            return await self._failed(error, reference, origin)
        cookie = secrets.token_urlsafe(32)
        await self._services.database.run(self._keep, cookie, begun, device)
        return Gone(begun.url, cookie)

    async def finish(
        self, cookie: str | None, brought: Mapping[str, str], origin: BrowserOrigin
    ) -> tuple[SignedIn | NotRight | NoService | AtProviderFailed, BrowserOrigin]:
        """Take what somebody brought back, and say in which browser they began."""
        reference = secrets.token_urlsafe(16)
        kept, device = await self._kept(cookie)
        origin = replace(origin, device=device)
        if kept is None:
            await self._refuse("not_begun_here", None, reference, origin)
            return AtProviderFailed(is_away=False), origin
        try:
            there = await self._provider.finish(brought, kept)
        except ProviderError as error:
            return await self._failed(error, reference, origin), origin
        return await self._signed_in(there, reference, origin), origin

    @property
    def _provider(self) -> Provider:
        if self._services.provider is None:
            raise RuntimeError("the settings have no identity provider")
        return self._services.provider

    async def _signed_in(
        self, there: AtProvider, reference: str, origin: BrowserOrigin
    ) -> SignedIn | NotRight | NoService:
        """Ask the agents who that is, and whether it is for them."""
        find = self._sign_ins.find_by
        try:
            domain, found = await find(there.user, "sign_in", reference, origin)
        except NoAgent:
            await self._refuse("no_agent", None, reference, origin)
            return NoService()
        why = _refusal(found)
        if why is not None:
            guid = None if found.person is None else found.person.guid
            await self._refuse(why, guid, reference, origin)
            return NotRight()
        return SignedIn(domain, found, ByProvider(there.at), found.id)

    def _keep(
        self, connection: Connection, cookie: str, begun: Begun, device: str
    ) -> None:
        own_id = self._id(cookie)
        content = {
            "state": begun.state,
            "nonce": begun.nonce,
            "verifier": begun.verifier,
            "device": device,
        }
        sealed = self._services.row_keys.seal(json.dumps(content), _row(own_id))
        ends = int(self._services.clock()) + LIFETIME_S
        provider_sign_ins.add(connection, own_id, sealed, ends)

    async def _kept(self, cookie: str | None) -> tuple[Kept | None, str | None]:
        """Give what was kept for a browser, once."""
        if not cookie:
            return None, None
        own_id, now = self._id(cookie), self._services.clock()
        sealed = await self._services.database.run(provider_sign_ins.take, own_id, now)
        if sealed is None:
            return None, None
        try:
            held = json.loads(self._services.row_keys.open(sealed, _row(own_id)))
        except Unsealable:
            return None, None
        return Kept(held["state"], held["nonce"], held["verifier"]), held["device"]

    async def _failed(
        self, error: ProviderError, reference: str, origin: BrowserOrigin
    ) -> AtProviderFailed:
        is_away = isinstance(error, ProviderAway)
        LOG.warning("the identity provider: %s", error)
        code = "provider_away" if is_away else "provider_refused"
        await self._refuse(code, None, reference, origin, why=str(error))
        return AtProviderFailed(is_away=is_away)

    async def _refuse(
        self,
        code: str,
        person: str | None,
        reference: str,
        origin: BrowserOrigin,
        *,
        why: str = "",
    ) -> None:
        """Record that nobody was signed in."""
        await self._services.database.run(
            self._notices.record,
            EventKind.SIGN_IN_REFUSED,
            reference,
            origin,
            person=person,
            code=code,
            by=PROVIDER,
            **({"why": why} if why else {}),
        )

    def _id(self, cookie: str) -> str:
        return self._services.pepper.digest(Purpose.PROVIDER_SIGN_IN, cookie)


def _refusal(found: Answer) -> str | None:
    """Say why it is not for who was found; None where it is."""
    asked = found.self_service
    if found.person is None or asked is None:
        return str(found.code)
    if not asked.registration.provider_sign_in:
        return "provider_sign_in_off"
    return None


def _row(own_id: str) -> str:
    return f"provider_sign_in:{own_id}"
