"""Codes of the help desk from its pages to the directory: by two helpers, by a manager.

Portal, mail server, relay, agent and controller are real: nothing stands in for them.
"""

import re
from collections.abc import Iterator

import pytest

from lab.controller import Lab
from lab.people import START_PASSWORD
from tests.fixtures.agent_stage import CANARY
from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.live import Owner, live_owner
from tests.fixtures.portal.mail import body
from tests.fixtures.portal.visitor import set_password
from tests.integration.agent.test_agent import administer
from tests.integration.portal.directory.conftest import HELPER, LivePortal
from tests.integration.portal.directory.test_help_desk import (
    called,
    called_back,
    signed_in_helper,
)
from tests.integration.portal.directory.test_registration_codes import ByCode
from wire.keys import PrivateKeys

_SECOND, _TWO_PROOF, _WITH_MANAGER, _MANAGER = "samir", "nils", "pavel", "olga"
_CODE = re.compile(r"\b[A-Z0-9]{4}(?:-[A-Z0-9]{4}){3}\b")


@pytest.fixture(scope="module")
def owner(clean_lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    """An agent that asks a code of two-proof people, and names managers to helpers."""
    people = clean_lab.people
    with live_owner(clean_lab, tmp_path_factory.mktemp("careful")) as made:
        settings = {
            "who": "all",
            "two_proof_groups": [people[_TWO_PROOF]["dn"]],
            "registration": {"code_to_manager": True},
            "roles": {"help_desk": [people[key]["dn"] for key in (HELPER, _SECOND)]},
        }
        made.enrol("srv1", PrivateKeys.generate(), self_service=settings)
        made.agents[0].start()
        yield made


def by_code(live: LivePortal, key: str) -> ByCode:
    return ByCode(live.portal, live.lab.people[key]["upn"], live.mailbox)


async def registers_and_resets(live: LivePortal, key: str, code: str) -> None:
    """Have somebody set up all by a code, forget their password and set a new one."""
    person = by_code(live, key)
    await person.register(code)
    page = await set_password(await person.proven(), f"{CANARY}-{key}")
    assert page.heading == "Your password is changed", page.text
    live.lab.sign_in(person.upn, f"{CANARY}-{key}")
    signed = [
        record
        for record in live.records(key)
        if (record["op"], record["code"]) == ("register", "ok")
    ]
    helper = live.lab.people[HELPER]["objectGUID"]
    assert {each["origin"]["actor"] for each in signed} == {helper}


async def asked(first: Browser, call: str) -> None:
    """Ask a second helper, on the first one's page."""
    page = await first.open(call)
    (form,) = [each for each in page.forms if each.fields.get("kind") == "second"]
    page = await first.post(f"{call}/check", form.fields)
    assert "second helper's turn" in page.text, page.text


async def test_two_helpers_let_a_two_proof_person_register(live: LivePortal) -> None:
    own = await live.visitor(_TWO_PROOF).signed_in(START_PASSWORD)
    page = await own.open("/account/app")
    assert page.path == "/account"
    assert "To add your first way you need a registration code" in page.text
    first = await signed_in_helper(live)
    second = await signed_in_helper(live, _SECOND)
    page = await called_back(first, await called(live, first, _TWO_PROOF))
    call, token = page.path, page.forms[0].fields["token"]
    assert "they sign in with a registration code" in page.text
    assert "a second helper confirms" in page.text
    # neither alone: the page has no button, and what it would send is refused
    assert not [each for each in page.forms if each.action == f"{call}/code"]
    page = await first.post(f"{call}/code", {"token": token})
    assert page.status == 422
    await asked(first, call)
    page = await second.open("/staff/help")
    assert "Once you confirm" in page.text, page.text
    page = await second.send("/staff/help/confirm")
    assert "You confirmed it." in page.text, page.text
    await first.open(call)
    page = await first.send(f"{call}/code")
    assert page.heading == "Registration code", page.text
    (code,) = set(_CODE.findall(page.text))
    await registers_and_resets(live, _TWO_PROOF, code)


async def test_a_manager_is_mailed_a_code_that_lets_them_register(
    live: LivePortal,
) -> None:
    people = live.lab.people
    manager = people[_MANAGER]
    administer(live.lab, people[_WITH_MANAGER]["dn"], {"manager": [manager["dn"]]})
    try:
        helper = await signed_in_helper(live)
        page = await called_back(helper, await called(live, helper, _WITH_MANAGER))
        assert "Mail a registration code to the manager" in page.text, page.text
        page = await helper.send(f"{page.path}/code-to-manager")
        assert "is on its way to the manager" in page.text, page.text
        assert not _CODE.search(page.text)
        (mail,) = await live.told(manager["mail"], "A code for")
        (code,) = _CODE.findall(body(mail))
        await registers_and_resets(live, _WITH_MANAGER, code)
    finally:
        administer(live.lab, people[_WITH_MANAGER]["dn"], {"manager": []})
    assert manager["mail"] not in live.owner.agents[0].places.audit.read_text()
