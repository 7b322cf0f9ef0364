"""A registration code goes to the manager by mail: the helper sees that alone."""

import re
from typing import Any

import pytest

from portal.settings import Mail
from tests.fixtures.portal.browser import Answered
from tests.fixtures.portal.running import ANNA, Running
from tests.fixtures.portal.staff import HELEN, Staff
from tests.unit.portal.pages.staff.conftest import REASON, Desk

MANAGER = {"name": "Mona Lead", "mail": "Mona.Lead@Contoso.test"}
_CODE = re.compile(r"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b")


@pytest.fixture
def managed(desk: Desk) -> Desk:
    """Anna has a manager, and the portal a mail server, which is not asked here."""
    services = desk.portal.portal.services
    mail = Mail(host="mail.test", sender="no-reply@contoso.test")
    settings = services.settings.model_copy(update={"mail": mail})
    object.__setattr__(services, "settings", settings)
    desk.portal.agent.people[0].manager = dict(MANAGER)
    return desk


def _made(portal: Running) -> list[dict[str, Any]]:
    kind = "registration_code_made"
    return [each for each in portal.rows("event") if each["kind"] == kind]


async def _mailed(desk: Desk) -> Answered:
    await desk.called_back()
    return await desk.act("code-to-manager")


async def test_the_manager_gets_a_code_that_lets_the_person_in(managed: Desk) -> None:
    desk = managed
    page = await _mailed(desk)
    assert page.status == 200
    assert "A registration code is on its way to the manager" in page.text
    assert "Mona Lead" in page.text
    for table in ("event", "outbox", "help_call", "registration_code", "budget"):
        kept = str(desk.portal.rows(table))
        assert "mona.lead" not in kept.lower()
    mails = desk.portal.mails()
    (letter,) = [each for each in mails if each.kind == "manager_code"]
    assert letter.to == "mona.lead@contoso.test"
    assert "The directory names you as their manager." in letter.text
    code = next(iter(_CODE.findall(letter.text)))
    assert not _CODE.search(page.text)
    # the person is told that there is a code, and not which
    told = [each.text for each in mails if each.kind == "registration_code_made"]
    assert told
    assert code not in "".join(told)
    (event,) = _made(desk.portal)
    assert (event["actor"], event["person"]) == (HELEN.guid, ANNA.guid)
    assert event["detail"]["sent_to"] == "manager"
    assert event["detail"]["reason"] == REASON
    browser = desk.portal.browser("198.51.100.5")
    await browser.open("/account/sign-in/code")
    page = await browser.send(name=ANNA.upn, code=code)
    assert page.path == "/account", page.text


@pytest.mark.parametrize(
    "manager", [None, {"name": "Mona", "mail": ""}, {"name": "x", "mail": "a b@c\r\n"}]
)
async def test_where_the_agent_names_nobody_it_is_not_offered(
    managed: Desk, manager: dict[str, str] | None
) -> None:
    desk = managed
    desk.portal.agent.people[0].manager = manager
    page = await desk.called_back()
    assert "code-to-manager" not in page.text
    own = {"token": page.forms[0].fields["token"]}
    await desk.fresh()
    page = await desk.staff.browser.post(f"{desk.call}/code-to-manager", own)
    assert page.status == 422
    assert not _made(desk.portal)


async def test_without_a_mail_server_it_is_not_offered(desk: Desk) -> None:
    desk.portal.agent.people[0].manager = dict(MANAGER)
    page = await desk.called_back()
    assert f"{desk.call}/code" in page.text
    assert "code-to-manager" not in page.text


async def test_two_proof_people_need_two_helpers_here_too(
    managed: Desk, second: Staff
) -> None:
    desk = managed
    desk.portal.agent.people[0].two_proof = True
    page = await desk.called_back()
    assert "code-to-manager" not in page.text
    own = {"token": page.forms[0].fields["token"]}
    page = await desk.staff.browser.post(f"{desk.call}/code-to-manager", own)
    assert (page.status, "Ask a second one" in page.text) == (422, True)
    assert not _made(desk.portal)
    await desk.check("second")
    await desk.confirm(second)
    page = await desk.act("code-to-manager")
    assert "on its way to the manager" in page.text


async def test_a_manager_gets_ten_an_hour(managed: Desk) -> None:
    desk = managed
    await desk.called_back()
    for _ in range(10):
        assert "on its way" in (await desk.act("code-to-manager")).text
    page = await desk.act("code-to-manager")
    assert page.status == 422
    assert "This manager got ten codes within an hour" in page.text
    assert len(_made(desk.portal)) == 10
