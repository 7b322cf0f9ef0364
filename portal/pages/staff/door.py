"""The one door to the pages of those who work here: who is signed in, with which role.

Every address below /staff but those of signing in is a `StaffRoute` that is made here.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.journeys.role import EVERY_ROLE, Role
from portal.pages.page import STAFF, Pages
from portal.visits.staff.sessions import (
    RolesUnknown,
    RolesWithdrawn,
    StaffMember,
    StaffSessions,
)
from portal.web import cookies
from portal.web.forms import Form

SIGN_IN, PROVE = f"{STAFF}/sign-in", f"{STAFF}/prove"
OVERVIEW = f"{STAFF}/overview"  # where those begin who may see it
# who may see what only tells; who may help; who may change how the portal is
AUDITED = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
HELPERS = frozenset({Role.HELP_DESK, Role.ADMINISTRATOR})
_OWN_PAGE = re.compile(r"/staff(/[A-Za-z0-9_-]{1,64}){0,4}")

Shown = Callable[[Request, StaffMember], Awaitable[Response]]
Acted = Callable[[Request, StaffMember, Form], Awaitable[Response]]
_Endpoint = Callable[[Request], Awaitable[Response]]


class StaffRoute(Route):
    """An address behind the door; `roles` may see it, `acts` says that it changes."""

    def __init__(
        self,
        path: str,
        endpoint: _Endpoint,
        roles: frozenset[Role],
        *,
        method: str,
        acts: bool,
    ) -> None:
        super().__init__(path, endpoint, methods=[method])
        self.roles, self.acts = roles, acts


class StaffDoor:
    """Lets those in who are signed in and have a role, asked of their agent."""

    def __init__(self, pages: Pages, sessions: StaffSessions) -> None:
        self.pages, self.sessions = pages, sessions

    def page(self, path: str, shown: Shown, *, roles: Iterable[Role]) -> StaffRoute:
        """Make an address that shows something to some roles."""
        may = frozenset(roles)

        async def handle(request: Request) -> Response:
            async def go_on(member: StaffMember) -> Response:
                return await shown(request, member)

            return await self.let_in(request, may, go_on, acts=False)

        return StaffRoute(path, handle, may, method="GET", acts=False)

    def act(
        self,
        path: str,
        acted: Acted,
        *,
        roles: Iterable[Role],
        back: str = STAFF,
        fresh: bool = True,
    ) -> StaffRoute:
        """Make an address that changes something, for some roles.

        `fresh` is off of what changes nothing for others. `back` is the page to come
        back to where the passkey is to be used again; it may name parameters of
        `path`, such as `/staff/help/{call}`.
        """
        may = frozenset(roles)

        async def handle(request: Request) -> Response:
            async def go_on(member: StaffMember) -> Response:
                form = await self.pages.form(request)
                now = self.pages.services.clock()
                if fresh and not member.is_fresh(now):
                    return self.pages.go(prove_for(back.format(**request.path_params)))
                return await acted(request, member, form)

            return await self.let_in(request, may, go_on, acts=True)

        return StaffRoute(path, handle, may, method="POST", acts=True)

    def own_page(self, path: str, shown: Shown) -> StaffRoute:
        """Make an address that shows what is of the session itself: no agent says."""

        async def handle(request: Request) -> Response:
            member = await self.signed_in(request)
            return (
                self.pages.go(SIGN_IN) if not member else await shown(request, member)
            )

        return StaffRoute(path, handle, EVERY_ROLE, method="GET", acts=False)

    def own_act(self, path: str, acted: Acted) -> StaffRoute:
        """Make an address that changes the session itself, such as its end."""

        async def handle(request: Request) -> Response:
            member = await self.signed_in(request)
            if member is None:
                return self.pages.go(SIGN_IN)
            return await acted(request, member, await self.pages.form(request))

        return StaffRoute(path, handle, EVERY_ROLE, method="POST", acts=False)

    def show(
        self,
        request: Request,
        member: StaffMember,
        template: str,
        status: int = 200,
        /,
        **fields: Any,
    ) -> Response:
        """Show a page in the frame of those who work here."""
        staff = {
            "name": member.person.name or member.person.upn,
            "roles": sorted(map(str, member.roles)),
            "fresh": member.is_fresh(self.pages.services.clock()),
            "page": request.url.path,
        }
        return self.pages.show(request, template, status, staff=staff, **fields)

    def let_by(
        self, routes: Iterable[Route], roles: Iterable[Role]
    ) -> list[StaffRoute]:
        """Name the roles of addresses that take proofs; their place uses `let_in`."""
        may = frozenset(roles)
        return [
            StaffRoute(each.path, each.endpoint, may, method="POST", acts=False)
            for each in routes
        ]

    async def let_in(
        self,
        request: Request,
        roles: frozenset[Role],
        go_on: Callable[[StaffMember], Awaitable[Response]],
        *,
        acts: bool,
    ) -> Response:
        """Have somebody go on who has a role; `acts`: the agent is asked now."""
        member = await self.signed_in(request)
        if member is None:
            return self.pages.go(SIGN_IN)
        origin = self.pages.origin(request)
        try:
            member = await self.sessions.asked_again(member, origin, now=acts)
        except RolesUnknown:
            return self.pages.show(request, "not_now", 503, reference="")
        except RolesWithdrawn:
            return self.pages.go(SIGN_IN)
        if not member.roles & roles:
            await self.sessions.refuse(
                member.visit, origin, "no_role", address=request.url.path
            )
            return self.show(request, member, "staff/not_yours", 403)
        return await go_on(member)

    async def signed_in(self, request: Request) -> StaffMember | None:
        """Give who is signed in, whatever their roles are now; None where nobody."""
        return await self.sessions.find(cookies.read(request, cookies.STAFF))


def prove_for(page: str) -> str:
    """Give the address on which the passkey is used again, and then `page` comes."""
    return f"{PROVE}?to={quote(own_page(page))}"


def own_page(page: str) -> str:
    """Give a page below /staff as it is named; anything else is /staff."""
    return page if _OWN_PAGE.fullmatch(page) else STAFF
