"""A6: which messages leave, whether they arrive, and how they read in each language."""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.database import outbox
from portal.journeys.role import Role
from portal.methods import phone_number
from portal.pages.page import language_of
from portal.pages.staff.door import AUDITED, StaffDoor
from portal.services import Services
from portal.templating import LANGUAGES, Mail
from portal.visits.administration.trial_mail import TrialMail
from portal.visits.administration.trial_text import TrialText, TriedText
from portal.visits.staff.sessions import StaffMember
from portal.web.forms import Form

ADDRESS = "/staff/messages"
# what people get; each is a template of its name
KINDS = (
    "code",
    "registered",
    "method_added",
    "method_removed",
    "reset",
    "change",
    "unlock",
    "blocked",
    "unblocked",
    "remind",
    "confirm_soon",
    "register_again",
    "manager_code",
    "test",
)


class MessagesPage:
    """Shows them, and sends one to who asks."""

    def __init__(self, door: StaffDoor, services: Services) -> None:
        self._door, self._services = door, services
        self._mail, self._text = TrialMail(services), TrialText(services)

    @property
    def routes(self) -> list[Route]:
        """The addresses of this page."""
        may = frozenset({Role.ADMINISTRATOR})
        return [
            self._door.page(ADDRESS, self.show, roles=AUDITED),
            self._door.act(f"{ADDRESS}/test", self.test, roles=may, back=ADDRESS),
            self._door.act(
                f"{ADDRESS}/test-text", self.test_text, roles=may, back=ADDRESS
            ),
        ]

    async def show(self, request: Request, member: StaffMember) -> Response:
        """Show the texts and what waits."""
        return await self._show(request, member)

    async def test(
        self, request: Request, member: StaffMember, _form: Form
    ) -> Response:
        """Send a test to the addresses of who asks."""
        origin = self._door.pages.origin(request)
        tested = await self._mail.send(member, origin)
        return await self._show(request, member, tested=tested)

    async def test_text(
        self, request: Request, member: StaffMember, form: Form
    ) -> Response:
        """Send a test to the number that is typed."""
        origin = self._door.pages.origin(request)
        typed = form.text("number")
        tried = await self._text.send(member, typed, origin)
        kept = typed if tried.outcome == "number" else ""
        return await self._show(request, member, text=tried, number=kept)

    async def _show(
        self, request: Request, member: StaffMember, **tested: Any
    ) -> Response:
        services, params = self._services, request.query_params
        sms = services.settings.sms
        kind, language = params.get("kind", ""), params.get("language", "")
        kind = kind if kind in KINDS else KINDS[0]
        language = language if language in LANGUAGES else language_of(request)
        waiting = await services.database.read(outbox.waiting, services.clock())
        return self._door.show(
            request,
            member,
            "administration/messages",
            kinds=KINDS,
            languages=LANGUAGES,
            kind=kind,
            shown_language=language,
            mail=self._sample(kind, language),
            waiting=waiting,
            server=services.settings.mail,
            told=services.settings.notify,
            gateway=sms,
            example="" if sms is None else phone_number.example(sms.countries[0]),
            **{"tested": "", "text": TriedText(""), "number": "", **tested},
            may=Role.ADMINISTRATOR in member.roles,
        )

    def _sample(self, kind: str, language: str) -> Mail:
        """Write a message as nobody gets it: each name and number is made up."""
        settings, now = self._services.settings, self._services.clock()
        return self._services.templates.mail(
            kind,
            language,
            organization=settings.organization,
            base_url=settings.base_url,
            name="anna@contoso.com",
            when=datetime.fromtimestamp(now, UTC),
            address="192.0.2.7",
            reference="AbCdEfGhIjKlMnOp",
            help_phone=self._services.agents.help.phone,
            not_me="ABCDE-FGHIJ",
            method="totp",
            code="12345678",
            minutes=10,
            read_out=False,
            by="account",
            act="account_unlocked",
            person="anna@contoso.com",
            ends=datetime.fromtimestamp(now, UTC),
        )
