"""Nodes are upgraded one by one: the one of before serves on, on newer tables.

The version of before is this one; the next is this one with a revision more.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from portal.audit.event import Event, EventKind
from portal.database.engine import Database
from portal.database.migrations import check_version, migrate
from portal.errors import PortalUnusable
from tests.fixtures.portal.browser import Answered
from tests.fixtures.portal.running import ANNA, Running, running
from tests.unit.portal.conftest import proved_twice, registered
from tests.unit.portal.database.test_migrations import _later_version

_MORE = 'op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))'


@pytest.fixture
async def node(postgresql: str, tmp_path: Path) -> AsyncIterator[Running]:
    """A node of the version of before."""
    async with running(tmp_path, database=postgresql) as run:
        assert run.portal.services.database.url.drivername.startswith("postgresql")
        yield run


@pytest.fixture
def upgraded(
    node: Running, postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """Another node's database, once it was started with the next version."""
    with monkeypatch.context() as later:
        _later_version(tmp_path, later, _MORE)
        other = Database(postgresql)
        migrate(other)
    yield other
    with other.begin() as connection:
        _take_back(connection)
    other.close()
    assert node.portal.services.database.url == other.url


def _take_back(connection: Connection) -> None:
    for line in (
        "DROP TABLE later",
        "ALTER TABLE agent DROP COLUMN colour",
        "UPDATE alembic_version SET version_num = '0006'",
    ):
        connection.execute(text(line))


async def test_the_node_of_before_serves_on(node: Running, upgraded: Database) -> None:
    later = EventKind("of_a_later_version")
    with upgraded.begin() as connection:
        event = Event(later, int(node.clock.now), "r", person=ANNA.guid, code="new")
        node.portal.services.events.append(connection, event)
    anna = await registered(node)
    browser = await proved_twice(node, anna)
    new = "Correct-Horse-42-Staple"
    page: Answered = await browser.send(new=new, again=new)
    assert page.heading == "Your password is changed", page.text
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=new)
    page = await browser.open("/account/activity")
    assert (page.status, "Something else" in page.text) == (200, True)
    answered = await browser.raw("GET", "/ready", b"", {})
    assert answered.status == 200
    with upgraded.begin() as connection:
        assert node.portal.services.events.first_broken(connection) is None


async def test_it_is_not_started_again(
    node: Running, upgraded: Database, postgresql: str
) -> None:
    """So all are upgraded in one go: a node that is restarted stays away until then."""
    assert node.portal.services.database.url == upgraded.url
    again = Database(postgresql)
    try:
        for start in (migrate, check_version):
            with pytest.raises(PortalUnusable, match="later version"):
                start(again)
    finally:
        again.close()
