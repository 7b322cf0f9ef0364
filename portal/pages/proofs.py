"""The pages that take a proof: one set, for all places where somebody proves it.

A place says whose visit it is, what is shown, and which page comes next; what is typed
is read here alone, and counted by `portal.visits.verification`.
"""

from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.journeys.visit import Visit
from portal.pages.page import Pages, moment
from portal.visits.codes.sent_codes import TooSoon
from portal.visits.passkeys import PasskeyVerification
from portal.visits.questions.verification import QuestionVerification
from portal.visits.verification import Closed, Proof, Proven, Verification, Wrong
from portal.web.forms import Form
from wire.self_service.proof_kind import ProofKind

# the last part of a page's address, by what is proven there; their order is shown
PARTS = {
    ProofKind.PASSKEY: "passkey",
    ProofKind.TOTP: "app",
    ProofKind.EMAIL: "email",
    ProofKind.SMS: "phone",
    ProofKind.RECOVERY_CODE: "recovery",
    ProofKind.QUESTIONS: "questions",
}
# of these a code is sent first
SENT = (ProofKind.EMAIL, ProofKind.SMS)
_MOST_ANSWERS = 5


@dataclass(frozen=True)
class Asked:
    """What a page asks for: a proof of a kind or, where it was `sent`, its code.

    `bad_address`: what was typed is none; `wait`: seconds until a code may be sent.
    """

    kind: ProofKind
    status: int = 200
    sent: bool = False
    wrong: Wrong | None = None
    bad_address: bool = False
    wait: int = 0


class Proving(Protocol):
    """A request of somebody who proves who they are, at one of the places."""

    async def may(self, kind: ProofKind) -> bool:
        """Whether a kind may be tried now, whoever it is."""

    async def settled(self) -> Visit:
        """Give the visit when it is known whom it is about."""

    def address(self, kind: ProofKind, typed: str) -> str | None:
        """Give the address that a code goes to; None where none was typed."""

    async def ask(self, asked: Asked) -> Response:
        """Show what is asked for."""

    async def sent(self, kind: ProofKind) -> Response:
        """Go on to the code that was sent, or was not."""

    async def proven(self) -> Response:
        """Go on after what was right, or may not be tried."""


Handler = Callable[[Request, Proving], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class ProvingPlace(Protocol):
    """Where people prove it: its pages' address, and who gets to them."""

    path: str

    def proving(self, handler: Handler) -> Endpoint:
        """Have a handler see who proves it there, or show why nobody does."""


class ProofPages:
    """Asks for proofs and takes them."""

    def __init__(
        self,
        pages: Pages,
        verification: Verification,
        passkeys: PasskeyVerification,
        questions: QuestionVerification,
    ) -> None:
        self._pages, self._questions = pages, questions
        self._verification, self._passkeys = verification, passkeys
        serves = pages.services.serves
        self._parts = [each for each in PARTS.items() if serves(each[0])]

    def takes(
        self, place: ProvingPlace, kinds: Container[ProofKind] = tuple(PARTS)
    ) -> list[Route]:
        """Give the addresses that take proofs of some kinds at a place."""
        return [
            *(
                _route(place, part, "POST", self._sends(kind))
                if kind in SENT
                else _route(place, part, "POST", self._takes(kind))
                for kind, part in self._parts
                if kind in kinds
            ),
            *(
                _route(place, f"{PARTS[kind]}/code", "POST", self._takes(kind))
                for kind, _ in self._parts
                if kind in SENT and kind in kinds
            ),
        ]

    def asks(self, place: ProvingPlace) -> list[Route]:
        """Give the addresses of a page for each kind, where a place has them."""
        codes = [
            (f"{part}/code", Asked(kind, sent=True))
            for kind, part in self._parts
            if kind in SENT
        ]
        each = [(part, Asked(kind)) for kind, part in self._parts]
        return [
            _route(place, part, "GET", _asking(asked)) for part, asked in each + codes
        ]

    def read(self, kind: ProofKind, typed: str) -> str | None:
        """Read an address that a code of a kind goes to; None where it is none."""
        return self._verification.channel(kind).read(typed)

    async def shown(self, visit: Visit, kind: ProofKind) -> dict[str, Any]:
        """Give what the page of a kind shows beside its form."""
        match kind:
            case ProofKind.PASSKEY:
                return {"options": await self._passkeys.ask(visit)}
            case ProofKind.QUESTIONS:
                return {"questions": await self._questions.ask(visit)}
            case ProofKind.EMAIL | ProofKind.SMS:
                return {"example": self._verification.channel(kind).example}
        return {}

    def _sends(self, kind: ProofKind) -> Handler:
        """Send a code, or nothing, and go on alike."""

        async def handle(request: Request, proving: Proving) -> Response:
            typed = (await self._pages.form(request)).text("address")
            address = proving.address(kind, typed)
            if address is None:
                return await proving.ask(Asked(kind, 422, bad_address=True))
            origin = self._pages.origin(request)
            visit = await proving.settled()
            soon = await self._verification.send_code(visit, kind, address, origin)
            if isinstance(soon, TooSoon):
                wait = max(1, round(soon.wait))
                return await proving.ask(Asked(kind, 429, wait=wait))
            return await proving.sent(kind)

        return handle

    def _takes(self, kind: ProofKind) -> Handler:
        """Take what was typed, and go on by what it was."""

        async def handle(request: Request, proving: Proving) -> Response:
            form = await self._pages.form(request)
            if not await proving.may(kind):
                return await proving.proven()
            proof = await self._taken(request, await proving.settled(), kind, form)
            match proof:
                case Proven():
                    return await proving.proven()
                case Closed(until=until):
                    when = moment(until)
                    return self._pages.show(request, "too_many", 429, until=when)
                case Wrong():
                    asked = Asked(kind, 422, sent=kind in SENT, wrong=proof)
                    return await proving.ask(asked)

        return handle

    async def _taken(
        self, request: Request, visit: Visit, kind: ProofKind, form: Form
    ) -> Proof:
        origin, code = self._pages.origin(request), form.text("code")
        match kind:
            case ProofKind.PASSKEY:
                answer = form.text("answer")
                return await self._passkeys.by_passkey(visit, answer, origin)
            case ProofKind.TOTP:
                return await self._verification.by_app(visit, code, origin)
            case ProofKind.RECOVERY_CODE:
                return await self._verification.by_recovery_code(visit, code, origin)
            case ProofKind.QUESTIONS:
                answers = [form.text(f"answer_{at}") for at in range(_MOST_ANSWERS)]
                return await self._questions.by_answers(visit, answers, origin)
        return await self._verification.by_sent_code(visit, kind, code, origin)


def _asking(asked: Asked) -> Handler:
    async def handle(_request: Request, proving: Proving) -> Response:
        if not await proving.may(asked.kind):
            return await proving.proven()
        return await proving.ask(asked)

    return handle


def _route(place: ProvingPlace, part: str, method: str, handler: Handler) -> Route:
    return Route(f"{place.path}/{part}", place.proving(handler), methods=[method])
