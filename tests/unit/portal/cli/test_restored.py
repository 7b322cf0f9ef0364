"""After a restore nothing that is good once is good twice, whatever the backup knew."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import portal.parts
from portal.backup import back_up, restore
from portal.database import people
from portal.database.restored import ENDED
from portal.database.schema import METADATA
from portal.keys.secret_files import SecretFiles
from tests.fixtures.portal.authenticator import Authenticator, options_on
from tests.fixtures.portal.browser import Answered, Browser
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered
from wire.server.database_file import snapshot

_APP, _CODE = "/forgot/app", "/forgot/recovery"
# what a restored database still has: what of it is good once is settled row by row
_KEPT = {
    *("agent", "budget", "event", "outbox", "person", "proof", "recovery_code"),
    *("setting", "notice_hour", "told", "not_me_code"),
}


def test_of_each_table_it_is_decided_whether_it_ends() -> None:
    ended = {table.name for table in ENDED}
    assert not ended & _KEPT
    assert ended | _KEPT == set(METADATA.tables)


def _backed_up(run: Running) -> Path:
    file = run.folder / "backup.tar"
    settings = run.folder / "portal.yaml"
    settings.write_text("")
    back_up(run.portal.services.settings.database, settings, None, file)
    return file


@asynccontextmanager
async def _restored(
    run: Running, file: Path, *, lost: bool = False, keep_codes: bool = False
) -> AsyncIterator[Running]:
    """Serve what was put back in place of a database, or where it was `lost`."""
    known, new = run.portal.services.settings, run.folder / "new"
    new.mkdir()
    if not lost:
        now = snapshot(run.folder / "portal.db")
        (new / "portal.db").write_bytes(now)
    url = f"sqlite:///{new}/portal.db"
    restore(file, url, new, now=int(run.clock.now), keep_codes=keep_codes)
    async with portal.parts.portal(
        known.model_copy(update={"database": url}),
        SecretFiles(run.folder / "secrets"),
        clock=run.clock,
        tick_s=0.004,
        open_relay=lambda _address, _key: nullcontext(run.agent),
    ) as served:
        yield Running(served, run.agent, run.clock, new)


async def _signed_in(run: Running) -> Browser:
    browser = run.browser()
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    return browser


async def _begun(run: Running) -> Browser:
    browser = run.browser("198.51.100.9")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    return browser


async def _tried(run: Running, path: str, code: str) -> bool:
    """Whether a code proves something in a visit of its own."""
    browser = await _begun(run)
    await browser.open(path)
    page = await browser.send(code=code)
    return page.heading == "Prove it is you (2 of 2)"


async def test_a_code_of_the_app_is_good_once(
    portal: Running, anna: Registered
) -> None:
    file = _backed_up(portal)
    code = anna.code(portal.clock.now)
    assert await _tried(portal, _APP, code)
    async with _restored(portal, file) as again:
        assert not await _tried(again, _APP, code)
        ahead = anna.code(portal.clock.now + 30)  # a clock that is before ours
        assert not await _tried(again, _APP, ahead)
        portal.clock.now += 60
        assert await _tried(again, _APP, anna.code(portal.clock.now))


async def test_a_recovery_code_is_good_once(portal: Running, anna: Registered) -> None:
    file = _backed_up(portal)
    used, other = anna.codes[:2]
    assert await _tried(portal, _CODE, used)
    async with _restored(portal, file) as again:
        assert not await _tried(again, _CODE, used)
        assert await _tried(again, _CODE, other)


async def test_where_nobody_knows_what_was_used_no_recovery_code_is_good(
    portal: Running, anna: Registered
) -> None:
    file = _backed_up(portal)
    async with _restored(portal, file, lost=True) as again:
        assert not await _tried(again, _CODE, anna.codes[0])


async def test_who_knows_that_none_was_used_may_keep_them(
    portal: Running, anna: Registered
) -> None:
    file = _backed_up(portal)
    async with _restored(portal, file, lost=True, keep_codes=True) as again:
        assert await _tried(again, _CODE, anna.codes[0])


async def test_an_answer_of_a_passkey_is_good_once(portal: Running) -> None:
    device, registering = Authenticator(), await _signed_in(portal)
    page = await registering.open("/account/passkey")
    await registering.send(answer=device.create(options_on(page.text)), label="")
    browser = await _begun(portal)
    page = await browser.open("/forgot/passkey")
    file = _backed_up(portal)  # with the challenge in it
    answer = device.get(options_on(page.text))
    assert (await browser.send(answer=answer)).path == "/forgot/password"
    async with _restored(portal, file) as again:
        later = again.browser("198.51.100.9")
        later.cookies, later.page = dict(browser.cookies), page
        ended = await later.send(answer=answer)
        assert ended.status in (403, 410)
        fresh = await _begun(again)
        page = await fresh.open("/forgot/passkey")
        assert (await fresh.send(answer=answer)).status == 422
        page = await fresh.open("/forgot/passkey")
        mine = device.get(options_on(page.text))
        assert (await fresh.send(answer=mine)).path == "/forgot/password"


async def test_who_was_signed_in_or_proved_something_begins_again(
    portal: Running, anna: Registered
) -> None:
    browser = await _begun(portal)
    await browser.open(_APP)
    await browser.send(code=anna.code(portal.clock.now))
    signed_in = await _signed_in(portal)
    assert (await signed_in.open("/account")).path == "/account"
    file = _backed_up(portal)
    async with _restored(portal, file) as again:

        async def opened(before: Browser, path: str) -> Answered:
            later = again.browser()
            later.cookies = dict(before.cookies)
            return await later.open(path)

        assert (await opened(signed_in, "/account")).path == "/account/sign-in"
        ended = await opened(browser, "/forgot/methods")
        assert "2 of 2" not in ended.heading
        assert [each for table in ENDED for each in again.rows(table.name)] == []


async def test_no_message_that_waited_is_sent_again(portal: Running) -> None:
    browser = await _signed_in(portal)
    await browser.open("/account/email")
    await browser.send(address="anna@example.com")
    file = _backed_up(portal)
    assert portal.mails()
    async with _restored(portal, file) as again:
        assert again.mails() == []


async def test_who_was_blocked_since_stays_so(
    portal: Running, anna: Registered
) -> None:
    file = _backed_up(portal)
    with portal.portal.services.database.begin() as connection:
        people.block(connection, ANNA.guid, int(portal.clock.now))
    async with _restored(portal, file) as again:
        assert again.rows("person")[0]["blocked"] == int(portal.clock.now)
        assert not await _tried(again, _APP, anna.code(portal.clock.now + 90))
