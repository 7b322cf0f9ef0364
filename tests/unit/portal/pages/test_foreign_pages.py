"""What another site's page, a proxy or a stranger sends changes nothing."""

from urllib.parse import urlencode

import pytest

from portal.templating import static_address
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered

_FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {},
        {"sec-fetch-site": "cross-site", "origin": "https://portal.contoso.test"},
    ],
)
async def test_a_form_of_another_site_is_refused(
    portal: Running, headers: dict[str, str]
) -> None:
    browser = portal.browser()
    body = urlencode({"name": ANNA.upn}).encode()
    answered = await browser.raw("POST", "/forgot", body, _FORM | headers)
    assert answered.status == 403
    assert portal.rows("journey") == []


async def test_an_old_browser_is_known_by_its_origin(portal: Running) -> None:
    browser = portal.browser()
    body = urlencode({"name": ANNA.upn}).encode()
    headers = _FORM | {"origin": "https://portal.contoso.test"}
    answered = await browser.raw("POST", "/forgot", body, headers)
    assert answered.status == 303


@pytest.mark.parametrize("host", ["evil.test", "portal.contoso.test:8443", ""])
async def test_another_host_is_not_answered(portal: Running, host: str) -> None:
    answered = await portal.browser().raw("GET", "/", b"", {"host": host})
    assert (answered.status, b"evil" in answered.body) == (421, False)


async def test_a_form_without_the_token_of_its_page_is_refused(
    portal: Running, anna: Registered
) -> None:
    browser = portal.browser()
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    for token in ("", "x" * 43):
        page = await browser.post(
            "/forgot/app", {"token": token, "code": anna.code(portal.clock.now)}
        )
        assert page.status == 403


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"name=a&name=b", "application/x-www-form-urlencoded", 400),
        (b"name=" + b"a" * 20_000, "application/x-www-form-urlencoded", 413),
        (b"name=%ff", "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a%d=1" % n for n in range(50)]), _FORM["content-type"], 400),
        (b'{"name": "a"}', "application/json", 415),
        (b"--x", "multipart/form-data; boundary=x", 415),
    ],
)
async def test_a_form_that_is_none_is_refused(
    portal: Running, body: bytes, kind: str, status: int
) -> None:
    headers = {"content-type": kind, "sec-fetch-site": "same-origin"}
    answered = await portal.browser().raw("POST", "/forgot", body, headers)
    assert (answered.status, "<h1>" in answered.text) == (status, True)


async def test_every_answer_is_guarded(portal: Running) -> None:
    browser = portal.browser()
    file = static_address("portal.css")
    for path in ("/", "/forgot", "/nowhere", file, "/static/nothing"):
        headers = (await browser.raw("GET", path, b"", {})).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
        expected = "immutable" if path == file else "no-store"
        assert expected in headers["cache-control"]


async def test_cookies_are_of_this_host_alone(portal: Running) -> None:
    browser = portal.browser()
    body = urlencode({"name": ANNA.upn}).encode()
    headers = _FORM | {"sec-fetch-site": "same-origin"}
    await browser.raw("POST", "/forgot", body, headers)
    assert set(browser.cookies) == {"__Host-visit", "__Host-browser"}
