"""For your people: what is printed says what the agents' policy says."""

import pytest

from rollout.language import LANGUAGES
from rollout.materials import Material
from tests.fixtures.portal.agent import AgentPerson
from tests.fixtures.portal.running import Running
from tests.fixtures.portal.staff import ADA, AUDREY, HELEN, Staff, signed_in_staff

LIST, DOMAIN = "/staff/materials", "contoso"


def address(material: str, language: str = "en", domain: str = DOMAIN) -> str:
    return f"{LIST}/{domain}/{material}/{language}"


@pytest.fixture
async def ada(portal: Running) -> Staff:
    return await signed_in_staff(portal, ADA)


@pytest.mark.parametrize("person", [ADA, AUDREY, HELEN])
async def test_whoever_works_here_reads_them(
    portal: Running, person: AgentPerson
) -> None:
    staff = await signed_in_staff(portal, person)
    page = await staff.browser.open(LIST)
    assert (page.status, page.heading) == (200, "For your people")


async def test_each_is_shown_in_each_language(ada: Staff) -> None:
    listed = (await ada.browser.open(LIST)).text
    for material in Material:
        for language in LANGUAGES:
            assert address(material, language) in listed
            page = await ada.browser.open(address(material, language))
            assert page.status == 200
            assert f'lang="{language}" dir="ltr"' in page.text
            assert "{" not in page.text.split("<article")[1]


async def test_it_says_what_the_agent_says(portal: Running, ada: Staff) -> None:
    page = await ada.browser.open(address("guide"))
    assert portal.portal.services.settings.base_url.rstrip("/") in page.text
    assert portal.portal.services.settings.organization in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        address("guide", domain="other.test"),
        address("plan"),
        address("guide", "xx"),
        address("guide", "../../etc"),
    ],
)
async def test_what_is_not_there_is_not_found(ada: Staff, wrong: str) -> None:
    assert (await ada.browser.open(wrong)).status == 404
