"""Adds and removes a person's verification methods, and tells them by mail of each."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from portal.audit.event import EventKind
from portal.database import people, proofs
from portal.database.proofs import NewMethod, RegisteredMethod
from portal.journeys.policy import SelfServicePolicy
from portal.journeys.registration_place import Lacks
from portal.keys.pepper import Purpose
from portal.methods import one_time_code, paper_code, recovery_codes, totp
from portal.services import BrowserOrigin, Services
from portal.visits import proven
from portal.visits.account import Account, Accounts
from portal.visits.new_app import NewApp
from portal.visits.notices import Notices
from portal.visits.receipts import Receipts
from wire.self_service.proof_kind import ProofKind
from wire.self_service.proof_worth import UsedMethod, worth

MOST_METHODS = 20
# a new set is in place of the one of before
_ONE_SET = frozenset({ProofKind.RECOVERY_CODE, ProofKind.QUESTIONS})


class MustProveFirst(Exception):
    """Who has methods uses one of them before they change any."""


class NotAllowed(Exception):
    """The kind is not one that the policy has, or there are too many already."""


class NotFromHere(Exception):
    """Who has too few methods adds by a code, or from other networks; `lacks`."""

    def __init__(self, lacks: Lacks) -> None:
        super().__init__(str(lacks))
        self.lacks = lacks


class Registration:
    """Changes the methods of who is signed in; NoReceipt where no agent signs it."""

    def __init__(
        self, services: Services, accounts: Accounts, receipts: Receipts
    ) -> None:
        self._services, self._accounts = services, accounts
        self._receipts = receipts
        self._notices = Notices(services)

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
            counter=step,
        )
        await self.add(account, method, origin)
        return True

    async def add_address(
        self,
        account: Account,
        kind: ProofKind,
        address: str,
        hidden: str,
        origin: BrowserOrigin,
    ) -> None:
        """Add an address whose code was right; `hidden` is what is shown of it."""
        self.check(account, kind)
        method = NewMethod(
            person=account.person.guid, kind=kind, label=hidden, secret=address
        )
        await self.add(account, method, origin)

    async def add_recovery_codes(
        self, account: Account, origin: BrowserOrigin
    ) -> tuple[str, ...]:
        """Make a set of recovery codes in place of the one of before; shown once."""
        self.check(account, ProofKind.RECOVERY_CODE)
        made, pepper = recovery_codes.new_codes(), self._services.pepper
        digests = tuple(
            pepper.digest(Purpose.RECOVERY_CODE, paper_code.typed(code))
            for code in made
        )
        method = NewMethod(
            person=account.person.guid,
            kind=ProofKind.RECOVERY_CODE,
            label="",
            secret=proofs.recovery_secret(digests),
        )
        await self.add(account, method, origin, digests)
        return made

    async def remove(self, account: Account, proof: str, origin: BrowserOrigin) -> bool:
        """Remove a method; False where too few would be left, or it is not theirs."""
        if not account.may_change_methods(self._services.clock()):
            raise MustProveFirst
        return await self._services.database.run(self._remove, account, proof, origin)

    async def confirm(self, account: Account, origin: BrowserOrigin) -> None:
        """Note that all of the methods are still the person's, with new receipts."""
        self._check_place(account)
        if not account.may_change_methods(self._services.clock()):
            raise MustProveFirst
        signed = {
            each.id: await self._receipts.of(account, each, origin)
            for each in account.methods
        }
        await self._services.database.run(self._confirm, account, signed, origin)

    def lacks(self, account: Account) -> Lacks | None:
        """Say what somebody lacks to add a method; None: nothing.

        Who has as many as a reset asks for proves by those who they are; who has fewer
        proves too little, so that they need what the first one does.
        """
        # answers count nothing beside a password (`portal.pages.account_proof`)
        usable = [
            each
            for each in account.methods
            if each.kind is not ProofKind.QUESTIONS and self._services.serves(each.kind)
        ]
        if registered_worth(usable, account.policy) >= account.policy.proofs:
            return None
        return account.lacks

    def _check_place(self, account: Account) -> None:
        lacks = self.lacks(account)
        if lacks is not None:
            raise NotFromHere(lacks)

    def check(self, account: Account, kind: ProofKind) -> None:
        """See that a kind may be added now; MustProveFirst, NotAllowed, NotFromHere."""
        self._check_place(account)
        if not account.may_change_methods(self._services.clock()):
            raise MustProveFirst
        counts = kind in account.policy.kinds and self._services.serves(kind)
        if not counts or len(account.methods) >= MOST_METHODS:
            raise NotAllowed

    async def add(
        self,
        account: Account,
        method: NewMethod,
        origin: BrowserOrigin,
        recovery_digests: tuple[str, ...] = (),
    ) -> None:
        """Add a method that an agent signs; one that is there stays as it is."""
        same = (method.kind, method.secret)
        if any((each.kind, each.secret) == same for each in account.methods):
            return
        receipt = await self._receipts.of(account, method, origin)
        run = self._services.database.run
        signed = replace(method, receipt=receipt)
        await run(self._keep, account, signed, origin, recovery_digests)

    def _keep(
        self,
        connection: Connection,
        account: Account,
        method: NewMethod,
        origin: BrowserOrigin,
        recovery_digests: tuple[str, ...],
    ) -> None:
        """Keep a method; it counts as used now, so that another can follow."""
        services, person = self._services, account.person
        account = self._as_it_is_now(connection, account)
        self.check(account, method.kind)
        if method.kind in _ONE_SET:
            for each in account.methods:
                if each.kind is method.kind:
                    proofs.remove(connection, person.guid, each.id)
        own_id = services.proofs.add(connection, method, int(services.clock()))
        if recovery_digests:
            proofs.add_recovery_codes(connection, own_id, recovery_digests)
        own = services.proofs.of_person(connection, person.guid)
        added = next(each for each in own if each.id == own_id)
        verified = method.kind is ProofKind.PASSKEY
        proven.take(
            services, connection, account.visit.id, added, user_verified=verified
        )
        self._record(connection, account, EventKind.METHOD_ADDED, method.kind, origin)
        self._notices.tell(
            connection, person.guid, "method_added", origin, method=str(method.kind)
        )
        self._mark_registered(connection, account, own, origin)

    def _as_it_is_now(self, connection: Connection, account: Account) -> Account:
        """Give who is signed in with what they have by now; MustProveFirst.

        A form may come late, and an agent take its time: what was allowed when it
        began is not, once there are methods that were not used.
        """
        now = self._accounts.found(connection, account.session.id)
        if now is None or not now.may_change_methods(self._services.clock()):
            raise MustProveFirst
        return now

    def _mark_registered(
        self,
        connection: Connection,
        account: Account,
        own: Iterable[RegisteredMethod],
        origin: BrowserOrigin,
    ) -> None:
        """Note it where what a person has is enough; tell them at the first time."""
        person, now = account.person, int(self._services.clock())
        if registered_worth(own, account.policy) < account.policy.proofs:
            return
        if people.mark_registered(connection, person.guid, now):
            self._record(connection, account, EventKind.REGISTERED, None, origin)
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
        guid, needed = account.person.guid, account.policy.proofs
        account = self._as_it_is_now(connection, account)
        own = account.methods
        removed = next((each for each in own if each.id == proof), None)
        left = [each for each in own if each.id != proof]
        if removed is None or registered_worth(left, account.policy) < needed:
            return False
        proofs.remove(connection, guid, proof)
        kind = removed.kind
        self._record(connection, account, EventKind.METHOD_REMOVED, kind, origin)
        also = [removed.secret] if kind is ProofKind.EMAIL else []
        self._notices.tell(
            connection, guid, "method_removed", origin, also, method=str(kind)
        )
        return True

    def _confirm(
        self,
        connection: Connection,
        account: Account,
        signed: dict[str, str],
        origin: BrowserOrigin,
    ) -> None:
        now = int(self._services.clock())
        self._as_it_is_now(connection, account)
        people.mark_confirmed(connection, account.person.guid, now)
        proofs.mark_confirmed(connection, account.person.guid, now)
        for proof, receipt in signed.items():
            proofs.keep_receipt(connection, proof, receipt)
        self._record(connection, account, EventKind.METHODS_CONFIRMED, None, origin)

    def _record(
        self,
        connection: Connection,
        account: Account,
        kind: EventKind,
        method: ProofKind | None,
        origin: BrowserOrigin,
    ) -> None:
        self._notices.record(
            connection,
            kind,
            account.visit.reference,
            origin,
            person=account.person.guid,
            **({} if method is None else {"method": str(method)}),
        )


def registered_worth(
    methods: Iterable[RegisteredMethod], policy: SelfServicePolicy
) -> int:
    """Count what a person's methods of today's kinds are worth together."""
    used = [
        UsedMethod(each.kind, each.wire_id, each.kind is ProofKind.PASSKEY)
        for each in methods
        if each.kind in policy.kinds
    ]
    return worth(used, passkey_alone=policy.passkey_alone)
