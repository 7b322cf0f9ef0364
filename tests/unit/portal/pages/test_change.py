"""Who knows their password changes it on one page, an expired one too."""

import pytest

from tests.fixtures.portal.running import ANNA, BEN, Running

NEW = "Correct-Horse-42-Staple"


async def test_a_password_is_changed(portal: Running) -> None:
    browser = portal.browser()
    await browser.open("/change")
    page = await browser.send(name="anna", old=ANNA.password, new=NEW, again=NEW)
    assert page.heading == "Your password is changed"
    assert portal.agent.people[0].password == NEW


async def test_the_refusal_is_the_directorys_own(portal: Running) -> None:
    browser = portal.browser()
    await browser.open("/change")
    page = await browser.send(name="anna", old=ANNA.password, new="Ab1!", again="Ab1!")
    assert (page.status, "too short" in page.text) == (422, True)
    assert portal.agent.answered[-1]["id"] in page.text


async def test_who_cannot_be_changed_is_not_told_apart(portal: Running) -> None:
    pages = []
    for name, old in (
        (ANNA.upn, "wrong"),
        (BEN.upn, BEN.password),
        ("nobody@contoso.test", "wrong"),
        ("", ""),
    ):
        browser = portal.browser()
        await browser.open("/change")
        pages.append(await browser.send(name=name, old=old, new=NEW, again=NEW))
    assert {page.status for page in pages} == {422}
    assert len({page.body for page in pages}) == 1


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [("a", "b", "not the same"), ("", "", "Type the new password")],
)
async def test_what_was_mistyped_is_sent_nowhere(
    portal: Running, new: str, again: str, words: str
) -> None:
    browser = portal.browser()
    await browser.open("/change")
    page = await browser.send(name="anna", old=ANNA.password, new=new, again=again)
    assert words in page.text
    assert portal.agent.seen == []


async def test_without_an_agent_it_says_so(portal: Running) -> None:
    portal.agent.silent = True
    await portal.portal.services.agents.look()
    browser = portal.browser()
    page = await browser.open("/")
    assert "cannot be changed at the moment" in page.text
    await browser.open("/change")
    page = await browser.send(name="anna", old=ANNA.password, new=NEW, again=NEW)
    assert page.status == 503
