"""Whether this node can serve, for a load balancer: yes or no, and nothing of why.

Asked by anybody and however often: an answer is kept for a second, one look at the
database is under way at a time, and nobody waits for it longer than two. A node that
reads and can't write serves nobody: a visit begins with a row.
"""

import asyncio
import logging
import time

from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portal.database.schema import AGENT
from portal.services import Services
from portal.web.same_site import READY

LOG = logging.getLogger("portal")
_KEPT_S, _WAITS_S = 1.0, 2.0


class ReadyPage:
    """Answers 200 where the database takes writes and an agent was ready lately."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._looking: asyncio.Task[bool] | None = None
        self._looked = float("-inf")

    @property
    def routes(self) -> list[Route]:
        """The address of it."""
        return [Route(READY, self.show, methods=["GET"])]

    async def show(self, _request: Request) -> Response:
        """Say whether this node can serve."""
        lately = self._services.agents.any_served_lately()
        if lately and await self._database_answers():
            return PlainTextResponse("ready\n")
        return PlainTextResponse("not ready\n", 503)

    async def _database_answers(self) -> bool:
        """Look at the database, or at what was seen there a moment ago."""
        task, now = self._looking, time.monotonic()
        if task is None or (task.done() and now - self._looked > _KEPT_S):
            task = self._looking = asyncio.create_task(self._look())
        done, _ = await asyncio.wait({task}, timeout=_WAITS_S)
        return task in done and task.result()

    async def _look(self) -> bool:
        try:
            await self._services.database.look(_first_agent)
            await self._services.database.run(_may_write)
        except Exception as error:  # noqa: BLE001 - the boundary: whatever it is, it says no
            LOG.warning("the database does not answer: %s", type(error).__name__)
            return False
        finally:
            self._looked = time.monotonic()
        return True


def _first_agent(connection: Connection) -> None:
    """Read a row: SQLite would say 1 of a file that is gone."""
    connection.execute(select(AGENT.c.fingerprint).limit(1)).all()


def _may_write(connection: Connection) -> None:
    """Hold a transaction that may write, and write nothing; RuntimeError else.

    SQLite's has the lock of the one that writes by then; a server that follows another
    begins one all the same, and refuses the first row.
    """
    if connection.dialect.name != "postgresql":
        return
    setting = "SELECT current_setting('transaction_read_only')"
    if connection.exec_driver_sql(setting).scalar_one() == "on":
        raise RuntimeError("the database is read-only")
