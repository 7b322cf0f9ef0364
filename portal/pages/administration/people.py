"""A2: who registered, who has what is asked, who must confirm, who is switched off."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from portal.audit.export import csv_row
from portal.database.people_list import (
    ListedPerson,
    PeopleOrder,
    PeopleSearch,
    PeopleState,
    Place,
    people_list,
)
from portal.journeys.role import Role
from portal.pages.page import moment
from portal.pages.staff.door import AUDITED, StaffDoor
from portal.services import Services
from portal.visits.administration.asked import asked_of
from portal.visits.administration.exported import Exported
from portal.visits.administration.register_again import RegisterAgain
from portal.visits.administration.reminders import Reminders
from portal.visits.staff.sessions import StaffMember
from portal.web.forms import Form

ADDRESS = "/staff/people"
_PAGE = 50
_AT_ONCE, _MOST_ROWS = 1000, 500_000
MOST_AT_ONCE = 500  # people whom one press reminds, or has register again
_MOST_WORDS = 100
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
_CSV_COLUMNS = (
    "sign_in_name",
    "name",
    "registered",
    "confirmed",
    "methods",
    "has_what_is_asked",
    "must_confirm",
    "self_service_off",
)


class PeoplePages:
    """Lists people, writes them out, and does something to those that a list shows."""

    def __init__(self, door: StaffDoor, services: Services) -> None:
        self._door, self._services = door, services
        self._exported, self._reminders = Exported(services), Reminders(services)
        self._again = RegisterAgain(services)

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        page, act = self._door.page, self._door.act
        may, again = _ADMINISTRATORS, f"{ADDRESS}/register-again"
        return [
            page(ADDRESS, self.show, roles=AUDITED),
            page(f"{ADDRESS}/export", self.export, roles=AUDITED),
            act(f"{ADDRESS}/remind", self.remind, roles=may, back=ADDRESS),
            page(again, self.ask_again, roles=may),
            act(again, self.register_again, roles=may, back=ADDRESS),
        ]

    async def show(self, request: Request, member: StaffMember) -> Response:
        """Show a page of people."""
        params = dict(request.query_params)
        search, after = _search(params), _place(params)
        return await self._show(request, member, search, after)

    async def export(self, request: Request, member: StaffMember) -> Response:
        """Write out all whom the search gives, as CSV that no spreadsheet runs."""
        search = _search(dict(request.query_params))
        origin = self._door.pages.origin(request)
        await self._exported.note(member, "people", "csv", origin)
        headers = {"content-disposition": 'attachment; filename="people.csv"'}
        return StreamingResponse(
            self._rows(search), media_type="text/csv; charset=utf-8", headers=headers
        )

    async def remind(
        self, request: Request, member: StaffMember, form: Form
    ) -> Response:
        """Remind whom the list shows, by mail."""
        search = _search(_typed(form))
        guids, origin = await self._guids(search), self._door.pages.origin(request)
        reminded = await self._reminders.remind(guids, member, origin)
        return await self._show(request, member, search, None, reminded=reminded)

    async def ask_again(self, request: Request, member: StaffMember) -> Response:
        """Ask whether those whom the list shows must register again."""
        search = _search(dict(request.query_params))
        return await self._ask_again(request, member, search, 200)

    async def register_again(
        self, request: Request, member: StaffMember, form: Form
    ) -> Response:
        """Have them register again, where their number was typed."""
        search = _search(_typed(form))
        guids, origin = await self._guids(search), self._door.pages.origin(request)
        if form.text("count").strip() != str(len(guids)):
            return await self._ask_again(request, member, search, 422, wrong=True)
        done = await self._again.require(guids, member, origin)
        return await self._show(request, member, search, None, again=done)

    async def _show(
        self,
        request: Request,
        member: StaffMember,
        search: PeopleSearch,
        after: Place | None,
        **fields: object,
    ) -> Response:
        found = await self._listed(search, after, _PAGE + 1)
        shown, query = found[:_PAGE], _query(search)
        last = shown[-1].place if len(found) > _PAGE else None
        following = {**query, "place": last.value, "after": last.guid} if last else {}
        return self._door.show(
            request,
            member,
            "administration/people",
            **{
                "people": list(map(_shown, shown)),
                "search": search,
                "query": urlencode(query),
                "hidden": query,
                "next": urlencode(following),
                "is_later": after is not None,
                "states": [*PeopleState],
                "orders": [*PeopleOrder],
                "may": Role.ADMINISTRATOR in member.roles,
                "most": MOST_AT_ONCE,
                "reminded": None,
                "again": None,
                **fields,
            },
        )

    async def _ask_again(
        self,
        request: Request,
        member: StaffMember,
        search: PeopleSearch,
        status: int,
        *,
        wrong: bool = False,
    ) -> Response:
        guids = await self._guids(search)
        return self._door.show(
            request,
            member,
            "administration/register_again",
            status,
            count=len(guids),
            most=MOST_AT_ONCE,
            hidden=_query(search),
            query=urlencode(_query(search)),
            wrong=wrong,
        )

    async def _listed(
        self, search: PeopleSearch, after: Place | None, most: int
    ) -> list[ListedPerson]:
        services = self._services
        return await services.database.read(
            people_list,
            search,
            asked_of(services),
            after=after,
            most=most,
            now=services.clock(),
        )

    async def _guids(self, search: PeopleSearch) -> list[str]:
        found = await self._listed(search, None, MOST_AT_ONCE)
        return [each.guid for each in found]

    async def _rows(self, search: PeopleSearch) -> AsyncIterator[str]:
        yield f"{csv_row(_CSV_COLUMNS)}\r\n"
        after = None
        for _ in range(_MOST_ROWS // _AT_ONCE):
            found = await self._listed(search, after, _AT_ONCE)
            yield "".join(f"{csv_row(_cells(each))}\r\n" for each in found)
            if len(found) < _AT_ONCE:
                return
            after = found[-1].place


def _search(given: dict[str, str]) -> PeopleSearch:
    """Read what is searched; what is none of ours is as if it were not there."""
    state, order = given.get("state", ""), given.get("order", "")
    return PeopleSearch(
        words=" ".join(given.get("words", "").split())[:_MOST_WORDS],
        state=PeopleState(state) if state in [*PeopleState] else PeopleState.ALL,
        order=PeopleOrder(order) if order in [*PeopleOrder] else PeopleOrder.NAME,
    )


def _typed(form: Form) -> dict[str, str]:
    return {name: form.text(name) for name in ("words", "state", "order")}


def _query(search: PeopleSearch) -> dict[str, str]:
    named = {
        "words": search.words,
        "state": str(search.state),
        "order": str(search.order),
    }
    return {name: value for name, value in named.items() if value}


def _place(given: dict[str, str]) -> Place | None:
    place, guid = given.get("place", ""), given.get("after", "")
    by_time = given.get("order") == PeopleOrder.REGISTERED
    is_time = place.isascii() and place.isdigit() and len(place) < 16
    if not place or not guid or (by_time and not is_time):
        return None
    return Place(place[:256], guid[:36])


def _shown(person: ListedPerson) -> dict[str, object]:
    return {
        "guid": person.guid,
        "name": person.name,
        "upn": person.upn,
        "registered": None if person.registered is None else moment(person.registered),
        "confirmed": None if person.confirmed is None else moment(person.confirmed),
        "kinds": list(map(str, person.kinds)),
        "capable": person.is_capable,
        "due": person.is_due,
        "blocked": person.blocked is not None,
    }


def _cells(person: ListedPerson) -> list[str]:
    return [
        person.upn,
        person.name,
        _time(person.registered),
        _time(person.confirmed),
        " ".join(map(str, person.kinds)),
        _yes(person.is_capable),
        _yes(person.is_due),
        _time(person.blocked),
    ]


def _time(seconds: int | None) -> str:
    return "" if seconds is None else moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def _yes(said: object) -> str:
    return "yes" if said else "no"
