"""Empties the queue of messages: one after the other, again later where one fails.

It survives a restart, and a mail server that is away for hours. A message may be sent
twice where a node dies between the server's word and its own note; never more, and its
Message-ID says so.
"""

import asyncio
import logging
from collections.abc import Callable

from portal.database import outbox
from portal.database.engine import Database
from portal.database.outbox import Outbox, Queued
from portal.notifications.mail_server import MailServer, NotSent

LOG = logging.getLogger("portal.notifications")
_IDLE_S = 0.5  # somebody waits for a code
_FAULT_S = 5.0
_FIRST_WAIT_S, _MOST_WAIT_S = 5.0, 600.0


class Sender:
    """Sends what is due until it is cancelled."""

    def __init__(
        self,
        database: Database,
        queue: Outbox,
        server: MailServer,
        clock: Callable[[], float],
    ) -> None:
        self._database, self._queue = database, queue
        self._server, self._clock = server, clock

    async def run(self) -> None:
        """Send what is due, again and again; a database that is away ends nothing."""
        while True:
            try:
                while await self.send_one():
                    pass
                await asyncio.sleep(_IDLE_S)
            except Exception as error:  # noqa: BLE001 - the boundary: the queue goes on
                # what it was asked with may be a person's
                LOG.error("the queue can't be read: %s", type(error).__name__)
                await asyncio.sleep(_FAULT_S)

    async def send_one(self) -> bool:
        """Send the message that is due first; False where none is due."""
        queued = await self._database.run(self._queue.take, self._clock())
        if queued is None:
            return False
        try:
            await self._server.send(queued.message)
        except NotSent as error:
            await self._failed(queued, error)
        except Exception as error:  # noqa: BLE001 - one mail stops no other
            kind = type(error).__name__
            await self._failed(queued, NotSent(kind, for_good=True))
        else:
            await self._database.run(outbox.mark_sent, queued.id, self._clock())
        return True

    async def _failed(self, queued: Queued, error: NotSent) -> None:
        LOG.warning("a mail (%s) was not sent: %s", queued.message.kind, error)
        wait = min(_MOST_WAIT_S, _FIRST_WAIT_S * 2 ** (queued.tries - 1))
        due = float("inf") if error.for_good else self._clock() + wait
        await self._database.run(outbox.mark_failed, queued.id, str(error), due)
