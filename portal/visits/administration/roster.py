"""Who is eligible and has not registered, as the agents list them; nothing is kept."""

from dataclasses import dataclass

from sqlalchemy import Connection

from portal.agents import requests
from portal.agents.answer import RosterPerson
from portal.agents.pool import NoAgent
from portal.database import people
from portal.services import BrowserOrigin, Services
from portal.visits.staff.sessions import StaffMember
from wire.outcomes import Code


@dataclass(frozen=True)
class NotRegistered:
    """Of one page of the agent's list those who did not register."""

    names: tuple[str, ...]
    listed: int
    total: int
    cursor: str | None


class Rosters:
    """Asks agents for their list, where their settings have it on."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @property
    def domains(self) -> list[str]:
        """The domains whose agents say that they have it on."""
        found = [
            each.exchange.address.domain
            for each in self._services.agents.agents
            if each.said is not None and each.said.self_service.roster
        ]
        return list(dict.fromkeys(found))

    async def page(
        self, domain: str, cursor: str, member: StaffMember, origin: BrowserOrigin
    ) -> NotRegistered | Code:
        """Give one page of a domain's list; else why there is none."""
        reference = member.visit.reference
        claims = requests.roster(cursor, reference, origin.address)
        try:
            answer, _ = await self._services.agents.read(domain, claims)
        except NoAgent:
            return Code.DIRECTORY_UNAVAILABLE
        if not answer.ok or answer.roster is None:
            return Code.INTERNAL if answer.ok else answer.code
        listed = answer.roster
        missing = await self._services.database.read(_missing, listed.people)
        names = tuple(each.name or each.guid for each in missing)
        return NotRegistered(names, len(listed.people), listed.total, listed.cursor)


def _missing(connection: Connection, listed: list[RosterPerson]) -> list[RosterPerson]:
    eligible = [each for each in listed if each.eligible]
    known = people.registered(connection, [each.guid for each in eligible])
    return [each for each in eligible if each.guid not in known]
