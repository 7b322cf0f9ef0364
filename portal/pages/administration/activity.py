"""A4: what was done at the portal, searched, page by page, and written out."""

from collections.abc import AsyncIterator
from importlib.metadata import version
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from portal.audit.event import EventKind, Recorded
from portal.audit.export import Format, lines
from portal.database import event_search, people
from portal.database.event_search import EventSearch
from portal.pages.page import moment
from portal.pages.staff.door import AUDITED, StaffDoor
from portal.services import Services
from portal.visits.administration.exported import Exported
from portal.visits.staff.sessions import StaffMember

ADDRESS = "/staff/activity"
_PAGE = 50
_AT_ONCE, _MOST_LINES = 1000, 100_000
_MOST_TYPED = 256
_FIELDS = ("person", "kind", "code", "address", "reference")
_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSON: "application/x-ndjson",
    Format.CEF: "text/plain; charset=utf-8",
}


class ActivityPages:
    """Shows events, and writes them out as the search left them."""

    def __init__(self, door: StaffDoor, services: Services) -> None:
        self._door, self._services = door, services
        self._exported = Exported(services)

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        page = self._door.page
        return [
            page(ADDRESS, self.show, roles=AUDITED),
            page(f"{ADDRESS}/export/{{form}}", self.export, roles=AUDITED),
        ]

    async def show(self, request: Request, member: StaffMember) -> Response:
        """Show a page of events, the newest first."""
        typed = _typed(request)
        before = _number(request.query_params.get("before", ""))
        wanted = await self._wanted(typed)
        found = await self._services.database.read(
            event_search.newest, wanted, before=before, most=_PAGE + 1
        )
        shown = found[:_PAGE]
        names = await self._services.database.read(people.names, _guids(shown))
        rows = [_row(each, names) for each in shown]
        query = {name: value for name, value in typed.items() if value}
        older = {**query, "before": str(shown[-1].number)} if shown else {}
        return self._door.show(
            request,
            member,
            "administration/activity",
            events=rows,
            typed=typed,
            kinds=sorted(map(str, EventKind)),
            query=urlencode(query),
            older=urlencode(older) if len(found) > _PAGE else "",
            is_later=before is not None,
        )

    async def export(self, request: Request, member: StaffMember) -> Response:
        """Write out what the search gives, a line each, the oldest first."""
        try:
            form = Format(request.path_params["form"])
        except ValueError:
            raise HTTPException(404) from None
        typed = _typed(request)
        wanted = await self._wanted(typed)
        origin = self._door.pages.origin(request)
        await self._exported.note(member, "activity", str(form), origin)
        name = f"activity.{form}"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(
            self._lines(wanted, form), media_type=_TYPES[form], headers=headers
        )

    async def _lines(self, wanted: EventSearch, form: Format) -> AsyncIterator[str]:
        """Read and write a part at a time: never are all of them in memory."""
        own, after, read = version("ad-password-writeback"), 0, self._services.database
        for part in range(_MOST_LINES // _AT_ONCE):
            found = await read.read(
                event_search.oldest, wanted, after=after, most=_AT_ONCE
            )
            written = list(lines(form, found, own))
            if part and form is Format.CSV:
                written = written[1:]  # its first line names the columns
            yield "".join(f"{line}\n" for line in written)
            if len(found) < _AT_ONCE:
                return
            after = found[-1].number

    async def _wanted(self, typed: dict[str, str]) -> EventSearch:
        """Read what was typed: a person may be named by objectGUID or sign-in name."""
        person = typed["person"]
        if person:
            known = await self._services.database.read(people.named, person)
            # who is unknown finds nothing, rather than all
            person = known or person.lower()
        return EventSearch(**{**typed, "person": person})


def _typed(request: Request) -> dict[str, str]:
    given = request.query_params
    return {name: given.get(name, "").strip()[:_MOST_TYPED] for name in _FIELDS}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _guids(found: list[Recorded]) -> list[str]:
    each = [guid for one in found for guid in (one.event.person, one.event.actor)]
    return sorted({guid for guid in each if guid})


def _row(recorded: Recorded, names: dict[str, str]) -> dict[str, object]:
    event = recorded.event
    return {
        "number": recorded.number,
        "at": moment(event.at),
        "kind": str(event.kind),
        "code": event.code,
        "person": event.person or "",
        "name": names.get(event.person or "", ""),
        "actor": names.get(event.actor or "", event.actor or ""),
        "address": event.address,
        "reference": event.reference,
        "method": str(event.detail.get("method", "")),
    }
