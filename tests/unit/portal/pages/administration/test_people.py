"""Administrators find people, remind them, and have them register again."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import insert

from portal.database import people
from portal.database.proofs import NewMethod
from portal.database.schema import PERSON
from tests.fixtures.portal.running import ANNA, Running
from tests.fixtures.portal.staff import ADA, AUDREY, Staff, signed_in_staff
from tests.unit.portal.conftest import Registered
from wire.self_service.proof_kind import ProofKind

PEOPLE = "/staff/people"


def _crowd(portal: Running, count: int, **more: Any) -> None:
    rows = [
        {
            "guid": f"crowd-{number:03}",
            "domain": "contoso",
            "name": f"Crowd {number:03}",
            "upn": f"c{number:03}@contoso.test",
            "language": "en",
            "epoch": 0,
            "name_key": f"crowd {number:03}",
            "upn_key": f"c{number:03}@contoso.test",
            **more,
        }
        for number in range(count)
    ]
    with portal.portal.services.database.begin() as connection:
        connection.execute(insert(PERSON), rows)


def _add_mail(portal: Running, guid: str, address: str) -> None:
    services = portal.portal.services
    method = NewMethod(guid, ProofKind.EMAIL, "", address)
    with services.database.begin() as connection:
        services.proofs.add(connection, method, int(portal.clock.now))


async def test_people_are_found_and_paged(portal: Running, anna: Registered) -> None:
    assert anna.codes
    _crowd(portal, 120)
    staff = await signed_in_staff(portal, AUDREY)
    seen, path = 0, f"{PEOPLE}?words=CROWD"
    for shown in (50, 50, 20):
        page = await staff.browser.open(path)
        assert page.text.count('scope="row"') == shown
        seen += shown
        if seen < 120:
            following = page.text.split('class="main" href="')[1].split('"')[0]
            path = following.replace("&amp;", "&")
    assert "Next page" not in page.text
    page = await staff.browser.open(f"{PEOPLE}?words=anna+berg")
    assert page.text.count('scope="row"') == 1
    assert "can reset" in page.text
    page = await staff.browser.open(f"{PEOPLE}?words=%25&state=nonsense&order=;--")
    assert "Nobody was found" in page.text


async def test_each_state_is_a_list(portal: Running, anna: Registered) -> None:
    assert anna.codes
    staff = await signed_in_staff(portal, ADA)
    _crowd(portal, 3)
    with portal.portal.services.database.begin() as connection:
        people.block(connection, "crowd-001", int(portal.clock.now))
    for state, count in (
        ("all", 5),
        ("registered", 2),
        ("not_capable", 4),  # a passkey alone is not enough here
        ("blocked", 1),
        ("due", 0),
    ):
        page = await staff.browser.open(f"{PEOPLE}?state={state}")
        assert page.text.count('scope="row"') == count, state


async def test_the_list_is_written_out_and_runs_nowhere(portal: Running) -> None:
    _crowd(portal, 2, name="=HYPERLINK(1)")
    staff = await signed_in_staff(portal, AUDREY)
    page = await staff.browser.raw("GET", f"{PEOPLE}/export?words=c0", b"", {})
    rows = [*csv.DictReader(io.StringIO(page.text))]
    assert [row["sign_in_name"] for row in rows] == [
        "c000@contoso.test",
        "c001@contoso.test",
    ]
    assert {row["name"] for row in rows} == {"'=HYPERLINK(1)"}
    (event,) = [row for row in portal.rows("event") if row["kind"] == "exported"]
    assert event["actor"] == AUDREY.guid


async def _remind(portal: Running, staff: Staff) -> list[str]:
    await staff.browser.open(f"{PEOPLE}?words=crowd")
    page = await staff.browser.send(f"{PEOPLE}/remind")
    assert page.path == f"{PEOPLE}/remind", page.text
    return [mail.to for mail in portal.mails()]


async def test_people_are_reminded_once_a_week_where_they_have_an_address(
    portal: Running,
) -> None:
    _crowd(portal, 3)
    _add_mail(portal, "crowd-001", "one@example.org")
    staff = await signed_in_staff(portal, ADA)
    assert await _remind(portal, staff) == ["one@example.org"]
    assert staff.browser.page is not None
    assert "1 person is reminded by mail." in staff.browser.page.text
    assert "2 have no e-mail address here." in staff.browser.page.text
    portal.clock.now += 60
    assert await _remind(portal, staff) == []
    assert "1 was reminded within the last 7 days" in staff.browser.page.text
    kinds = [row["kind"] for row in portal.rows("event")]
    assert kinds.count("reminded") == 1


async def test_who_must_register_again_has_nothing_and_is_told(
    portal: Running, anna: Registered
) -> None:
    _add_mail(portal, ANNA.guid, "anna@example.org")
    staff = await signed_in_staff(portal, ADA)
    portal.mails()
    own = portal.browser()
    await own.open("/account/sign-in")
    await own.send(name=ANNA.upn, password=ANNA.password)
    await staff.browser.open(f"{PEOPLE}/register-again?words=anna")
    page = await staff.browser.send(f"{PEOPLE}/register-again", count="7")
    assert page.status == 422
    assert len(portal.rows("proof")) == 4  # hers, and the passkey of who asks
    page = await staff.browser.send(f"{PEOPLE}/register-again", count="1")
    assert "1 person must register again." in page.text
    assert len(portal.rows("proof")) == 1
    assert (await own.open("/account")).path == "/account/sign-in"
    told = [(mail.kind, mail.to) for mail in portal.mails()]
    assert ("register_again", "anna@example.org") in told
    (event,) = [r for r in portal.rows("event") if r["kind"] == "must_register_again"]
    assert (event["person"], event["actor"]) == (ANNA.guid, ADA.guid)
    stranger = portal.browser("198.51.100.7")
    await stranger.open("/forgot")
    await stranger.send(name=ANNA.upn)
    await stranger.open("/forgot/app")
    page = await stranger.send(code=anna.code(portal.clock.now))
    assert page.status == 422


async def test_nobody_has_themselves_register_again(portal: Running) -> None:
    staff = await signed_in_staff(portal, ADA)
    await staff.browser.open(f"{PEOPLE}/register-again?words=ada")
    page = await staff.browser.send(f"{PEOPLE}/register-again", count="1")
    assert "0 people must register again." in page.text
    assert len(portal.rows("proof")) == 1


@pytest.mark.parametrize("action", ["remind", "register-again"])
async def test_an_auditor_changes_nothing(portal: Running, action: str) -> None:
    _crowd(portal, 1)
    _add_mail(portal, "crowd-000", "one@example.org")
    staff = await signed_in_staff(portal, AUDREY)
    page = await staff.browser.open(f"{PEOPLE}?words=crowd")
    assert "Remind by mail" not in page.text
    token = page.forms[0].fields["token"]
    page = await staff.browser.post(
        f"{PEOPLE}/{action}", {"token": token, "words": "crowd", "count": "1"}
    )
    assert page.status == 403
    assert portal.mails() == []
    assert len(portal.rows("proof")) == 2


async def test_who_has_not_registered_is_shown_where_the_agent_lists_them(
    portal: Running, anna: Registered
) -> None:
    assert anna.codes
    staff = await signed_in_staff(portal, AUDREY)
    page = await staff.browser.open(f"{PEOPLE}/roster")
    assert "No agent lists the people" in page.text
    portal.agent.ready["self_service"]["roster"] = True
    await portal.portal.services.agents.look()
    page = await staff.browser.open(f"{PEOPLE}/roster")
    assert "<li>Cora New</li>" in page.text
    assert "Anna Berg" not in page.text  # she registered
    assert "Ben Ali" not in page.text  # he is not eligible
    held = "".join(str(portal.rows(name)) for name in ("person", "event", "setting"))
    assert "Cora" not in held
