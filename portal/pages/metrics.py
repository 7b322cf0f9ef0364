"""Figures of this node for monitoring, on an address of its own: `GET /metrics`.

What is counted since the start is in this process; the queue of messages is the
database's, and so the same at each node.
"""

import asyncio
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from portal.database import outbox
from portal.database.outbox import MAIL, SMS
from portal.measures.text_format import END, MEDIA_TYPE, family, histogram
from portal.services import Services

LOG = logging.getLogger("portal")
_WAITS_S = 2.0
_Queue = dict[str, tuple[int, int]]  # of a channel: waiting, and of these failing


def metrics(services: Services) -> ASGIApp:
    """Give the application that answers with the figures, and with nothing else."""
    queue = _QueueLook(services)

    async def show(_request: Request) -> Response:
        text = _text(services, await queue.counted())
        return Response(text, media_type=MEDIA_TYPE)

    return Starlette(routes=[Route("/metrics", show, methods=["GET"])])


class _QueueLook:
    """Asks the database, once at a time: one that hangs holds a thread for each look.

    Pages have the same threads, and need them once the database is back.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._looking: asyncio.Task[_Queue] | None = None

    async def counted(self) -> _Queue | None:
        """Give what waits; None where it does not answer: other figures are told."""
        if self._looking is None or self._looking.done():
            look = self._services.database.look(_waiting, self._services.clock())
            self._looking = asyncio.create_task(look)
            self._looking.add_done_callback(_taken)
        try:
            return await asyncio.wait_for(asyncio.shield(self._looking), _WAITS_S)
        except (SQLAlchemyError, TimeoutError) as error:
            LOG.warning("the database does not answer: %s", type(error).__name__)
            return None


def _taken(task: asyncio.Task[_Queue]) -> None:
    """Take what one ended by, where nobody waits for it any more."""
    if not task.cancelled():
        task.exception()


def _text(services: Services, queue: _Queue | None) -> str:
    parts = (_counted(services), _agents(services), _process(), _messages(queue))
    return "".join(line for part in parts for line in part) + END


def _waiting(connection: Connection, now: float) -> _Queue:
    waits = {each.channel: each.count for each in outbox.waiting(connection, now)}
    failed = {each.channel: each.count for each in outbox.failing(connection, now, 0)}
    return {of: (waits.get(of, 0), failed.get(of, 0)) for of in (MAIL, SMS)}


def _counted(services: Services) -> Iterator[str]:
    own, name = services.measures, "writeback_portal"
    yield from family(
        f"{name}_agent_answers",
        "counter",
        "Answers of agents, by operation (lookup, reset) and code.",
        (
            ({"operation": operation, "code": code}, count)
            for (operation, code), count in sorted(own.answers.items())
        ),
    )
    yield from histogram(
        f"{name}_agent_answer_seconds",
        "How long agents took to answer.",
        "operation",
        own.answer_times,
    )
    yield from family(
        f"{name}_pages",
        "counter",
        "Answers to browsers, by class of status.",
        (({"status": status}, count) for status, count in sorted(own.pages.items())),
    )
    yield from histogram(
        f"{name}_page_seconds",
        "How long answers to browsers took.",
        "",
        own.page_times,
    )
    yield from family(
        f"{name}_start_time_seconds",
        "gauge",
        "When this node started, in Unix seconds.",
        [({}, round(own.started, 3))],
    )


def _agents(services: Services) -> Iterator[str]:
    pool = services.agents
    yield from family(
        "writeback_portal_agent_ready",
        "gauge",
        "Whether an agent said lately that it can serve.",
        (
            (
                {"agent": address.name, "domain": address.domain},
                any(each is agent for each in pool.serving(address.domain)),
            )
            for agent in pool.agents
            for address in (agent.exchange.address,)
        ),
    )


def _messages(queue: _Queue | None) -> Iterator[str]:
    yield from family(
        "writeback_portal_database_answers",
        "gauge",
        "Whether the database answered when these figures were read.",
        [({}, queue is not None)],
    )
    for at, (name, says) in enumerate(
        (
            ("waiting", "Messages that wait to be sent, by channel."),
            ("failing", "Of these: messages that could not be sent when last tried."),
        )
    ):
        yield from family(
            f"writeback_portal_messages_{name}",
            "gauge",
            says,
            (({"channel": of}, counts[at]) for of, counts in (queue or {}).items()),
        )


def _process() -> Iterator[str]:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    yield from family(
        "process_resident_memory_bytes",
        "gauge",
        "Memory of this node.",
        [({}, pages * os.sysconf("SC_PAGE_SIZE"))],
    )
