"""What is old is forgotten by the settings, and the audit's chain still holds."""

from pathlib import Path

from portal.audit.event import Event, EventKind
from portal.database import schema
from portal.database.engine import Database
from portal.database.events import Events
from portal.housekeeping import Housekeeping
from portal.keys.pepper import Pepper
from portal.settings import Retention
from tests.fixtures.portal.running import ANNA, Running
from tests.fixtures.portal.tables import put_tables

DAY = 86_400
NOW = 1_800_000_000


async def test_old_events_and_addresses_go_and_the_chain_holds(tmp_path: Path) -> None:
    database, trail = (
        Database(put_tables(tmp_path)),
        Events(Pepper(b"k" * 32)),
    )
    with database.begin() as connection:
        for day in range(500, 0, -1):
            at = NOW - day * DAY
            for _ in range(3):
                event = Event(EventKind.SIGNED_IN, at, "visit", address="203.0.113.7")
                trail.append(connection, event)
    await Housekeeping(database, trail, Retention(), lambda: float(NOW)).once()
    with database.begin() as connection:
        rows = connection.execute(schema.EVENT.select()).all()
        assert trail.first_broken(connection) is None
    database.close()
    assert min(row.at for row in rows) == NOW - 400 * DAY
    whole = [row for row in rows if row.address == "203.0.113.7"]
    short = [row for row in rows if row.address == "203.0.0.0/16"]
    assert (len(whole), len(short)) == (90 * 3, 310 * 3)


async def test_visits_and_budgets_go_and_what_is_young_stays(portal: Running) -> None:
    retention = portal.portal.services.settings.retention
    services = portal.portal.services
    own = Housekeeping(services.database, services.events, retention, portal.clock)
    browser = portal.browser()
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    await own.once()
    held = ("journey", "session", "budget", "event")
    assert all(portal.rows(each) for each in held)
    portal.clock.now += 31 * DAY
    await own.once()
    assert [each for each in held if portal.rows(each)] == ["event"]
