"""The pages of who is signed in: how they prove who they are, and what was done."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.database import events
from portal.journeys.entry import ByCode
from portal.methods.passkey import MOST as MOST_PASSKEYS
from portal.pages.page import Pages, moment
from portal.visits.account import Account, Accounts
from portal.visits.receipts import NoReceipt
from portal.visits.registration import (
    MustProveFirst,
    NotAllowed,
    NotFromHere,
    Registration,
    registered_worth,
)
from portal.web import cookies
from wire.outcomes import Code
from wire.self_service.proof_kind import ProofKind

SIGN_IN, ACCOUNT = "/account/sign-in", "/account"
_MOST_EVENTS = 50
Handler = Callable[[Request, Account], Awaitable[Response]]


class SignedInPages:
    """Has pages see who is signed in, and sends others to sign in."""

    def __init__(self, pages: Pages, accounts: Accounts) -> None:
        self.pages, self.accounts = pages, accounts

    def signed_in(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """Give a page who is signed in; who must prove it first is sent to do so."""

        async def handle(request: Request) -> Response:
            cookie = cookies.read(request, cookies.SESSION)
            account = await self.accounts.find(cookie)
            if account is None:
                return self.pages.go(SIGN_IN)
            try:
                return await handler(request, account)
            except MustProveFirst:
                return self.pages.go("/account/prove")
            except NotAllowed:
                raise HTTPException(404) from None
            except NotFromHere:
                return self.pages.go(ACCOUNT)
            except NoReceipt as error:
                if error.code is Code.SIGN_IN_NEEDED:
                    return self.pages.go(SIGN_IN)
                if error.code is Code.NOT_ENOUGH_PROOFS:
                    return self.pages.go("/account/prove")
                if error.code is Code.PROOF_NOT_REGISTERED:
                    return self._former(request, account)
                return self.pages.show(request, "not_now", 503, reference="")

        return handle

    def _former(self, request: Request, account: Account) -> Response:
        """Say that what should prove it was signed by a key that counts no more."""
        return self.pages.show(
            request,
            "account/former",
            409,
            lacks=account.lacks or "",
            by_code=isinstance(account.entry, ByCode),
        )


class AccountPages:
    """The overview, activity, sign out."""

    def __init__(self, signed: SignedInPages, registration: Registration) -> None:
        self._signed, self._pages = signed, signed.pages
        self._registration = registration

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        signed_in = self._signed.signed_in
        return [
            Route(ACCOUNT, signed_in(self.overview), methods=["GET"]),
            Route("/account/remove", signed_in(self.remove), methods=["POST"]),
            Route("/account/confirm", signed_in(self.confirm), methods=["POST"]),
            Route("/account/activity", signed_in(self.activity), methods=["GET"]),
            Route("/account/sign-out", signed_in(self.sign_out), methods=["POST"]),
        ]

    async def overview(self, request: Request, account: Account) -> Response:
        """Show how they prove who they are."""
        return self._overview(request, account, 200)

    async def remove(self, request: Request, account: Account) -> Response:
        """Remove one method, where enough are left."""
        form = await self._pages.form(request)
        removed = await self._registration.remove(
            account, form.text("method"), self._pages.origin(request)
        )
        if removed:
            return self._pages.go(ACCOUNT)
        return self._overview(request, account, 422, wrong="too_few")

    async def confirm(self, request: Request, account: Account) -> Response:
        """Note that all of them are still theirs."""
        await self._pages.form(request)
        await self._registration.confirm(account, self._pages.origin(request))
        return self._pages.go(ACCOUNT)

    async def activity(self, request: Request, account: Account) -> Response:
        """Show what was done to this account."""
        database = self._pages.services.database
        recorded = await database.run(
            events.of_person, account.person.guid, _MOST_EVENTS
        )
        rows = [
            {
                "kind": str(each.event.kind),
                "at": datetime.fromtimestamp(each.event.at, UTC),
                "address": each.event.address,
                "code": each.event.code,
                "helped": each.event.actor not in (None, account.person.guid),
                "reference": each.event.reference,
                "method": str(each.event.detail.get("method", "")),
            }
            for each in recorded
        ]
        return self._pages.show(request, "account/activity", events=rows)

    async def sign_out(self, request: Request, account: Account) -> Response:
        """Sign out."""
        await self._pages.form(request)
        await self._signed.accounts.close(account, self._pages.origin(request))
        response = self._pages.go("/")
        cookies.drop(response, cookies.SESSION)
        return response

    def _overview(
        self, request: Request, account: Account, status: int, **fields: Any
    ) -> Response:
        policy = account.policy
        now = self._pages.services.clock()
        worth, full = registered_worth(account.methods, policy), _full(account)
        order, serves = [*ProofKind], self._pages.services.serves
        shown = [
            {
                "id": each.id,
                "kind": str(each.kind),
                "label": each.label,
                "registered": moment(each.registered),
                "used": None if each.used is None else moment(each.used),
                "counts": each.kind in policy.kinds and serves(each.kind),
            }
            for each in sorted(account.methods, key=lambda own: order.index(own.kind))
        ]
        return self._pages.show(
            request,
            "account/methods",
            status,
            **{
                "name": account.person.name or account.person.upn,
                "methods": shown,
                "kinds": [
                    str(kind)
                    for kind in ProofKind
                    if kind in policy.kinds and serves(kind) and kind not in full
                ],
                "needed": policy.proofs,
                "advised": account.needed,
                "worth": worth,
                "may_change": account.may_change_methods(now),
                "lacks": self._registration.lacks(account) or "",
                "two_proof": policy.two_proof,
                "wrong": "",
                **fields,
            },
        )


def _full(account: Account) -> set[ProofKind]:
    """Give the kinds of which no more can be added now."""
    passkeys = [each for each in account.methods if each.kind is ProofKind.PASSKEY]
    full = {ProofKind.PASSKEY} if len(passkeys) >= MOST_PASSKEYS else set()
    if all(each.kind is ProofKind.QUESTIONS for each in account.methods):
        full.add(ProofKind.QUESTIONS)  # they never count alone
    return full
