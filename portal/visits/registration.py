"""Adds and removes a person's verification methods, and tells them by mail of each."""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from portal.audit.event import EventKind
from portal.database import budgets, codes, people, proofs, visits
from portal.database.proofs import NewMethod, RegisteredMethod
from portal.journeys.policy import SelfServicePolicy
from portal.journeys.visit import TakenMethod
from portal.keys.pepper import Purpose
from portal.keys.row_keys import RowKeys, Unsealable
from portal.limits.budget import CODES_OF_JOURNEY, MAILS_OF_ADDRESS
from portal.methods import email_address, one_time_code, recovery_codes, totp
from portal.notifications.messages import code_mail
from portal.services import BrowserOrigin, Services
from portal.visits.account import Account
from portal.visits.notices import Notices
from wire.proof_kind import ProofKind
from wire.proof_worth import worth

MOST_METHODS = 20


class MustProveFirst(Exception):
    """Who has methods uses one of them before they change any."""


class NotAllowed(Exception):
    """The kind is not one that the policy has, or there are too many already."""


@dataclass(frozen=True)
class NewApp:
    """An authenticator app that is being added; `pending` comes back with its code."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    pending: str = field(repr=False)


class Registration:
    """Changes the methods of who is signed in."""

    def __init__(self, services: Services, row_keys: RowKeys) -> None:
        self._services, self._keys = services, row_keys
        self._notices = Notices(services)

    def new_app(self, account: Account) -> NewApp:
        """Make a secret for an app; nothing is kept before its first code is right."""
        self.check(account, ProofKind.TOTP)
        secret = totp.new_secret()
        sealed = self._keys.seal(secret, _pending(account))
        name = account.person.upn or account.person.name
        organization = self._services.settings.organization
        uri = totp.provisioning_uri(secret, name, organization)
        return NewApp(secret, uri, b64encode(sealed).decode("ascii"))

    def pending_app(self, account: Account, pending: str) -> NewApp | None:
        """Give the app that is being added again; None where it is not this one's."""
        try:
            sealed = b64decode(pending, validate=True)
            secret = self._keys.open(sealed, _pending(account))
        except (ValueError, Unsealable):
            return None
        name = account.person.upn or account.person.name
        organization = self._services.settings.organization
        return NewApp(
            secret, totp.provisioning_uri(secret, name, organization), pending
        )

    async def add_app(
        self, account: Account, app: NewApp, code: str, origin: BrowserOrigin
    ) -> bool:
        """Add an app by its first code; False where the code is not right."""
        self.check(account, ProofKind.TOTP)
        now = self._services.clock()
        step = totp.matching_step(app.secret, one_time_code.typed(code), now)
        if step is None:
            return False
        method = NewMethod(
            person=account.person.guid,
            kind=ProofKind.TOTP,
            label="",
            secret=app.secret,
            digest=self._digest(account, ProofKind.TOTP, app.secret),
            counter=step,
        )
        await self._services.database.run(self._add, account, method, origin)
        return True

    async def add_recovery_codes(
        self, account: Account, origin: BrowserOrigin
    ) -> tuple[str, ...]:
        """Make a set of recovery codes in place of the one of before; shown once."""
        self.check(account, ProofKind.RECOVERY_CODE)
        made = recovery_codes.new_codes()
        work = self._services.database.run
        await work(self._add_recovery_codes, account, made, origin)
        return made

    async def send_code(self, account: Account, address: str, language: str) -> float:
        """Send a code to an address that is to be added; else the seconds to wait."""
        self.check(account, ProofKind.EMAIL)
        database = self._services.database
        return await database.run(self._send_code, account, address, language)

    async def add_email(
        self, account: Account, address: str, code: str, origin: BrowserOrigin
    ) -> bool:
        """Add an address by the code that went there; False where it is not right."""
        self.check(account, ProofKind.EMAIL)
        database = self._services.database
        return await database.run(self._add_email, account, address, code, origin)

    async def remove(self, account: Account, proof: str, origin: BrowserOrigin) -> bool:
        """Remove a method; False where too few would be left, or it is not theirs."""
        if not account.may_change_methods(self._services.clock()):
            raise MustProveFirst
        return await self._services.database.run(self._remove, account, proof, origin)

    async def confirm(self, account: Account, origin: BrowserOrigin) -> None:
        """Note that all of the methods are still the person's."""
        if not account.may_change_methods(self._services.clock()):
            raise MustProveFirst
        await self._services.database.run(self._confirm, account, origin)

    def check(self, account: Account, kind: ProofKind) -> None:
        """See that a kind may be added now; MustProveFirst, NotAllowed."""
        if not account.may_change_methods(self._services.clock()):
            raise MustProveFirst
        if kind not in account.policy.kinds or len(account.methods) >= MOST_METHODS:
            raise NotAllowed

    def _send_code(
        self, connection: Connection, account: Account, address: str, language: str
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
        digest = services.pepper.digest(Purpose.CODE, visit, address, code)
        codes.replace(
            connection,
            visit,
            ProofKind.EMAIL,
            proof=None,
            digest=digest,
            now=now,
            lifetime_s=one_time_code.LIFETIME_S,
        )
        message = code_mail(
            services.settings, services.templates, address, code, language
        )
        services.outbox.put(connection, message, now, one_time_code.LIFETIME_S)
        return 0.0

    def _add_email(
        self,
        connection: Connection,
        account: Account,
        address: str,
        code: str,
        origin: BrowserOrigin,
    ) -> bool:
        visit, now = account.visit.id, self._services.clock()
        sent = codes.last(connection, visit, ProofKind.EMAIL)
        if sent is None or not codes.count_try(
            connection, sent.id, one_time_code.TRIES
        ):
            return False
        typed = one_time_code.typed(code)
        pepper = self._services.pepper
        right = pepper.matches(sent.digest, Purpose.CODE, visit, address, typed)
        if not right or now >= sent.ends:
            return False
        codes.use_up(connection, sent.id)
        method = NewMethod(
            person=account.person.guid,
            kind=ProofKind.EMAIL,
            label=email_address.hidden(address),
            secret=address,
            digest=self._digest(account, ProofKind.EMAIL, address),
        )
        self._add(connection, account, method, origin)
        return True

    def _add_recovery_codes(
        self,
        connection: Connection,
        account: Account,
        made: tuple[str, ...],
        origin: BrowserOrigin,
    ) -> None:
        for each in account.methods:
            if each.kind is ProofKind.RECOVERY_CODE:
                proofs.remove(connection, account.person.guid, each.id)
        method = NewMethod(
            person=account.person.guid,
            kind=ProofKind.RECOVERY_CODE,
            label="",
            secret="",
            digest=self._digest(account, ProofKind.RECOVERY_CODE, *made),
        )
        own_id = self._add(connection, account, method, origin)
        pepper = self._services.pepper
        digests = tuple(
            pepper.digest(Purpose.RECOVERY_CODE, recovery_codes.typed(code))
            for code in made
        )
        proofs.add_recovery_codes(connection, own_id, digests)

    def _add(
        self,
        connection: Connection,
        account: Account,
        method: NewMethod,
        origin: BrowserOrigin,
    ) -> str:
        """Add a method; it counts as used now, so that another can follow."""
        now, person = self._services.clock(), account.person
        own = self._services.proofs.of_person(connection, person.guid)
        if same := next((each for each in own if each.digest == method.digest), None):
            return same.id
        own_id = self._services.proofs.add(connection, method, int(now))
        added = TakenMethod(
            proof=own_id,
            kind=method.kind,
            digest=method.digest,
            registered=int(now),
            confirmed=None,
            user_verified=False,
            at=int(now),
        )
        visits.take(connection, account.visit.id, added)
        self._record(connection, account, EventKind.METHOD_ADDED, method.kind, origin)
        self._notices.tell(
            connection, person.guid, "method_added", origin, method=str(method.kind)
        )
        self._mark_registered(connection, account, method.kind, origin)
        return own_id

    def _mark_registered(
        self,
        connection: Connection,
        account: Account,
        kind: ProofKind,
        origin: BrowserOrigin,
    ) -> None:
        """Note it where what a person has is enough; tell them at the first time."""
        person, now = account.person, int(self._services.clock())
        own = self._services.proofs.of_person(connection, person.guid)
        if registered_worth(own, account.policy) < account.policy.proofs:
            return
        if people.mark_registered(connection, person.guid, now):
            self._record(connection, account, EventKind.REGISTERED, kind, origin)
            self._notices.tell(connection, person.guid, "registered", origin)
        if origin.device is not None:
            people.know_browser(connection, origin.device, person, now)

    def _remove(
        self,
        connection: Connection,
        account: Account,
        proof: str,
        origin: BrowserOrigin,
    ) -> bool:
        own = self._services.proofs.of_person(connection, account.person.guid)
        removed = next((each for each in own if each.id == proof), None)
        left = [each for each in own if each.id != proof]
        needed = account.policy.proofs
        if removed is None or registered_worth(left, account.policy) < needed:
            return False
        proofs.remove(connection, account.person.guid, proof)
        kind = removed.kind
        self._record(connection, account, EventKind.METHOD_REMOVED, kind, origin)
        also = [removed.secret] if kind is ProofKind.EMAIL else []
        self._notices.tell(
            connection,
            account.person.guid,
            "method_removed",
            origin,
            also,
            method=str(kind),
        )
        return True

    def _confirm(
        self, connection: Connection, account: Account, origin: BrowserOrigin
    ) -> None:
        now = int(self._services.clock())
        people.mark_confirmed(connection, account.person.guid, now)
        proofs.mark_confirmed(connection, account.person.guid, now)
        self._notices.record(
            connection,
            EventKind.METHODS_CONFIRMED,
            account.visit.reference,
            origin,
            person=account.person.guid,
        )

    def _digest(self, account: Account, kind: ProofKind, *secret: str) -> str:
        """Name what is registered, on the wire: nobody reads an address out of it."""
        owner = account.person.guid
        return self._services.pepper.digest(Purpose.PROOF, owner, str(kind), *secret)

    def _record(
        self,
        connection: Connection,
        account: Account,
        kind: EventKind,
        method: ProofKind,
        origin: BrowserOrigin,
    ) -> None:
        self._notices.record(
            connection,
            kind,
            account.visit.reference,
            origin,
            person=account.person.guid,
            method=str(method),
        )


def registered_worth(
    methods: Iterable[RegisteredMethod], policy: SelfServicePolicy
) -> int:
    """Count what a person's methods of today's kinds are worth together."""
    taken = [
        TakenMethod(
            proof=each.id,
            kind=each.kind,
            digest=each.digest,
            registered=each.registered,
            confirmed=each.confirmed,
            user_verified=each.kind is ProofKind.PASSKEY,
            at=each.registered,
        )
        for each in methods
        if each.kind in policy.kinds
    ]
    return worth(taken, passkey_alone=policy.passkey_alone)


def _pending(account: Account) -> str:
    return f"pending:{account.session.id}"
