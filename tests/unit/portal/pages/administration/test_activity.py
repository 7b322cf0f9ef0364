"""Administrators and auditors search what was done, page by page, and write it out."""

import csv
import io
import json
import re

import pytest

from portal.audit.event import EventKind
from tests.fixtures.portal.running import ANNA, Running
from tests.fixtures.portal.staff import ADA, AUDREY, signed_in_staff
from tests.unit.portal.conftest import Registered

ACTIVITY = "/staff/activity"


async def test_a_search_is_by_what_people_type(
    portal: Running, anna: Registered
) -> None:
    assert anna.codes
    staff = await signed_in_staff(portal, AUDREY)
    page = await staff.browser.open(f"{ACTIVITY}?person=ANNA@contoso.test")
    assert page.status == 200
    assert page.text.count("<tr>") == 5  # its head; signed in, two methods, registered
    assert AUDREY.upn not in page.text
    page = await staff.browser.open(f"{ACTIVITY}?kind=staff_signed_in")
    assert AUDREY.upn in page.text
    assert ANNA.upn not in page.text
    page = await staff.browser.open(f"{ACTIVITY}?person=nobody@contoso.test")
    assert "Nothing was found" in page.text


async def test_each_kind_of_event_has_words(portal: Running) -> None:
    staff = await signed_in_staff(portal, AUDREY)
    page = await staff.browser.open(ACTIVITY)
    shown = dict(re.findall(r'<option value="([a-z_]+)">([^<]+)<', page.text))
    assert {*shown} == {str(kind) for kind in EventKind}
    as_stored = [kind for kind in shown if shown[kind] == kind.replace("_", " ")]
    assert as_stored == []


async def test_fifty_are_shown_and_older_ones_follow(portal: Running) -> None:
    for number in range(60):
        browser = portal.browser(f"198.51.100.{number}")
        await browser.open("/forgot")
        await browser.send(name=f"nobody{number}@contoso.test")
    staff = await signed_in_staff(portal, ADA)
    page = await staff.browser.open(f"{ACTIVITY}?kind=visit_begun")
    assert page.text.count("<tr>") == 51
    older = (
        page.text.split('class="main" href="')[1].split('"')[0].replace("&amp;", "&")
    )
    page = await staff.browser.open(older)
    assert (
        page.text.count("<tr>") == 12
    )  # its head; ten, and the visit of who signed in
    assert "Next page" not in page.text


@pytest.mark.parametrize("form", ["csv", "json", "cef"])
async def test_it_is_written_out_as_the_search_left_it(
    portal: Running, anna: Registered, form: str
) -> None:
    assert anna.codes
    staff = await signed_in_staff(portal, AUDREY)
    path = f"{ACTIVITY}/export/{form}?person={ANNA.guid}"
    page = await staff.browser.raw("GET", path, b"", {})
    assert page.status == 200
    assert (
        page.headers["content-disposition"] == f'attachment; filename="activity.{form}"'
    )
    lines = page.text.splitlines()
    assert len(lines) == (5 if form == "csv" else 4)
    if form == "json":
        assert {json.loads(line)["person"] for line in lines} == {ANNA.guid}
    if form == "csv":
        rows = [*csv.DictReader(io.StringIO(page.text))]
        assert {row["person"] for row in rows} == {ANNA.guid}
    (event,) = [row for row in portal.rows("event") if row["kind"] == "exported"]
    assert event["actor"] == AUDREY.guid


async def test_what_is_typed_is_bounded_and_no_html(portal: Running) -> None:
    staff = await signed_in_staff(portal, ADA)
    for typed in ("%3Cscript%3Ealert(1)%3C/script%3E", "%00", "x" * 3000, "%27--"):
        page = await staff.browser.open(f"{ACTIVITY}?person={typed}&before={typed}")
        assert page.status == 200
        assert "<script>alert" not in page.text
    page = await staff.browser.raw("GET", f"{ACTIVITY}/export/exe", b"", {})
    assert page.status == 404


async def test_figures_are_those_of_the_day(portal: Running, anna: Registered) -> None:
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/app")
    await browser.send(code=anna.code(portal.clock.now))
    await browser.open("/forgot/recovery")
    await browser.send(code=anna.codes[0])
    for new in ("Short-1", "Correct-Horse-42-Staple"):
        await browser.send(new=new, again=new)
    staff = await signed_in_staff(portal, AUDREY)
    page = await staff.browser.open("/staff/overview")
    assert "<strong>1</strong><span>password reset</span>" in page.text
    assert "<strong>100 %</strong>" in page.text  # one was a password too short
    assert "<code>too_short</code>" in page.text
    assert "ready</span>" in page.text
    portal.clock.now += 2 * 86_400
    staff = await signed_in_staff(portal, ADA)
    page = await staff.browser.open("/staff/overview")
    assert "<strong>0</strong><span>passwords reset</span>" in page.text
    assert "None was refused." in page.text
