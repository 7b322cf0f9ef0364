"""The portal as one ASGI application: its pages over what they work with."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from portal.keys.pepper import Purpose
from portal.pages.account import AccountPages, SignedInPages
from portal.pages.account_proof import AccountProofPages
from portal.pages.administration.pages import AdministrationPages
from portal.pages.brand import BrandFiles
from portal.pages.change import ChangePages
from portal.pages.device_api import DeviceEndpoints
from portal.pages.forgotten import ForgottenPages
from portal.pages.new_password import NewPasswordPages
from portal.pages.not_me import NotMePages
from portal.pages.page import Pages
from portal.pages.passkeys import PasskeyPages
from portal.pages.proofs import ProofPages
from portal.pages.provider_sign_in import ProviderSignInPages
from portal.pages.questions import QuestionPages
from portal.pages.ready import ReadyPage
from portal.pages.registration import RegistrationPages
from portal.pages.sign_in import SignInPages
from portal.pages.staff.agent_approval import AgentApprovalPages
from portal.pages.staff.door import StaffDoor
from portal.pages.staff.help_desk import HelpDeskPages
from portal.pages.staff.materials import MaterialPages
from portal.pages.staff.prove import StaffProofPages
from portal.pages.staff.sign_in import StaffSignInPages
from portal.pages.start import StartPage
from portal.services import Services
from portal.templating import STATIC, static_addresses
from portal.visits.account import Accounts
from portal.visits.blocking import Blocking
from portal.visits.codes.address_code import AddressCodes
from portal.visits.codes.sent_codes import SentCodes
from portal.visits.device import DeviceGrants
from portal.visits.forgotten import Forgotten
from portal.visits.lookup import Lookups
from portal.visits.new_app import NewApps
from portal.visits.passkeys import PasskeyRegistration, PasskeyVerification
from portal.visits.password_sign_in import PasswordSignIn
from portal.visits.provider_sign_in import ProviderSignIns
from portal.visits.questions.answer_hashes import AnswerHashes
from portal.visits.questions.registration import QuestionRegistration
from portal.visits.questions.verification import QuestionVerification
from portal.visits.receipts import Receipts
from portal.visits.registration import Registration
from portal.visits.registration_codes import RegistrationCodes
from portal.visits.staff.sessions import StaffSessions
from portal.visits.verification import Verification
from portal.visits.write import Writing
from portal.web.measured import Measured
from portal.web.same_site import SameSite
from portal.web.security_headers import SecurityHeaders


def application(services: Services, lookups: Lookups) -> ASGIApp:
    """Put the portal together: its pages, and what guards them."""
    pages = Pages(services)
    own_files = BrandFiles(services.brand).routes
    static = Mount("/static", StaticFiles(directory=STATIC), name="static")

    def fault(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return pages.show(request, "fault", status, status=status)

    app = Starlette(
        routes=[*routes_of(pages, services, lookups), *own_files, static],
        exception_handlers={HTTPException: fault, Exception: fault},
    )
    # it would send a form on by the scheme that the proxy came with
    app.router.redirect_slashes = False
    settings = services.settings
    guarded = SameSite(app, settings.base_url, settings.host)
    lasting = {*static_addresses(), *services.brand.addresses}
    return Measured(SecurityHeaders(guarded, lasting), services.measures)


def routes_of(pages: Pages, services: Services, lookups: Lookups) -> list[Route]:
    """Give the addresses of all pages."""
    writing, sent_codes = Writing(services), SentCodes(services)
    verification = Verification(services, sent_codes)
    passkeys = PasskeyVerification(services, verification)
    hashes = AnswerHashes(services.pepper)
    questions = QuestionVerification(services, verification, hashes)
    proofs = ProofPages(pages, verification, passkeys, questions)
    forgotten = ForgottenPages(pages, Forgotten(services, lookups), proofs)
    passwords = PasswordSignIn(services)
    accounts = Accounts(services)
    registration = Registration(services, accounts, Receipts(services))
    signed = SignedInPages(pages, accounts)
    address_codes = AddressCodes(services, sent_codes)
    provider = ProviderSignIns(services)
    shown = (
        DeviceEndpoints(pages, DeviceGrants(services)),
        StartPage(pages),
        ReadyPage(services),
        forgotten,
        NewPasswordPages(pages, forgotten, writing),
        ChangePages(pages, passwords),
        SignInPages(signed, passwords, RegistrationCodes(services), provider),
        ProviderSignInPages(signed, provider),
        AccountPages(signed, registration),
        NotMePages(signed, Blocking(services)),
        AccountProofPages(signed, passkeys, proofs),
        RegistrationPages(signed, registration, NewApps(services), address_codes),
        PasskeyPages(signed, PasskeyRegistration(services, registration)),
        QuestionPages(signed, QuestionRegistration(services, registration, hashes)),
    )
    own = [route for each in shown for route in each.routes]
    signing_in = Forgotten(services, lookups, Purpose.STAFF)
    return [*own, *_of_staff(pages, signing_in, verification, passkeys, proofs)]


def _of_staff(
    pages: Pages,
    signing_in: Forgotten,
    verification: Verification,
    passkeys: PasskeyVerification,
    proofs: ProofPages,
) -> list[Route]:
    """Give the addresses of those who work here: all below /staff, behind one door."""
    services = pages.services
    door = StaffDoor(pages, StaffSessions(services))
    shown = (
        StaffSignInPages(door, signing_in, passkeys, proofs),
        StaffProofPages(door, passkeys, proofs),
        HelpDeskPages(door, verification, proofs),
        AgentApprovalPages(door, DeviceGrants(services)),
        MaterialPages(door),
        AdministrationPages(door, services),
    )
    return [route for each in shown for route in each.routes]
