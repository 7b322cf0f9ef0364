"""No order of pages, and no form of another, reaches the write without the proofs."""

import random

import pytest

from portal.methods import passkey
from tests.fixtures.portal.authenticator import Authenticator
from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered, proved_twice
from wire.operation import Operation

NEW = "Correct-Horse-42-Staple"
_PAGES = (
    "/forgot/methods",
    "/forgot/app",
    "/forgot/email",
    "/forgot/email/code",
    "/forgot/phone",
    "/forgot/phone/code",
    "/forgot/recovery",
    "/forgot/questions",
    "/forgot/passkey",
    "/forgot/need",
    "/forgot/password",
    "/forgot/waiting",
    "/forgot/waiting/known",
    "/account",
    "/account/app",
    "/account/passkey",
    "/account/prove",
    "/account/recovery",
    "/account/sign-in/code",
    "/account/sign-in/provider",
    "/account/sign-in/provider/return?code=x&state=y",
)
_FORMS = (
    "/forgot/app",
    "/forgot/email",
    "/forgot/email/code",
    "/forgot/phone",
    "/forgot/phone/code",
    "/forgot/recovery",
    "/forgot/questions",
    "/forgot/passkey",
    "/forgot/unlock",
    "/forgot/password",
    "/account/app",
    "/account/passkey",
    "/account/email",
    "/account/email/code",
    "/account/phone",
    "/account/phone/code",
    "/account/recovery",
    "/account/remove",
    "/account/confirm",
    "/account/prove/app",
    "/account/prove/email",
    "/account/prove/phone",
    "/account/prove/phone/code",
    "/account/prove/questions",
    "/account/questions",
    "/account/prove/passkey",
    "/account/sign-in/code",
)
_WRITES = {Operation.RESET, Operation.UNLOCK, Operation.CHANGE}


@pytest.mark.parametrize("seed", range(6))
async def test_a_random_walk_never_reaches_the_seal(
    portal: Running, anna: Registered, seed: int
) -> None:
    """One proof is taken somewhere on the way: one is not two."""
    chance = random.Random(seed)  # noqa: S311 - a walk, not a secret
    browser = portal.browser(f"198.51.100.{seed}")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    fields = {
        "new": NEW,
        "again": NEW,
        "code": "123456",
        "answer": Authenticator().get({"challenge": passkey.new_challenge()}),
        "address": "thief@example.org",
        "step": "2",
        "kind": "passkey",
        "method": "x",
    }
    for step in range(40):
        if step == 20:
            await browser.open("/forgot/app")
            await browser.send(code=anna.code(portal.clock.now))
        await _wander(browser, chance, fields)
    assert not [each for each in portal.agent.seen if each.op in _WRITES]
    assert portal.agent.people[0].password == ANNA.password


async def _wander(
    browser: Browser, chance: random.Random, fields: dict[str, str]
) -> None:
    if chance.random() < 0.4:
        await browser.open(chance.choice(_PAGES))
        return
    token = {}
    if browser.page is not None and browser.page.forms:
        token = browser.page.forms[0].fields
    await browser.post(chance.choice(_FORMS), token | fields)


async def test_two_codes_of_one_kind_are_one_proof(
    portal: Running, anna: Registered
) -> None:
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    for code in anna.codes[:2]:
        await browser.open("/forgot/recovery")
        page = await browser.send(code=code)
    assert page.heading == "Prove it is you (2 of 2)"
    page = await browser.open("/forgot/password")
    assert page.path == "/forgot/methods"


async def test_proofs_of_one_visit_are_none_in_another(
    portal: Running, anna: Registered
) -> None:
    first, second = portal.browser("198.51.100.9"), portal.browser("198.51.100.9")
    for browser in (first, second):
        await browser.open("/forgot")
        await browser.send(name=ANNA.upn)
    await first.open("/forgot/app")
    await first.send(code=anna.code(portal.clock.now))
    await second.open("/forgot/recovery")
    page = await second.send(code=anna.codes[0])
    assert page.heading == "Prove it is you (2 of 2)"


async def test_proofs_are_over_after_a_quarter_of_an_hour(
    portal: Running, anna: Registered
) -> None:
    browser = await proved_twice(portal, anna)
    assert browser.page is not None
    assert browser.page.path == "/forgot/password"
    portal.clock.now += 901
    page = await browser.send(new=NEW, again=NEW)
    assert page.heading == "This page has ended"
    assert not [each for each in portal.agent.seen if each.op in _WRITES]
