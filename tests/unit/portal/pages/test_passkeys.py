"""People register passkeys and reset their password with one; nobody else's counts."""

from tests.fixtures.portal.authenticator import Authenticator, options_on
from tests.fixtures.portal.browser import Answered, Browser
from tests.fixtures.portal.running import ANNA, BEN, Running

NEW = "Correct-Horse-42-Staple"
WRONG = "That passkey did not prove that it is you."


async def _signed_in(portal: Running) -> Browser:
    browser = portal.browser()
    await browser.open("/account/sign-in")
    page = await browser.send(name=ANNA.upn, password=ANNA.password)
    assert page.path == "/account", page.text
    return browser


async def _add(browser: Browser, device: Authenticator, label: str = "") -> Answered:
    page = await browser.open("/account/passkey")
    assert page.heading == "Add a passkey", page.text
    made = device.create(options_on(page.text))
    return await browser.send(answer=made, label=label)


async def _forgot(portal: Running, name: str = ANNA.upn) -> Browser:
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    await browser.send(name=name)
    await browser.open("/forgot/passkey")
    return browser


async def _use(browser: Browser, device: Authenticator) -> Answered:
    assert browser.page is not None
    return await browser.send(answer=device.get(options_on(browser.page.text)))


async def test_one_passkey_resets_a_password(portal: Running) -> None:
    device = Authenticator()
    page = await _add(await _signed_in(portal), device, "  Anna's\tphone ")
    assert page.path == "/account", page.text
    assert "Anna&#39;s phone" in page.text
    assert "You have what you need" in page.text
    browser = await _forgot(portal)
    page = await _use(browser, device)
    assert page.path == "/forgot/password", page.text
    page = await browser.send(new=NEW, again=NEW)
    assert page.heading == "Your password is changed", page.text
    (used,) = portal.agent.seen[-1].methods
    assert (used.kind, used.uv) == ("passkey", True)
    assert portal.rows("proof")[0]["counter"] == 1


async def test_passkeys_stand_first_in_each_list(portal: Running) -> None:
    browser = await _signed_in(portal)
    assert browser.page is not None
    assert "passkey" in browser.page.text.split('<nav class="choices"')[1][:120]
    await _forgot(portal)
    page = await portal.browsers[-1].open("/forgot/methods")
    assert "passkey" in page.text.split('<nav class="choices"')[1][:120]


async def test_a_passkey_of_somebody_else_proves_nothing(portal: Running) -> None:
    hers, other = Authenticator(), Authenticator()
    await _add(await _signed_in(portal), hers)
    browser = await _forgot(portal)
    page = await _use(browser, other)
    assert (page.status, WRONG in page.text) == (422, True)
    forged = Authenticator(id=hers.id)
    page = await _use(browser, forged)
    assert (page.status, WRONG in page.text) == (422, True)
    page = await _use(browser, hers)
    assert page.path == "/forgot/password", page.text


async def test_nobody_is_told_apart(portal: Running) -> None:
    """Of nobody, of who may not and of who has one: same pages, same tries."""
    hers, other = Authenticator(), Authenticator()
    await _add(await _signed_in(portal), hers)
    seen = []
    for name, device in ((ANNA.upn, other), (BEN.upn, hers), ("nobody@x.test", hers)):
        browser = await _forgot(portal, name)
        pages = [browser.page]
        pages += [await _use(browser, device) for _ in range(5)]
        pages.append(await browser.post("/forgot/passkey", _fields(browser)))
        assert all(page is not None for page in pages)
        seen.append(
            [(page.status, page.heading, len(page.body)) for page in pages if page]
        )
    assert seen[0] == seen[1] == seen[2]
    assert [status for status, _, _ in seen[0]] == [200] + [422] * 5 + [429]


def _fields(browser: Browser) -> dict[str, str]:
    assert browser.page is not None
    form = next(each for each in browser.page.forms if each.method == "post")
    return form.fields


