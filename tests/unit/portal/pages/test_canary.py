"""No password, code or secret is in the database, a log, a mail or a cookie."""

import logging
import sqlite3

import pytest

from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered

NEW = "Canary-New-7f3a-Passw0rd"
OLD = ANNA.password


async def test_nothing_is_kept(
    portal: Running, anna: Registered, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    app_code = anna.code(portal.clock.now)
    await browser.open("/forgot/app")
    await browser.send(code=app_code)
    await browser.open("/forgot/recovery")
    await browser.send(code=anna.codes[0])
    page = await browser.send(new="short", again="short")
    assert "short" not in page.text.replace("too short", "")
    page = await browser.send(new=NEW, again=NEW)
    assert page.heading == "Your password is changed"
    await browser.open("/change")
    await browser.send(name=ANNA.upn, old=NEW, new=f"{NEW}2", again=f"{NEW}2")
    secrets = {NEW, OLD, app_code, anna.secret, anna.codes[0], anna.codes[0].lower()}
    secrets |= {each.replace("-", "") for each in anna.codes}
    held = "\n".join(_everything(portal)) + caplog.text
    held += "".join(f"{each.cookies}" for each in portal.browsers)
    assert [each for each in secrets if each in held] == []


def _everything(portal: Running) -> list[str]:
    """Read all bytes of the folder and all cells of the database."""
    folder = portal.folder
    files = [each for each in folder.rglob("*") if each.is_file()]
    read = [each.read_bytes().decode("latin-1") for each in files]
    with sqlite3.connect(folder / "portal.db") as database:
        read.append("\n".join(database.iterdump()))
    database.close()
    return read


async def test_the_database_names_nobody_who_did_not_register(portal: Running) -> None:
    browser = portal.browser()
    await browser.open("/forgot")
    await browser.send(name="Visitor@contoso.test")
    await browser.open("/forgot/email")
    await browser.send(address="visitor@example.org")
    held = "\n".join(_everything(portal)).casefold()
    assert "visitor" not in held


async def test_addresses_are_read_with_the_key_alone(
    portal: Running, anna: Registered
) -> None:
    browser = portal.browser()
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    await browser.open("/account/prove")
    await browser.send("/account/prove/app", code=anna.code(portal.clock.now))
    await browser.open("/account/email")
    await browser.send(address="private.address@example.org")
    await browser.send(code=portal.code_mailed())
    assert [row["kind"] for row in portal.rows("proof")].count("email") == 1
    held = "\n".join(_everything(portal))
    assert "private.address" not in held
