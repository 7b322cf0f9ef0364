"""Registration codes before a real agent: it takes what a helper proved, of a role."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import portal.parts
from lab.controller import Lab
from portal.journeys.entry import Helper
from portal.parts import Portal
from portal.services import BrowserOrigin
from portal.visits import proven
from portal.visits.registration_codes import RegistrationCodes, helper_of
from tests.fixtures.agent_stage import CANARY
from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.live import Owner, live_owner
from tests.fixtures.portal.mail import MailServerThread
from tests.fixtures.portal.visitor import Visitor, set_password
from tests.integration.portal.directory.conftest import settings_with_mail
from wire.keys import PrivateKeys

_HELPER = "samir"


class ByCode(Visitor):
    """Somebody who signs in by a registration code in place of a password."""

    async def signed_in(self, code: str) -> Browser:
        browser = self.browser()
        await browser.open("/account/sign-in/code")
        page = await browser.send(name=self.upn, code=code)
        assert page.path == "/account", page.text
        return browser


@dataclass
class Stage:
    """A portal, and what its owner and its help desk do there."""

    portal: Portal
    owner: Owner
    mail: MailServerThread

    def visitor(self, key: str) -> ByCode:
        return ByCode(self.portal, self.owner.lab.people[key]["upn"], self.mail.mailbox)

    async def by_command(self, key: str) -> str:
        """Make a code as the owner does."""
        upn = self.owner.lab.people[key]["upn"]
        said = await asyncio.to_thread(self.owner.command, "registration-code", upn)
        return said.splitlines()[0]

    async def by_helper(self, helper: str, key: str) -> str:
        """Make a code as who works at the help desk, and just proved who they are."""
        made = await RegistrationCodes(self.portal.services).make(
            self.owner.lab.people[key]["objectGUID"],
            "corp",
            minutes=60,
            helper=self._helper(helper),
            origin=BrowserOrigin("192.0.2.8"),
            reference=secrets.token_urlsafe(16),
        )
        return made.text

    def _helper(self, key: str) -> Helper:
        guid = self.owner.lab.people[key]["objectGUID"]
        services, now = self.portal.services, int(time.time())
        with services.database.begin() as connection:
            own = services.proofs.of_person(connection, guid)
        assert own
        taken = tuple(
            proven.taken_method(each, now, user_verified=False) for each in own
        )
        return helper_of(guid, "they came in person", taken)


@pytest.fixture(scope="module")
def strict(clean_lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    """An agent at which the first method needs a registration code."""
    with live_owner(clean_lab, tmp_path_factory.mktemp("strict")) as made:
        settings = {
            "who": "all",
            "registration": {"allowed_from": "code", "portal_codes": True},
            "roles": {"help_desk": [clean_lab.people[_HELPER]["dn"]]},
        }
        made.enrol("srv1", PrivateKeys.generate(), self_service=settings)
        made.agents[0].start()
        yield made


@pytest.fixture
async def stage(
    strict: Owner, mail: MailServerThread, tmp_path: Path
) -> AsyncIterator[Stage]:
    settings = settings_with_mail(strict, mail, tmp_path)
    strict._write(database=settings.database)
    async with portal.parts.portal(settings, strict.secrets) as running:
        yield Stage(running, strict, mail)


async def test_from_the_owner_to_the_help_desk_to_a_person(stage: Stage) -> None:
    helper, nils = stage.visitor(_HELPER), stage.visitor("nils")
    await helper.register(await stage.by_command(_HELPER))
    await nils.register(await stage.by_helper(_HELPER, "nils"))
    browser = await nils.proven()
    page = await set_password(browser, CANARY)
    assert page.heading == "Your password is changed", page.text
    stage.owner.lab.sign_in(nils.upn, CANARY)
    signed = [
        record
        for record in stage.owner.agents[0].records()
        if record["op"] == "register" and record["code"] == "ok"
    ]
    guid = stage.owner.lab.people[_HELPER]["objectGUID"]
    of_nils = [each for each in signed if each["dn"].startswith("CN=Nils")]
    assert of_nils
    assert all(guid in str(each["origin"]) for each in of_nils), of_nils[0]


async def test_who_is_no_helper_gives_codes_that_register_nothing(
    stage: Stage,
) -> None:
    await stage.visitor("lukas").register(await stage.by_command("lukas"))
    code = await stage.by_helper("lukas", "pavel")
    pavel = stage.visitor("pavel")
    browser = await pavel.signed_in(code)
    await browser.open("/account/recovery")
    page = await browser.send()
    assert page.status == 503, page.text
    refused = stage.owner.agents[0].records()[-1]
    assert (refused["op"], refused["code"]) == ("register", "not_eligible")
