"""The page on which those who work here use their passkey again, or a second method.

Where a passkey is not worth two, the agent asks for a second one of who helps.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.journeys.role import EVERY_ROLE
from portal.journeys.visit import Visit
from portal.pages.page import STAFF
from portal.pages.proofs import Asked, Endpoint, Handler, ProofPages, Proving
from portal.pages.staff.door import PROVE, SIGN_IN, StaffDoor, own_page
from portal.visits.passkeys import PasskeyVerification
from portal.visits.staff.sessions import StaffMember
from wire.self_service.proof_kind import ProofKind

_KINDS = (ProofKind.PASSKEY, ProofKind.TOTP)


class StaffProofPages:
    """Asks for the passkey, or an app's code, and goes on where it was wanted."""

    path = PROVE

    def __init__(
        self, door: StaffDoor, passkeys: PasskeyVerification, proofs: ProofPages
    ) -> None:
        self._door, self._passkeys, self._proofs = door, passkeys, proofs

    @property
    def routes(self) -> list[Route]:
        """The addresses of this page."""
        takes = self._proofs.takes(self, _KINDS)
        return [
            self._door.own_page(PROVE, self.show),
            *self._door.let_by(takes, EVERY_ROLE),
        ]

    def proving(self, handler: Handler) -> Endpoint:
        """Have a handler see who is signed in."""

        async def handle(request: Request) -> Response:
            member = await self._door.signed_in(request)
            if member is None:
                return self._door.pages.go(SIGN_IN)
            return await handler(request, _StaffProving(self, request, member))

        return handle

    async def show(self, request: Request, member: StaffMember) -> Response:
        """Ask for the passkey."""
        return await self.ask(request, member, Asked(ProofKind.PASSKEY))

    async def ask(
        self, request: Request, member: StaffMember, asked: Asked
    ) -> Response:
        """Ask for one of the methods that count here."""
        options = await self._passkeys.ask(member.visit)
        return self._door.show(
            request,
            member,
            "staff/prove",
            asked.status,
            options=options,
            proof=asked.wrong,
            by_app=asked.kind is ProofKind.TOTP,
            wanted=wanted_page(request),
        )

    def go_on(self, request: Request) -> Response:
        """Go to the page that was wanted."""
        return self._door.pages.go(wanted_page(request))


class _StaffProving(Proving):
    """Somebody who is signed in."""

    def __init__(
        self, pages: StaffProofPages, request: Request, member: StaffMember
    ) -> None:
        self._pages, self._request, self._member = pages, request, member

    async def may(self, kind: ProofKind) -> bool:
        return kind in _KINDS

    async def settled(self) -> Visit:
        return self._member.visit

    def address(self, kind: ProofKind, typed: str) -> str | None:  # noqa: ARG002 - of the protocol
        raise HTTPException(404)

    async def ask(self, asked: Asked) -> Response:
        return await self._pages.ask(self._request, self._member, asked)

    async def sent(self, kind: ProofKind) -> Response:  # noqa: ARG002 - of the protocol
        raise HTTPException(404)

    async def proven(self) -> Response:
        return self._pages.go_on(self._request)


def wanted_page(request: Request) -> str:
    """Give the page that is wanted after the proof: one below /staff."""
    return own_page(request.query_params.get("to", STAFF))
