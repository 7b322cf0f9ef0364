"""Who writes the database, and holds no key, has nobody's password reset."""

from sqlalchemy import insert, select, update

from portal.database import people
from portal.database.schema import JOURNEY, PROOF, RECOVERY_CODE, SESSION, TAKEN
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered
from wire.operation import Operation

NEW = "Correct-Horse-42-Staple"


def _written(portal: Running) -> list[object]:
    return [each for each in portal.agent.seen if each.op is Operation.RESET]


async def test_a_row_that_says_proven_is_not_ours(
    portal: Running, anna: Registered
) -> None:
    assert anna.codes
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/app")
    await browser.send(code="000000")  # the lookup has ended
    now = int(portal.clock.now)
    with portal.portal.services.database.begin() as connection:
        visit = connection.execute(select(JOURNEY).order_by(JOURNEY.c.started.desc()))
        own_id = visit.first().id  # type: ignore[union-attr]
        for proof in connection.execute(select(PROOF.c.id)).scalars().all():
            row = {"journey": own_id, "proof": proof, "user_verified": True}
            connection.execute(insert(TAKEN).values(**row, at=now, seal="x" * 43))
    page = await browser.open("/forgot/password")
    assert page.path == "/forgot/methods"
    assert _written(portal) == []


async def test_another_address_in_the_row_is_not_what_was_registered(
    portal: Running, anna: Registered
) -> None:
    """A row cannot be sealed without the key; one of another row does not open."""
    browser = portal.browser("198.51.100.9")
    with portal.portal.services.database.begin() as connection:
        rows = connection.execute(select(PROOF)).all()
        totp = next(row for row in rows if row.kind == "totp")
        other = next(row for row in rows if row.kind != "totp")
        swapped = update(PROOF).where(PROOF.c.id == totp.id)
        connection.execute(swapped.values(secret=other.secret))
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/app")
    page = await browser.send(code=anna.code(portal.clock.now))
    assert page.status == 422
    assert _written(portal) == []


async def test_recovery_codes_of_others_have_no_receipt(
    portal: Running, anna: Registered
) -> None:
    """Who adds a hash to the set changes what the set is called by."""
    browser = portal.browser("198.51.100.9")
    with portal.portal.services.database.begin() as connection:
        proof = connection.execute(select(RECOVERY_CODE.c.proof)).scalars().first()
        added = insert(RECOVERY_CODE).values(digest="y" * 43, proof=proof)
        connection.execute(added)
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/app")
    await browser.send(code=anna.code(portal.clock.now))
    await browser.open("/forgot/recovery")
    await browser.send(code=anna.codes[0])
    page = await browser.send(new=NEW, again=NEW)
    assert "does not count any more" in page.text
    assert portal.agent.people[0].password == ANNA.password


async def test_a_session_that_was_turned_to_another_registers_nothing(
    portal: Running, anna: Registered
) -> None:
    assert anna.codes
    victim = "00000000-0000-4000-8000-000000000009"
    with portal.portal.services.database.begin() as connection:
        people.save(
            connection,
            victim,
            domain="contoso",
            name="Victim",
            upn="victim@contoso.test",
            language="en",
        )
    browser = portal.browser()
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    with portal.portal.services.database.begin() as connection:
        connection.execute(update(SESSION).values(person=victim))
        connection.execute(update(JOURNEY).values(person=victim))
    before = len(portal.rows("proof"))
    await browser.open("/account/recovery")
    page = await browser.send()
    assert page.status in (200, 503)
    assert len(portal.rows("proof")) == before
