"""Empties the queue of messages: one after the other, again later where one fails.

It survives a restart, and a mail server or gateway that is away for hours; each channel
has a sender of its own. A message may be sent twice where a node dies between the
server's word and its own note; never more, and the Message-ID of a mail says so.
"""

import asyncio
import logging
from collections.abc import Callable

from portal.database import outbox
from portal.database.engine import Database
from portal.database.outbox import Outbox, Queued
from portal.notifications.delivery import Delivery, NotSent

LOG = logging.getLogger("portal.notifications")
_IDLE_S = 0.5  # somebody waits for a code
_FAULT_S = 5.0
_FIRST_WAIT_S, _MOST_WAIT_S = 5.0, 600.0


class Sender:
    """Sends what is due of one channel until it is cancelled."""

    def __init__(
        self,
        database: Database,
        queue: Outbox,
        channel: str,
        server: Delivery,
        clock: Callable[[], float],
    ) -> None:
        self._database, self._queue = database, queue
        self._channel, self._server, self._clock = channel, server, clock

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
        now, channel = self._clock(), self._channel
        queued = await self._database.run(self._queue.take, now, channel)
        if queued is None:
            return False
        try:
            await self._server.send(queued.message)
        except NotSent as error:
            await self._failed(queued, error)
        except Exception as error:  # noqa: BLE001 - one message stops no other
            kind = type(error).__name__
            await self._failed(queued, NotSent(kind, for_good=True))
        else:
            await self._database.run(outbox.mark_sent, queued.id, self._clock())
        return True

    async def _failed(self, queued: Queued, error: NotSent) -> None:
        kind, channel = queued.message.kind, self._channel
        LOG.warning("a message (%s, %s) was not sent: %s", channel, kind, error)
        wait = min(_MOST_WAIT_S, _FIRST_WAIT_S * 2 ** (queued.tries - 1))
        due = float("inf") if error.for_good else self._clock() + wait
        await self._database.run(outbox.mark_failed, queued.id, str(error), due)
