"""For your people: guides, mails and the help desk's script, by the agents' policy."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.agents.answer import Offered
from portal.journeys.role import EVERY_ROLE
from portal.pages.page import STAFF, language_of
from portal.pages.staff.door import StaffDoor
from portal.templating import is_right_to_left
from portal.visits.staff.sessions import StaffMember
from rollout.document import Document
from rollout.facts import Facts, HelpLine
from rollout.language import ENGLISH, LANGUAGES, say
from rollout.materials import Material, made

MATERIALS = f"{STAFF}/materials"


class MaterialPages:
    """What may be given to people, a language and a domain each, as a page to print."""

    def __init__(self, door: StaffDoor) -> None:
        self._door, self._services = door, door.pages.services

    @property
    def routes(self) -> list[Route]:
        """The addresses of these pages."""
        one = f"{MATERIALS}/{{domain}}/{{material}}/{{language}}"
        return [
            self._door.page(MATERIALS, self.list, roles=EVERY_ROLE),
            self._door.page(one, self.show, roles=EVERY_ROLE),
        ]

    async def list(self, request: Request, member: StaffMember) -> Response:
        """List what there is, domain by domain."""
        wished = language_of(request)
        return self._door.show(
            request,
            member,
            "staff/materials",
            domains=list(self._services.agents.offered_by_domain()),
            languages=LANGUAGES,
            first=wished if wished in LANGUAGES else ENGLISH,
        )

    async def show(self, request: Request, member: StaffMember) -> Response:
        """Show one, as it is printed."""
        asked = request.path_params
        offered = self._services.agents.offered_by_domain().get(asked["domain"])
        language = asked["language"]
        try:
            material = Material(asked["material"])
        except ValueError:
            raise HTTPException(404) from None
        if offered is None or language not in LANGUAGES:
            raise HTTPException(404)
        document = made(material, self._facts(offered))
        return self._door.show(
            request,
            member,
            "staff/material",
            words=_said(document, language),
            spoken=language,
            runs="rtl" if is_right_to_left(language) else "ltr",
        )

    def _facts(self, offered: Offered) -> Facts:
        settings, registration = self._services.settings, offered.registration
        helped = offered.help
        return Facts(
            organization=settings.organization,
            portal=settings.base_url.rstrip("/"),
            operations=offered.operations,
            help_desk=offered.help_desk,
            proofs=offered.proofs,
            kinds=offered.kinds,
            passkey_alone=offered.passkey_alone,
            two_proof=offered.two_proof,
            required=registration.required,
            extra=registration.extra,
            confirm_days=registration.confirm_days,
            wait_hours=registration.wait_hours,
            allowed_from=registration.allowed_from,
            help=HelpLine(helped.text, helped.phone, helped.url or ""),
        )


def _said(document: Document, language: str) -> dict[str, Any]:
    return {
        "title": say(document.title, language),
        "blocks": [
            (block.style.name.lower(), [say(text, language) for text in block.texts])
            for block in document.blocks
        ],
    }
