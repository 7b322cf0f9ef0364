"""Each page and mail is in the language of who looks, or English."""

import re
from datetime import UTC, datetime

import pytest

from portal.templating import LANGUAGES, Templates, wanted_language
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered

_PAGES = ("/", "/forgot", "/change", "/unlock", "/account/sign-in", "/forgot/none")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en;q=0.4, de;q=0.9", "de"),
        ("xx, fr-FR;q=0.2", "en"),
        ("de;q=nonsense", "en"),
        ("de;q=0.1," * 500, "de"),
        ("\u202e\x00;;;,,,=", "en"),
    ],
)
def test_the_browser_chooses(accepted: str, language: str) -> None:
    assert wanted_language(accepted, ("en", "de")) == language


@pytest.mark.parametrize("path", _PAGES)
async def test_a_page_is_in_the_language_it_says(portal: Running, path: str) -> None:
    english = await portal.browser().open(path)
    german = await portal.browser(language="de-DE").open(path)
    assert '<html lang="en" dir="ltr">' in english.text
    assert '<html lang="de" dir="ltr">' in german.text
    assert german.headers["content-language"] == "de"
    words = re.findall(r">([^<>]*[a-z][^<>]*)<", english.text)
    same = [word.strip() for word in words if f">{word}<" in german.text]
    assert set(same) <= {"Contoso", "+49 5555", "Service desk, weekdays 7 to 19"}


async def test_a_mail_is_in_the_language_of_the_person(
    portal: Running, anna: Registered
) -> None:
    assert anna.codes
    browser = portal.browser(language="de")
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    await browser.open("/account/prove")
    await browser.send("/account/prove/app", code=anna.code(portal.clock.now))
    await browser.open("/account/email")
    await browser.send(address="anna@example.org")
    mail = portal.mails()[-1]
    assert mail.subject == "Ihr Code für Contoso"
    assert "E-Mail" not in mail.text


def test_a_mail_names_what_was_added() -> None:
    mail = Templates().mail(
        "method_added",
        "en",
        organization="<b>Contoso</b>",
        method="totp",
        name="anna",
        when=datetime(2026, 1, 1, tzinfo=UTC),
        address="192.0.2.7",
        help_phone="",
        not_me="",
    )
    assert "Authenticator app" in mail.text
    assert mail.subject == "A new way to prove who you are at <b>Contoso</b>"
    assert "<b>Contoso" not in mail.html


def test_german_is_one_of_them() -> None:
    assert LANGUAGES[0] == "en"
    assert "de" in LANGUAGES
