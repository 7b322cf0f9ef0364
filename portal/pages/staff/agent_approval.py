"""Administrators let an agent in whose wizard shows a code (RFC 8628 section 3.3).

They see the agent's name and fingerprint, and say that they compared it: who made
somebody type a code of theirs is told apart by nothing else (section 5.4).
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.agents.code_orders import NotOrdered
from portal.database.device_grants import DeviceGrant
from portal.journeys.role import Role
from portal.pages.page import STAFF, moment
from portal.pages.staff.door import StaffDoor
from portal.visits.device import DeviceGrants, TooMany
from portal.visits.staff.sessions import StaffMember
from portal.web import cookies
from portal.web.forms import Form
from wire.enrolment.device_grant import APPROVAL, spelled, typed
from wire.enrolment_code import BadCode, RelayHalf, parse_half

TYPE_CODE = f"{STAFF}/agent"
_GRANT = f"{TYPE_CODE}/{{user_code}}"
_WAITING, _TYPE = "staff/agent_waiting", "staff/agent"
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


class AgentApprovalPages:
    """A code is typed or followed, what it stands for is shown, and decided."""

    def __init__(self, door: StaffDoor, grants: DeviceGrants) -> None:
        self._door, self._pages, self._grants = door, door.pages, grants

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages; the first is the one that wizards show."""
        door, may = self._door, _ADMINISTRATORS
        approve, refuse = f"{_GRANT}/approve", f"{_GRANT}/refuse"
        return [
            Route(APPROVAL, self.follow, methods=["GET"]),
            door.page(TYPE_CODE, self.type, roles=may),
            door.page(_GRANT, self.show, roles=may),
            door.act(approve, self.approve, roles=may, back=_GRANT),
            door.act(refuse, self.refuse, roles=may, back=_GRANT),
        ]

    async def follow(self, request: Request) -> Response:
        """Lead to the page, and to it after signing in."""
        code = typed(request.query_params.get("user_code", ""))
        page = f"{TYPE_CODE}/{spelled(code)}" if code else TYPE_CODE
        response = self._pages.go(page)
        cookies.keep(response, cookies.WANTED, page)
        return response

    async def type(self, request: Request, member: StaffMember) -> Response:
        """Ask for the code; one that was typed leads on."""
        given = request.query_params.get("user_code")
        code = typed(given or "")
        if code:
            return self._pages.go(f"{TYPE_CODE}/{spelled(code)}")
        wrong = "form" if given else ""
        response = self._door.show(request, member, _TYPE, wrong=wrong)
        cookies.drop(response, cookies.WANTED)
        return response

    async def show(self, request: Request, member: StaffMember) -> Response:
        """Show who waits with a code."""
        grant = await self._grant(request, member)
        if isinstance(grant, Response):
            return grant
        response = self._waiting(request, member, grant)
        cookies.drop(response, cookies.WANTED)
        return response

    async def approve(
        self, request: Request, member: StaffMember, form: Form
    ) -> Response:
        """Let the agent in."""
        grant = await self._grant(request, member)
        if isinstance(grant, Response):
            return grant
        if not form.text("compared"):
            return self._waiting(request, member, grant, 422, wrong="compared")
        try:
            half = _half(form.text("half"))
            origin, actor = self._pages.origin(request), member.person.guid
            done = await self._grants.approve(grant, actor, origin, half=half)
        except BadCode:
            return self._waiting(request, member, grant, 422, wrong="half")
        except NotOrdered as error:
            wrong = error.reason or "other"
            return self._waiting(request, member, grant, 502, wrong=wrong)
        return self._decided(request, member, grant, "approved" if done else "")

    async def refuse(
        self, request: Request, member: StaffMember, _form: Form
    ) -> Response:
        """Refuse the agent."""
        grant = await self._grant(request, member)
        if isinstance(grant, Response):
            return grant
        origin = self._pages.origin(request)
        done = await self._grants.refuse(grant, member.person.guid, origin)
        return self._decided(request, member, grant, "refused" if done else "")

    async def _grant(
        self, request: Request, member: StaffMember
    ) -> DeviceGrant | Response:
        """Find who waits; a page where nobody does, or too many were tried."""
        code = str(request.path_params["user_code"])
        try:
            grant = await self._grants.find(code, self._pages.origin(request))
        except TooMany:
            return self._door.show(request, member, _TYPE, 429, wrong="many")
        if grant is None:
            return self._door.show(request, member, _TYPE, 404, wrong="nobody")
        return grant

    def _waiting(
        self,
        request: Request,
        member: StaffMember,
        grant: DeviceGrant,
        status: int = 200,
        *,
        wrong: str = "",
    ) -> Response:
        code = spelled(typed(str(request.path_params["user_code"])))
        shown = {**_shown(grant), "action": f"{TYPE_CODE}/{code}", "wrong": wrong}
        return self._door.show(request, member, _WAITING, status, **shown)

    def _decided(
        self, request: Request, member: StaffMember, grant: DeviceGrant, what: str
    ) -> Response:
        if not what:  # another administrator was before
            return self._door.show(request, member, _TYPE, 409, wrong="nobody")
        settings = self._pages.services.settings
        known = {each.fingerprint for each in settings.agents}
        digits = "".join(grant.agent_keys.fingerprint.split()).lower()
        lines = {
            "name": grant.agent,
            "relay": self._pages.services.orders.default,
            "fingerprint": digits,
            "domain": next(iter(settings.domains), ""),
        }
        return self._door.show(
            request,
            member,
            "staff/agent_decided",
            what=what,
            lines={} if digits in known else lines,
            **_shown(grant),
        )


def _shown(grant: DeviceGrant) -> dict[str, Any]:
    return {
        "agent": grant.agent,
        "fingerprint": grant.agent_keys.fingerprint,
        "address": grant.address,
        "started": moment(grant.started),
        "until": moment(grant.ends),
    }


def _half(text: str) -> RelayHalf | None:
    return parse_half(text) if text.strip() else None
