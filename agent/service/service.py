"""The agent as it runs for years: link, handler and status.

What is wrong with what it needs to start is found before (`agent.config.agent_config`);
what goes wrong later is a state that is shown, and tried again.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Sequence
from pathlib import Path

from agent.active_directory.domain_cache import DomainCache
from agent.config.agent_config import AgentConfig
from agent.config.settings_file import digest
from agent.ldap.errors import DirectoryError
from agent.ldap.pool import Pool
from agent.relay_client.clone_detection import CloneDetector, CloneQuery
from agent.relay_client.dialer import Dialer
from agent.relay_client.listener import Listener
from agent.request.audit import Audit
from agent.request.endpoints import Endpoints
from agent.request.handler import Handler
from agent.request.identity import Identity
from agent.request.ledger import Ledger
from agent.request.rate_limit import RateLimit
from agent.request.stages import Tools
from agent.service import graceful_restart, status_server
from agent.service.assembly import relay_endpoint, target
from agent.service.journald import Journal
from agent.service.sd_notify import Notifier
from agent.service.status import Status
from agent.system.instance import Instance
from agent.system.tls import client_context
from agent.system.version import VERSION

LOG = logging.getLogger("agent.service.service")

_DRAIN_S = 10.0
_WARM_EVERY_S = 10.0


class Service:
    """One running agent.

    Args:
        equipment: what it needs.
        journal: of the system, where it has one; each request is told there too.
        ready_fd: told once when it is ready, by the process that it takes over from.

    """

    def __init__(
        self,
        equipment: AgentConfig,
        *,
        journal: Journal | None = None,
        ready_fd: int | None = None,
    ) -> None:
        chosen = equipment.settings
        self._equipment = equipment
        self._notifier = Notifier.of()
        self._ready_fd = ready_fd
        self._announced = False
        self._status = Status(
            equipment.places.status,
            VERSION,
            paused=not chosen.features.password_writeback,
            settings=digest(chosen),
            changed=self._tell,
            waiting=ready_fd is not None,
        )
        self._instance = Instance.begin(equipment.places.starts)
        self._pool = Pool(target(equipment), on_state=self._status.on_pool)
        self._domain = DomainCache(chosen)
        self._ledger = Ledger(equipment.places.ledger)
        self._audit = Audit(
            equipment.places.audit, journal.request if journal else None
        )
        self._endpoints = self._make_endpoints()
        self._link = self._make_link()

    def _make_endpoints(self) -> Endpoints:
        equipment = self._equipment
        enrolled, chosen = equipment.enrolment, equipment.settings
        tools = Tools(
            settings=chosen,
            pool=self._pool,
            domain=self._domain,
            ledger=self._ledger,
            rate=RateLimit(chosen.limits.per_minute),
            self_tests=enrolled.self_test_issuer,
        )
        identity = Identity(
            chosen.agent, equipment.keys, enrolled.portals(), self._instance
        )
        handler = Handler(identity, tools, self._audit, self._status.count)
        return Endpoints(identity, handler, self._status.health)

    def _make_link(self) -> Listener:
        equipment = self._equipment
        relay = equipment.settings.relay
        dialler = Dialer(
            url=equipment.enrolment.relay_url,
            connection=equipment.enrolment.connection,
            key_name=equipment.enrolment.listen_key_name,
            key=equipment.listen_key,
            ssl=client_context(Path(relay.ca) if relay.ca else None),
            way=relay_endpoint(equipment),
        )
        return Listener(dialler, self._endpoints.handle, self._status.on_link)

    def _tell(self, status: Status) -> None:
        """Tell whoever started this process; ready is said once, when it is true."""
        self._notifier.status(status.sentence)
        if self._announced or not status.ready:
            return
        self._announced = True
        if self._ready_fd is not None:
            graceful_restart.tell_ready(self._ready_fd)
        self._notifier.ready()

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT; then answer what is under way, and end.

        SIGHUP: a new process, with the program and the settings as they are now on the
        disk, takes over; this one then ends in the same way.
        """
        stop, succeeded = asyncio.Event(), asyncio.Event()
        self._take_signals(stop, succeeded)
        runner = await status_server.serve(self._status)
        tasks = [
            asyncio.create_task(self._keep_warm()),
            asyncio.create_task(self._keep_alive()),
            *self._looking_for_twins(),
        ]
        linking = asyncio.create_task(self._link.run())
        LOG.info(
            "agent %s of version %s started", self._equipment.settings.agent, VERSION
        )
        try:
            waiting = asyncio.create_task(stop.wait())
            await asyncio.wait(
                (waiting, linking, *tasks), return_when=asyncio.FIRST_COMPLETED
            )
            waiting.cancel()
            if not succeeded.is_set():
                self._notifier.stopping()
            idle = _DRAIN_S / 2 if succeeded.is_set() else 0.0
            await self._link.drain(_DRAIN_S, idle_within=idle)
            # what ended by itself ended by a fault, which is raised here
            await linking
        finally:
            await _end(tasks)
            await runner.cleanup()
            await asyncio.to_thread(self._close)
            LOG.info("agent stopped")

    def _looking_for_twins(self) -> Sequence[asyncio.Task[None]]:
        equipment = self._equipment
        if equipment.test_key is None:
            return ()
        asked = CloneQuery(
            way=relay_endpoint(equipment),
            connection=equipment.enrolment.connection,
            key_name=equipment.enrolment.test_key_name,
            key=equipment.test_key,
            keys=equipment.keys.public,
        )
        twins = CloneDetector(asked, self._instance, self._status.on_twin)
        return (asyncio.create_task(twins.run()),)

    def _take_signals(self, stop: asyncio.Event, succeeded: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        reloads = graceful_restart.Reloads(
            lambda: graceful_restart.hand_over(self._notifier, self._status),
            stop,
            succeeded,
        )
        # Windows has no handlers in the loop; its service ends by other ways
        with contextlib.suppress(NotImplementedError):
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stop.set)
            loop.add_signal_handler(signal.SIGHUP, reloads.ask)

    async def _keep_alive(self) -> None:
        """Keep the watchdog quiet as long as this loop turns."""
        within = self._notifier.watchdog_s
        while True:
            if within is not None:
                self._notifier.alive()
            await asyncio.sleep(within / 3 if within is not None else _WARM_EVERY_S)

    async def _keep_warm(self) -> None:
        """Keep a connection to each controller, and find those that came back."""
        while True:
            await asyncio.to_thread(self._warm_once)
            await asyncio.sleep(_WARM_EVERY_S)

    def _warm_once(self) -> None:
        if not self._pool.keep_warm():
            return
        try:
            warm_up = self._domain.warm_up
            with self._pool.connection(lambda warm: warm_up(warm.directory)):
                pass
        except DirectoryError as error:
            LOG.warning("the directory stopped answering: %s", error)

    def _close(self) -> None:
        self._endpoints.close()
        self._pool.close()
        self._ledger.close()
        self._audit.close()
        self._status.remove()


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
