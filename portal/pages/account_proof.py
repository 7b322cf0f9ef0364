"""The page on which who is signed in proves it again, before they change methods."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.journeys.visit import Visit
from portal.pages.account import ACCOUNT, SignedInPages
from portal.pages.page import Pages
from portal.pages.proofs import (
    PARTS,
    SENT,
    Asked,
    Endpoint,
    Handler,
    ProofPages,
    Proving,
)
from portal.visits.account import Account
from portal.visits.passkeys import PasskeyVerification
from wire.self_service.proof_kind import ProofKind

PROVE = "/account/prove"


class AccountProofPages:
    """Shows the ways that somebody has, all on one page."""

    path = PROVE

    def __init__(
        self, signed: SignedInPages, passkeys: PasskeyVerification, proofs: ProofPages
    ) -> None:
        self._signed, self._passkeys, self._proofs = signed, passkeys, proofs

    @property
    def routes(self) -> list[Route]:
        """The addresses of this page."""
        asked = self._signed.signed_in(self.ask)
        return [
            Route(PROVE, asked, methods=["GET"]),
            *self._proofs.takes(self),
        ]

    def proving(self, handler: Handler) -> Endpoint:
        """Have a handler see who is signed in."""

        async def handle(request: Request, account: Account) -> Response:
            return await handler(request, self._of(request, account))

        return self._signed.signed_in(handle)

    async def ask(self, request: Request, account: Account) -> Response:
        """Ask for one of the methods that somebody has."""
        return await self._of(request, account).ask(None)

    def _of(self, request: Request, account: Account) -> "_AccountProving":
        return _AccountProving(self._signed.pages, self._passkeys, request, account)


class _AccountProving(Proving):
    """Somebody who is signed in: codes go to the first address that they have."""

    def __init__(
        self,
        pages: Pages,
        passkeys: PasskeyVerification,
        request: Request,
        account: Account,
    ) -> None:
        self._pages, self._passkeys = pages, passkeys
        self._request, self._account = request, account

    async def may(self, kind: ProofKind) -> bool:
        # beside the password that let them in, answers count nothing
        return kind is not ProofKind.QUESTIONS

    async def settled(self) -> Visit:
        return self._account.visit

    def address(self, kind: ProofKind, typed: str) -> str | None:  # noqa: ARG002 - of the protocol
        own = [each for each in self._account.methods if each.kind is kind]
        if not own:
            raise HTTPException(400)
        return own[0].secret

    async def sent(self, kind: ProofKind) -> Response:
        return await self.ask(Asked(kind, sent=True))

    async def proven(self) -> Response:
        return self._pages.go(ACCOUNT)

    async def ask(self, asked: Asked | None) -> Response:
        methods = self._account.methods
        kinds = {each.kind for each in methods}
        has_passkey = ProofKind.PASSKEY in kinds
        visit = self._account.visit
        options = await self._passkeys.ask(visit) if has_passkey else ""
        was_sent = asked is not None and (asked.sent or asked.wait > 0)
        return self._pages.show(
            self._request,
            "account/prove",
            200 if asked is None else asked.status,
            kinds=[str(kind) for kind in kinds],
            more=self._account.may_change_methods(self._pages.services.clock()),
            options=options,
            addresses=[
                {"part": PARTS[kind], "label": own[0].label}
                for kind in SENT
                if self._pages.services.serves(kind)
                if (own := [each for each in methods if each.kind is kind])
            ],
            proof=None if asked is None else asked.wrong,
            by=str(asked.kind) if asked is not None else "",
            sent=PARTS[asked.kind] if asked is not None and was_sent else "",
        )
