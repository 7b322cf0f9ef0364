"""Passkeys in a visit: asked for with a challenge of its own, added, and used.

Who forgot their password is asked for any passkey of this portal; whose it is is
compared afterwards. Of nobody, and of somebody else's passkey, another one is tried in
its place, which takes as long.
"""

from sqlalchemy import Connection

from portal.database import challenges, proofs
from portal.database.challenges import ChallengeUse
from portal.database.proofs import NewMethod, RegisteredMethod
from portal.journeys.visit import Visit, VisitPurpose
from portal.keys.pepper import Purpose
from portal.methods import passkey
from portal.methods.passkey import Asserted, Passkey, PasskeyRefused, RelyingParty
from portal.services import BrowserOrigin, Services
from portal.visits.account import Account
from portal.visits.registration import NotAllowed, Registration
from portal.visits.verification import Proof, Verification
from wire.self_service.proof_kind import ProofKind

_KIND = ProofKind.PASSKEY


class PasskeyVerification:
    """Asks for a passkey and takes what the browser answers."""

    def __init__(self, services: Services, verification: Verification) -> None:
        self._services, self._verification = services, verification
        self._party = _party(services)

    async def ask(self, visit: Visit) -> str:
        """Give what the browser asks for a passkey with, in JSON."""
        return await self._services.database.run(self._ask, visit)

    async def by_passkey(
        self, visit: Visit, answer: str, origin: BrowserOrigin
    ) -> Proof:
        """Take what a browser answered."""
        database = self._services.database
        return await database.run(self._by_passkey, visit, answer, origin)

    def _ask(self, connection: Connection, visit: Visit) -> str:
        challenge = _challenge(self._services, connection, visit.id, ChallengeUse.PROVE)
        own: list[Passkey] = []
        if visit.purpose is VisitPurpose.ACCOUNT:  # who it is is known: a list helps
            found = self._verification.methods(connection, visit, _KIND)
            own = [Passkey.of(each.secret) for each in found]
        return passkey.request_options(self._party, challenge, own)

    def _by_passkey(
        self, connection: Connection, visit: Visit, answer: str, origin: BrowserOrigin
    ) -> Proof:
        closed = self._verification.take_try(connection, visit, origin)
        if closed is not None:
            return closed
        now = self._services.clock()
        challenge = challenges.take(connection, visit.id, ChallengeUse.PROVE, now)
        named = passkey.credential_id(answer)
        found = None
        for method in self._verification.methods(connection, visit, _KIND):
            if Passkey.of(method.secret).id == named:
                found = method
        used = self._checked(found, challenge or passkey.new_challenge(), answer)
        if found is None or used is None or not _counts(connection, found, used, now):
            found = None
        return self._verification.result(
            connection,
            visit,
            _KIND,
            found,
            origin,
            user_verified=used is not None and used.user_verified,
        )

    def _checked(
        self, method: RegisteredMethod | None, challenge: str, answer: str
    ) -> Asserted | None:
        tried = passkey.NOBODYS if method is None else Passkey.of(method.secret)
        counter = 0 if method is None else method.counter
        try:
            return passkey.asserted(self._party, challenge, answer, tried, counter)
        except PasskeyRefused:
            return None


class PasskeyRegistration:
    """Adds passkeys for who is signed in."""

    def __init__(self, services: Services, registration: Registration) -> None:
        self._services, self._registration = services, registration
        self._party = _party(services)

    async def ask(self, account: Account) -> str:
        """Give what the browser makes a passkey from, in JSON."""
        self.check(account)
        return await self._services.database.run(self._ask, account)

    async def add(
        self, account: Account, answer: str, label: str, origin: BrowserOrigin
    ) -> bool:
        """Add the passkey of an answer; False where it proves nothing, or is over."""
        self.check(account)
        run = self._services.database.run
        visit, now = account.visit.id, self._services.clock()
        use = ChallengeUse.REGISTER
        challenge = await run(challenges.take, visit, use, now)
        if challenge is None:
            return False
        try:
            made, counter = passkey.registered(self._party, challenge, answer)
        except PasskeyRefused:
            return False
        method = NewMethod(
            person=account.person.guid,
            kind=_KIND,
            label=label,
            secret=made.text(),
            counter=counter,
        )
        await self._registration.add(account, method, origin)
        return True

    def check(self, account: Account) -> None:
        """See that one more may be added now; MustProveFirst, NotAllowed."""
        self._registration.check(account, _KIND)
        if len(_passkeys(account)) >= passkey.MOST:
            raise NotAllowed

    def _ask(self, connection: Connection, account: Account) -> str:
        visit, person = account.visit.id, account.person
        digest = self._services.pepper.digest(Purpose.PASSKEY_USER, person.guid)
        name = person.upn or person.name or self._services.settings.organization
        return passkey.creation_options(
            self._party,
            _challenge(self._services, connection, visit, ChallengeUse.REGISTER),
            handle=passkey.handle_of(digest),
            name=name,
            shown=person.name or name,
            there=_passkeys(account),
        )


def _party(services: Services) -> RelyingParty:
    settings = services.settings
    return RelyingParty.of(settings.base_url, settings.organization)


def _passkeys(account: Account) -> list[Passkey]:
    own = (each for each in account.methods if each.kind is _KIND)
    return [Passkey.of(each.secret) for each in own]


def _challenge(
    services: Services, connection: Connection, visit: str, use: ChallengeUse
) -> str:
    """Keep a new challenge for a visit, and give it."""
    challenge = passkey.new_challenge()
    ends = int(services.clock()) + passkey.LIFETIME_S
    challenges.replace(connection, visit, use, challenge, ends)
    return challenge


def _counts(
    connection: Connection, method: RegisteredMethod, used: Asserted, now: float
) -> bool:
    """Note the counter; False where it, or a later one, was there before.

    Passkeys that are on several devices do not count: theirs stays 0, and the challenge
    alone keeps an answer from being used twice.
    """
    if used.counter == 0 and method.counter == 0:
        return True
    return proofs.advance(connection, method.id, used.counter, int(now))
