"""The agent as it runs for years: it serves, keeps itself alive, and is replaced.

What is wrong with what it needs to start is found before (`agent.config.agent_config`);
what goes wrong later is a state that is shown, and tried again.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from agent.audit.event import EventId
from agent.config.agent_config import AgentConfig
from agent.config.settings_file import digest
from agent.ldap.errors import DirectoryError
from agent.platform.detect import this_platform
from agent.service.assembly import assemble
from agent.service.health_events import HealthEvents
from agent.service.journal import Journal
from agent.service.metrics import Metrics
from agent.service.reach import Reach, look
from agent.service.status import Status
from agent.service.status_server import StatusServer
from agent.system.version import VERSION

LOG = logging.getLogger("agent.service.service")

_DRAIN_S = 10.0
_WARM_EVERY_S = 10.0
_AGAIN_S = 10.0
_TEND_KEYS_EVERY_S = 30.0
_SETTLE_EVERY_S = 5.0
_REACH_EVERY_S, _REACH_NOBODY_S, _REACH_UNKNOWN_S = 600.0, 60.0, 2.0
_WATCH_EVERY_S = 1.0


class Service:
    """One running agent.

    Each request is logged to `journal` too; `ready_fd` is told once when it is ready,
    by the process that it takes over from.
    """

    def __init__(
        self,
        config: AgentConfig,
        *,
        journal: Journal | None = None,
        ready_fd: int | None = None,
    ) -> None:
        settings = config.settings
        self._agent = settings.agent
        here = this_platform()
        # imported now: without descriptors left, nothing could be later
        self._kept = (here.files, here.open_files, here.locks, here.sockets)
        self._notifier, self._restart = here.notification(), here.restart(ready_fd)
        self._announced = False
        self._metrics, self._journal = Metrics(), journal
        self._status = Status(
            config.places.status,
            VERSION,
            paused=not settings.features.password_writeback,
            settings=digest(settings),
            changed=self._announce,
            waiting=self._restart.waited_for,
        )
        self._local = StatusServer(
            self._status, self._metrics, settings.monitoring.port
        )
        self._parts = assemble(config, self._status, self._metrics, journal)

    def _announce(self, status: Status) -> None:
        """Tell whoever started this process; ready is said once, when it is true."""
        self._notifier.status(status.sentence)
        if self._announced or not status.ready:
            return
        self._announced = True
        self._restart.tell_ready()
        self._notifier.ready()

    async def run(self) -> None:
        """Serve until the end is asked for; then answer what is under way, and end.

        Where a hand-over is asked for (on Linux by SIGHUP), a new process, with the
        program and the settings as they are now on the disk, takes over; this one then
        ends in the same way.
        """
        stop, succeeded = asyncio.Event(), asyncio.Event()
        self._restart.listen(self._notifier, self._status, stop, succeeded)
        await self._local.start()
        tasks = self._upkeep()
        listener = self._parts.listener
        listening = asyncio.create_task(listener.run())
        LOG.info("agent %s of version %s started", self._agent, VERSION)
        try:
            waiting = asyncio.create_task(stop.wait())
            await asyncio.wait(
                (waiting, listening, *tasks), return_when=asyncio.FIRST_COMPLETED
            )
            waiting.cancel()
            if not succeeded.is_set():
                self._notifier.stopping()
                await asyncio.to_thread(self._tell, EventId.STOPPED, "it ends")
            idle = _DRAIN_S / 2 if succeeded.is_set() else 0.0
            await listener.drain(_DRAIN_S, idle_within=idle)
            # what ended by itself ended by a fault, which is raised here
            await listening
        finally:
            await _end(tasks)
            await self._local.close()
            await asyncio.to_thread(self._close)
            self._notifier.close()
            LOG.info("agent stopped")

    def _upkeep(self) -> list[asyncio.Task[None]]:
        """Begin what goes on beside the requests; none of these ends by itself."""
        kept = [
            *(self._keep_warm, self._keep_alive, self._tend_keys),
            *(self._keep_records, self._keep_reach, self._keep_watch),
        ]
        if detector := self._parts.clone_detector:
            kept.append(detector.run)
        return [asyncio.create_task(_go_on(each)) for each in kept]

    async def _keep_alive(self) -> None:
        """Keep the watchdog quiet as long as this loop turns."""
        within = self._notifier.watchdog_s
        while True:
            if within is not None:
                self._notifier.alive()
            self._status.write_again()
            await asyncio.sleep(within / 3 if within is not None else _WARM_EVERY_S)

    async def _keep_warm(self) -> None:
        """Keep a connection to each controller, and find those that came back."""
        while True:
            await asyncio.to_thread(self._warm_once)
            await asyncio.sleep(_WARM_EVERY_S)

    async def _tend_keys(self) -> None:
        """Replace keys when it is time, and destroy those whose time is over."""
        sealing, portals = self._parts.sealing, self._parts.portals
        while True:
            await asyncio.to_thread(sealing.tend)
            await asyncio.to_thread(portals.tend)
            self._status.on_keys(sealing.age(), portals.age())
            await asyncio.sleep(_TEND_KEYS_EVERY_S)

    async def _keep_records(self) -> None:
        """Have the audit records on the disk, and those that are counted in them.

        That the breaker was closed is noticed and recorded here as well.
        """
        while True:
            await asyncio.sleep(_SETTLE_EVERY_S)
            await asyncio.to_thread(self._parts.tools.breaker.look)
            try:
                await asyncio.to_thread(self._parts.audit.settle)
            except OSError as error:  # each request tells of it too
                LOG.error("the audit records are not settled: %s", error.strerror)

    async def _keep_reach(self) -> None:
        """Look every few minutes whether anybody can be reset."""
        while True:
            reach = await asyncio.to_thread(self._look_for_anybody)
            self._status.on_reach(reach)
            await asyncio.sleep(_until_next_look(reach))

    def _look_for_anybody(self) -> Reach | None:
        tools = self._parts.tools
        if not self._status.directory_answers:
            return None
        try:
            return look(tools.pool, tools.domain, tools.settings)
        except DirectoryError:
            return None  # the pool tells why

    async def _keep_watch(self) -> None:
        """Tell of what has changed, and take the local port once it is free."""
        events = HealthEvents(self._tell)
        while True:
            await asyncio.sleep(_WATCH_EVERY_S)
            await self._local.take_port()
            await asyncio.to_thread(self._watch, events)

    def _watch(self, events: HealthEvents) -> None:
        events.look(self._status.as_dict(), time.monotonic())
        events.status_file(written=not self._status.unwritten)
        if self._journal is not None:
            self._status.on_events_lost(self._journal.lost)

    def _tell(self, event: EventId, detail: str) -> None:
        """Write an event; a disk that is full is told of elsewhere."""
        with contextlib.suppress(OSError):
            self._parts.audit.note(event, detail)

    def _warm_once(self) -> None:
        pool = self._parts.tools.pool
        if not pool.keep_warm():
            return
        try:
            warm_up = self._parts.tools.domain.warm_up
            with pool.connection(lambda warm: warm_up(warm.directory)):
                pass
        except DirectoryError as error:
            LOG.warning("the directory stopped answering: %s", error)

    def _close(self) -> None:
        self._parts.close()
        self._status.remove()


def _until_next_look(reach: Reach | None) -> float:
    if reach is None:
        return _REACH_UNKNOWN_S
    return _REACH_NOBODY_S if reach.nobody else _REACH_EVERY_S


async def _go_on(work: Callable[[], Awaitable[None]]) -> None:
    """Do what is done for good: a fault is told, and it begins again."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - the boundary: no peer ends the agent
            # the kind alone, as a text could quote
            name, kind = work.__qualname__, type(error).__name__
            LOG.error("%s failed and goes on: %s", name, kind)
            await asyncio.sleep(_AGAIN_S)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
