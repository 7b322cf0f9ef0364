"""H3 of the help desk: a caller who proved who they are, why they can't, what to do."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.journeys.caller import VerifiedCaller
from portal.journeys.policy import Manager
from portal.pages.page import moment
from portal.pages.staff.caller import CALL, CallerPages
from portal.pages.staff.door import HELPERS, StaffDoor
from portal.pages.staff.help import HELP
from portal.services import BrowserOrigin
from portal.visits.staff.calls import HelpCalls, NotHelped
from portal.visits.staff.helped_person import Found, HelpedPeople, HelpedPerson
from portal.visits.staff.helping import Helped, Helping
from portal.visits.staff.sessions import StaffMember
from portal.web.forms import Form
from wire.operation import Operation
from wire.self_service.proof_kind import ProofKind

_Does = Callable[[StaffMember, VerifiedCaller, Form, BrowserOrigin], Awaitable[Helped]]


class HelpedPersonPages:
    """Shows a caller as they are, and does what helps them."""

    def __init__(
        self,
        door: StaffDoor,
        calls: HelpCalls,
        callers: CallerPages,
        people: HelpedPeople,
        helping: Helping,
    ) -> None:
        self._door, self._calls, self._callers = door, calls, callers
        self._people, self._helping = people, helping
        self._does: dict[str, _Does] = {
            "unlock": self._unlock,
            "remove": self._remove,
            "register-again": self._register_again,
            "block": self._block,
            "clear": self._clear,
            "tries": self._tries,
            "code-to-manager": self._code_to_manager,
        }

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        door = self._door
        return [
            door.page(CALL, self.show, roles=HELPERS),
            door.act(f"{CALL}/reset", self.reset, roles=HELPERS, back=CALL),
            door.act(f"{CALL}/code", self.code, roles=HELPERS, back=CALL),
            *(
                door.act(
                    f"{CALL}/{name}",
                    self._doing(name, does),
                    roles=HELPERS,
                    back=CALL,
                )
                for name, does in self._does.items()
            ),
        ]

    async def show(self, request: Request, member: StaffMember) -> Response:
        """Show the caller, or ask who it is where that is not known yet."""
        call, _ = await self._callers.call_of(request, member)
        caller = await self._calls.verified(call)
        if caller is None:
            return await self._callers.ask(request, member, call, None)
        done = request.query_params.get("done", "")
        return await self._show(
            request, member, caller, done=done if done in self._does else ""
        )

    async def reset(
        self, request: Request, member: StaffMember, _form: Form
    ) -> Response:
        """Set a one-time password, and show it this once."""
        caller = await self._caller(request, member)
        origin = self._door.pages.origin(request)
        person = await self._people.read(member, caller, origin)
        if isinstance(person, NotHelped):
            return self._not_helped(request, member, person)
        helped = await self._helping.reset(member, person, origin)
        if helped.password is None:
            return await self._failed(request, member, caller, helped)
        return self._door.show(
            request,
            member,
            "staff/one_time_password",
            name=caller.call.shown,
            password=helped.password.reveal(),
            reference=helped.reference,
            back=f"{HELP}/{caller.call.id}",
        )

    async def code(
        self, request: Request, member: StaffMember, _form: Form
    ) -> Response:
        """Make a registration code, and show it this once."""
        caller = await self._caller(request, member)
        origin = self._door.pages.origin(request)
        person = await self._people.read(member, caller, origin)
        if isinstance(person, NotHelped):
            return self._not_helped(request, member, person)
        made = await self._helping.registration_code(member, person, origin)
        if isinstance(made, Helped):
            return await self._failed(request, member, caller, made)
        return self._door.show(
            request,
            member,
            "staff/registration_code",
            name=caller.call.shown,
            code=made.text,
            until=moment(made.ends),
            back=f"{HELP}/{caller.call.id}",
        )

    def _doing(
        self, name: str, does: _Does
    ) -> Callable[[Request, StaffMember, Form], Awaitable[Response]]:
        async def act(request: Request, member: StaffMember, form: Form) -> Response:
            caller = await self._caller(request, member)
            origin = self._door.pages.origin(request)
            helped = await does(member, caller, form, origin)
            if helped.is_done:
                return self._door.pages.go(f"{HELP}/{caller.call.id}?done={name}")
            return await self._failed(request, member, caller, helped)

        return act

    async def _unlock(
        self,
        member: StaffMember,
        caller: VerifiedCaller,
        _form: Form,
        origin: BrowserOrigin,
    ) -> Helped:
        return await self._helping.unlock(member, caller, origin)

    async def _remove(
        self,
        member: StaffMember,
        caller: VerifiedCaller,
        form: Form,
        origin: BrowserOrigin,
    ) -> Helped:
        method = form.text("method")
        return await self._helping.remove(member, caller, method, origin)

    async def _register_again(
        self,
        member: StaffMember,
        caller: VerifiedCaller,
        _form: Form,
        origin: BrowserOrigin,
    ) -> Helped:
        return await self._helping.register_again(member, caller, origin)

    async def _block(
        self,
        member: StaffMember,
        caller: VerifiedCaller,
        _form: Form,
        origin: BrowserOrigin,
    ) -> Helped:
        return await self._helping.block(member, caller, origin, blocked=True)

    async def _clear(
        self,
        member: StaffMember,
        caller: VerifiedCaller,
        _form: Form,
        origin: BrowserOrigin,
    ) -> Helped:
        return await self._helping.block(member, caller, origin, blocked=False)

    async def _tries(
        self,
        member: StaffMember,
        caller: VerifiedCaller,
        _form: Form,
        origin: BrowserOrigin,
    ) -> Helped:
        return await self._helping.clear_tries(member, caller, origin)

    async def _code_to_manager(
        self,
        member: StaffMember,
        caller: VerifiedCaller,
        _form: Form,
        origin: BrowserOrigin,
    ) -> Helped:
        person = await self._people.read(member, caller, origin)
        if isinstance(person, NotHelped):
            return Helped(person.code, person.detail)
        return await self._helping.code_to_manager(member, person, origin)

    async def _caller(self, request: Request, member: StaffMember) -> VerifiedCaller:
        """Give the caller of an address; HTTP 403 where it is not known who calls."""
        call, _ = await self._callers.call_of(request, member)
        caller = await self._calls.verified(call)
        if caller is None:
            raise HTTPException(403)
        return caller

    async def _failed(
        self,
        request: Request,
        member: StaffMember,
        caller: VerifiedCaller,
        helped: Helped,
    ) -> Response:
        status = 503 if helped.code == "no_agent" else 422
        return await self._show(request, member, caller, status, failed=helped)

    async def _show(
        self,
        request: Request,
        member: StaffMember,
        caller: VerifiedCaller,
        status: int = 200,
        *,
        done: str = "",
        failed: Helped | None = None,
    ) -> Response:
        origin = self._door.pages.origin(request)
        person = await self._people.read(member, caller, origin)
        if isinstance(person, NotHelped):
            return self._not_helped(request, member, person)
        checks = await self._calls.checks(caller.call)
        return self._door.show(
            request,
            member,
            "staff/person",
            status,
            done=done,
            failed=failed,
            waits="second" in {str(each.kind) for each in checks},
            offered=self._offered(caller.call.domain),
            **_shown(person),
        )

    def _offered(self, domain: str) -> list[str]:
        """Give what the agents of a domain let the help desk do, each of them."""
        serving = self._door.pages.services.agents.serving(domain)
        each = [
            agent.ready.self_service.help_desk
            for agent in serving
            if agent.ready is not None
        ]
        known = frozenset({Operation.UNLOCK, Operation.RESET})
        let = known.intersection(*each) if each else frozenset[Operation]()
        return sorted(map(str, let))

    def _not_helped(
        self, request: Request, member: StaffMember, why: NotHelped
    ) -> Response:
        status = 503 if why.code == "no_agent" else 422
        return self._door.show(
            request,
            member,
            "staff/not_helped",
            status,
            code=why.code,
            detail=why.detail,
        )


def _shown(person: HelpedPerson) -> dict[str, Any]:
    """Give what a page shows of a caller."""
    call, verdict, policy = person.caller.call, person.answer.verdict, person.policy
    return {
        "call": call.id,
        "name": call.shown,
        "upn": call.upn or call.typed,
        "reason": call.reason,
        "how": person.caller.how,
        "two_helpers": person.caller.two_helpers,
        "manager": "" if person.manager is None else _name_of(person.manager),
        "two_proof": person.two_proof,
        "may_give_access": person.has_enough_helpers,
        "is_known": person.known is not None,
        "may_register": policy is not None,
        "allowed_from": "" if policy is None else policy.registration.allowed_from,
        "blocked": person.known is not None and person.known.blocked is not None,
        "state": person.state,
        "has_address": any(each.kind is ProofKind.EMAIL for each in person.methods),
        "answer": person.answer,
        "verdict": verdict,
        "chain": [_link(found) for found in person.chain],
        "methods": [
            {
                "id": each.id,
                "kind": str(each.kind),
                "label": each.label,
                "registered": moment(each.registered),
                "used": None if each.used is None else moment(each.used),
            }
            for each in person.methods
        ],
    }


def _name_of(manager: Manager) -> str:
    return manager.name or manager.mail


def _link(found: Found) -> dict[str, Any]:
    until = moment(found.until) if found.until else None
    return {**vars(found), "link": str(found.link), "until": until}