async def test_an_answer_counts_once_and_for_five_minutes(portal: Running) -> None:
    device = Authenticator(counts=False)
    await _add(await _signed_in(portal), device)
    browser = await _forgot(portal)
    assert browser.page is not None
    fields = _fields(browser)
    answer = device.get(options_on(browser.page.text))
    portal.clock.now += 301
    page = await browser.post("/forgot/passkey", fields | {"answer": answer})
    assert (page.status, WRONG in page.text) == (422, True)
    await browser.open("/forgot/passkey")
    assert browser.page is not None
    answer = device.get(options_on(browser.page.text))
    page = await browser.post("/forgot/passkey", fields | {"answer": answer})
    assert page.path == "/forgot/password", page.text
    page = await browser.post("/forgot/passkey", fields | {"answer": answer})
    assert (page.status, WRONG in page.text) == (422, True)


async def test_an_answer_of_another_visit_counts_nothing(portal: Running) -> None:
    device = Authenticator()
    await _add(await _signed_in(portal), device)
    first, second = await _forgot(portal), await _forgot(portal)
    assert first.page is not None
    answer = device.get(options_on(first.page.text))
    page = await second.send(answer=answer)
    assert (page.status, WRONG in page.text) == (422, True)


async def test_a_copy_is_found_by_its_counter(portal: Running) -> None:
    device = Authenticator(counter=6)
    await _add(await _signed_in(portal), device)
    copy = Authenticator(id=device.id, key=device.key, counter=5)
    page = await _use(await _forgot(portal), copy)
    assert (page.status, WRONG in page.text) == (422, True)
    assert portal.rows("proof")[0]["counter"] == 6
    page = await _use(await _forgot(portal), device)
    assert page.path == "/forgot/password", page.text
    assert portal.rows("proof")[0]["counter"] == 7


async def test_who_did_not_verify_their_user_is_refused(portal: Running) -> None:
    browser = await _signed_in(portal)
    page = await _add(browser, Authenticator(user_verified=False))
    assert (page.status, "could not be added" in page.text) == (422, True)
    device = Authenticator()
    await _add(browser, device)
    device.user_verified = False
    page = await _use(await _forgot(portal), device)
    assert (page.status, WRONG in page.text) == (422, True)
    assert len(portal.rows("taken")) == 1  # of who added it


async def test_a_passkey_opens_the_change_of_methods(portal: Running) -> None:
    device = Authenticator()
    await _add(await _signed_in(portal), device)
    portal.clock.now += 400
    browser = await _signed_in(portal)
    page = await browser.open("/account/app")
    assert page.path == "/account/prove", page.text
    options = options_on(page.text)
    assert len(options["allowCredentials"]) == 1
    page = await browser.send("/account/prove/passkey", answer="{}")
    assert (page.status, WRONG in page.text) == (422, True)
    page = await browser.send(
        "/account/prove/passkey", answer=device.get(options_on(page.text))
    )
    assert page.path == "/account", page.text
    page = await browser.open("/account/app")
    assert page.path == "/account/app"


async def test_ten_passkeys_and_no_more(portal: Running) -> None:
    browser = await _signed_in(portal)
    devices = [Authenticator() for _ in range(10)]
    for device in devices:
        page = await _add(browser, device)
        assert page.path == "/account", page.text
    assert "/account/passkey" not in page.text
    assert (await browser.open("/account/passkey")).status == 404


async def test_one_that_is_there_is_named_and_not_added_twice(portal: Running) -> None:
    browser = await _signed_in(portal)
    device = Authenticator()
    browser.headers["user-agent"] = "Mozilla/5.0 (X11; Linux) Firefox/150.0"
    page = await _add(browser, device)
    assert "Firefox, Linux" in page.text
    page = await browser.open("/account/passkey")
    options = options_on(page.text)
    assert len(options["excludeCredentials"]) == 1
    assert options["user"]["id"] not in (ANNA.guid, ANNA.upn)
    await browser.send(answer=device.create(options), label="Again")
    assert len(portal.rows("proof")) == 1


async def test_a_label_is_bounded_and_shows_what_it_is(portal: Running) -> None:
    browser = await _signed_in(portal)
    await _add(browser, Authenticator(), "x" * 200)
    await _add(browser, Authenticator(), "a\u202eb<b>")
    labels = [str(row["label"]) for row in portal.rows("proof")]
    assert sorted(map(len, labels)) == [11, 64]
    assert r"a\u202eb<b>" in labels
    page = await browser.open("/account")
    assert "<b>" not in page.text
