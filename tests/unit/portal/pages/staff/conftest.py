"""A helper, and Anna who calls: registered with an app, codes and an address."""

from dataclasses import dataclass

import pyotp
import pytest

from tests.fixtures.portal.browser import Answered
from tests.fixtures.portal.running import ANNA, Running
from tests.fixtures.portal.staff import HELEN, HUGO, Staff, signed_in_staff
from tests.unit.portal.conftest import Registered

ADDRESS = "anna.private@example.com"
REASON = "calls from her desk, ticket 4711"


@dataclass
class Desk:
    """A helper at their pages."""

    portal: Running
    staff: Staff
    anna: Registered
    call: str = ""

    async def begin(self, name: str = ANNA.upn, reason: str = REASON) -> Answered:
        """Ask whom it is about."""
        await self.staff.browser.open("/staff/help")
        page = await self.staff.browser.send("/staff/help", name=name, reason=reason)
        self.call = page.path
        return page

    async def called_back(self) -> Answered:
        """Begin, and know who calls because they were called back."""
        await self.begin()
        return await self.check("call_back")

    async def check(self, kind: str) -> Answered:
        """Say what was done to know who calls."""
        await self.fresh()
        page = await self.staff.browser.open(self.call)
        forms = [each for each in page.forms if each.fields.get("kind") == kind]
        assert forms, page.text
        return await self.staff.browser.post(f"{self.call}/check", forms[0].fields)

    async def act(self, part: str, **typed: str) -> Answered:
        """Press a button of the person's page, with a passkey that is fresh."""
        await self.fresh()
        await self.staff.browser.open(self.call)
        return await self.staff.browser.send(f"{self.call}/{part}", **typed)

    async def fresh(self) -> None:
        """Use the passkey again."""
        await self.staff.browser.open(f"/staff/prove?to={self.call}")
        page = await self.staff.prove_again()
        assert page.path == self.call, page.text

    async def confirm(self, helper: Staff) -> Answered:
        """Have another helper confirm what waits."""
        await helper.browser.open("/staff/prove?to=/staff/help")
        await helper.prove_again()
        return await helper.browser.send("/staff/help/confirm")


@pytest.fixture
async def desk(portal: Running, anna: Registered) -> Desk:
    browser = anna.browser
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    await browser.open("/account/prove")
    page = await browser.send(code=pyotp.TOTP(anna.secret).at(int(portal.clock.now)))
    assert page.path == "/account", page.text
    await browser.open("/account/email")
    await browser.send(address=ADDRESS)
    page = await browser.send(code=portal.code_mailed())
    assert page.path == "/account", page.text
    portal.clock.now += 60
    portal.mails()
    return Desk(portal, await signed_in_staff(portal, HELEN), anna)


@pytest.fixture
async def second(portal: Running, desk: Desk) -> Staff:
    assert desk.staff.person.guid == HELEN.guid
    return await signed_in_staff(portal, HUGO)
