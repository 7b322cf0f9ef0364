"""What a stranger writes into headers and fields is theirs alone."""

from ipaddress import ip_network

import pytest
from starlette.requests import Request

from portal.pages.page import Pages
from portal.templating import static_address
from tests.fixtures.portal.running import ANNA, Running


async def test_a_second_forwarded_header_is_read_too(portal: Running) -> None:
    """HAProxy adds a line of its own: the first one is the stranger's."""
    services = portal.portal.services
    trusted = services.settings.model_copy(
        update={"trusted_proxies": (ip_network("10.0.0.0/8"),)}
    )
    object.__setattr__(services, "settings", trusted)
    request = Request(
        {
            "type": "http",
            "client": ("10.0.0.1", 4711),
            "headers": [
                (b"x-forwarded-for", b"198.51.100.66"),
                (b"x-forwarded-for", b"203.0.113.9"),
            ],
        }
    )
    assert Pages(services).origin(request).address == "203.0.113.9"


async def test_a_token_of_other_letters_is_a_wrong_one(portal: Running) -> None:
    browser = portal.browser()
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    page = await browser.post("/forgot/app", {"token": "é", "code": "000000"})
    assert page.status == 403


async def test_a_fault_is_kept_by_no_cache(portal: Running) -> None:
    """Else what a file was missing for a moment is missing for a year."""
    browser = portal.browser()
    missing = await browser.raw("GET", "/static/none.js", b"", {})
    assert (missing.status, missing.headers["cache-control"]) == (404, "no-store")
    there = await browser.raw("GET", static_address("portal.css"), b"", {})
    assert there.headers["cache-control"].endswith("immutable")


@pytest.mark.parametrize("version", ["", "?v=0123456789ab", "?v=", "?w=1"])
async def test_a_file_is_kept_by_its_own_address_alone(
    portal: Running, version: str
) -> None:
    """A node of the version before is asked for the files of the next one's pages."""
    there = await portal.browser().raw("GET", f"/static/portal.css{version}", b"", {})
    assert (there.status, there.headers["cache-control"]) == (200, "no-store")


async def test_an_address_with_a_stroke_more_leads_nowhere(portal: Running) -> None:
    """A redirect would send the form on by the scheme that the proxy came with."""
    page = await portal.browser().raw("GET", "/account/sign-in/", b"", {})
    assert page.status == 404
