"""Pages in the organization's colour, with its logo, from this portal's own address."""

from pathlib import Path

import pytest

from portal.errors import PortalUnusable
from tests.fixtures.portal.picture import png
from tests.fixtures.portal.running import Running, running


async def test_the_logo_and_the_colour_are_files_of_this_portal(tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(png())
    brand = {"logo": str(file), "alt": 'Contoso & "Sons"', "accent": "#0A5C36"}
    async with running(tmp_path, brand=brand) as run:
        browser = run.browser()
        page = await browser.open("/")
        assert 'alt="Contoso &amp; &#34;Sons&#34;" width="160" height="48"' in page.text
        assert "icon.svg" not in page.text.split("<body")[1]
        address = page.text.split('class="logo" src="')[1].split('"')[0]
        picture = await browser.raw("GET", address, b"", {})
        assert (picture.status, picture.headers["content-type"]) == (200, "image/png")
        assert "immutable" in picture.headers["cache-control"]
        style = page.text.split('rel="stylesheet" href="')[2].split('"')[0]
        sheet = await browser.raw("GET", style, b"", {})
        assert sheet.headers["content-type"].startswith("text/css")
        assert "immutable" in sheet.headers["cache-control"]
        assert "--accent: #0a5c36; --accent-text: #ffffff" in sheet.text
        assert sheet.text.count("--accent:") == 2
        assert "img-src 'self' data:" in page.headers["content-security-policy"]


async def test_a_logo_is_kept_by_its_own_address_alone(tmp_path: Path) -> None:
    """A node that has the logo of before is asked for the next one's, too."""
    file = tmp_path / "logo.png"
    file.write_bytes(png())
    brand = {"logo": str(file), "accent": "#0A5C36"}
    async with running(tmp_path, brand=brand) as run:
        for path in ("/static/brand.png", "/static/brand.css"):
            other = await run.browser().raw("GET", f"{path}?v=0123456789ab", b"", {})
            assert (other.status, other.headers["cache-control"]) == (200, "no-store")


async def test_without_them_it_is_the_portals_own(portal: Running) -> None:
    browser = portal.browser()
    page = await browser.open("/")
    assert "brand.css" not in page.text
    assert "icon.svg" in page.text.split("<body")[1]
    for path in ("/static/brand.css", "/static/brand.png"):
        assert (await browser.raw("GET", path, b"", {})).status == 404


async def test_the_organizations_name_is_what_is_on_its_logo(tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(png())
    async with running(tmp_path, brand={"logo": str(file)}) as run:
        assert 'alt="Contoso"' in (await run.browser().open("/")).text


async def test_it_does_not_start_with_a_logo_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "logo.svg"
    file.write_text("<svg/>")
    with pytest.raises(PortalUnusable, match="can hold scripts"):
        async with running(tmp_path, brand={"logo": str(file)}):
            pass
