"""Puts the portal's parts together: settings and secrets to a running application."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection
from starlette.types import ASGIApp

from portal.agents.answer import Ready
from portal.agents.code_orders import CodeOrders
from portal.agents.exchange import AgentExchange
from portal.agents.pool import AgentPool
from portal.agents.relay_http import RelayHttp, Transport
from portal.app import application
from portal.brand.brand import brand_of
from portal.database import agents as agent_rows
from portal.database.engine import Database
from portal.database.events import Events
from portal.database.migrations import check_version, migrate
from portal.database.outbox import MAIL, SMS, Outbox
from portal.database.proofs import Proofs
from portal.housekeeping import Housekeeping
from portal.keys import secret_files
from portal.keys.pepper import Pepper
from portal.keys.row_keys import RowKeys
from portal.keys.secret_files import SecretFiles
from portal.measures.measures import Measures
from portal.notifications.delivery import Delivery
from portal.notifications.mail_server import MailServer
from portal.notifications.sender import Sender
from portal.notifications.text_gateway import TextGateway, gateway_secret
from portal.provider.http import ProviderHttp
from portal.provider.opened import OpenProvider, opened
from portal.services import Services
from portal.settings import Mail, RelayAddress, Settings
from portal.templating import Templates
from portal.text_messages import TextMessages
from portal.visits.administrator_watch import AdministratorWatch
from portal.visits.lookup import Lookups
from wire.keys import PrivateKeys
from wire.secret import Secret

TICK_S = 0.1
LOG = logging.getLogger("portal")
_END_S = 1.0
OpenGateway = Callable[
    [TextMessages, Secret | None], AbstractAsyncContextManager[Delivery]
]
OpenRelay = Callable[[RelayAddress, Secret], AbstractAsyncContextManager[Transport]]


@dataclass(frozen=True)
class Portal:
    """A portal that runs."""

    app: ASGIApp
    services: Services


@asynccontextmanager
async def portal(
    settings: Settings,
    secrets: SecretFiles,
    *,
    clock: Callable[[], float] = time.time,
    open_relay: OpenRelay = RelayHttp,
    open_gateway: OpenGateway = TextGateway,
    open_provider: OpenProvider = ProviderHttp,
    tick_s: float = TICK_S,
) -> AsyncIterator[Portal]:
    """Run a portal's parts; PortalUnusable says which of them can't be had."""
    async with AsyncExitStack() as stack:
        password = secrets.find(secret_files.DATABASE_PASSWORD)
        database = Database(settings.database, password=password)
        stack.callback(database.close)
        if kept := migrate(database):
            LOG.info("the tables are of this version now; of before: %s", kept)
        relays = await _relays(stack, settings, secrets, open_relay)
        wire_keys = PrivateKeys.of(secrets.read(secret_files.WIRE_KEYS))
        measures = Measures()
        pool = _agents(settings, relays, wire_keys, database, measures)
        orders = _orders(settings, relays, wire_keys)
        services = _services(
            settings, secrets, database, (pool, orders), (clock, tick_s)
        )
        reached = opened(settings, secrets, clock, open_provider)
        provider = await stack.enter_async_context(reached)
        brand = brand_of(settings.brand, settings.organization)
        services = replace(services, provider=provider, brand=brand, measures=measures)
        lookups = Lookups(services)
        stack.push_async_callback(lookups.close)
        await pool.look()
        _begin(stack, pool.watch())
        keeping = Housekeeping(database, services.events, settings.retention, clock)
        _begin(stack, keeping.run())
        _begin(stack, AdministratorWatch(services).run())
        await _begin_sending(stack, services, secrets, open_gateway)
        yield Portal(application(services, lookups), services)


async def _begin_sending(
    stack: AsyncExitStack,
    services: Services,
    secrets: SecretFiles,
    open_gateway: OpenGateway,
) -> None:
    settings = services.settings
    if settings.mail is not None:
        server = _mail_server(settings.mail, secrets)
        _begin(stack, _sender(services, MAIL, server).run())
    if settings.sms is not None:
        gateway = open_gateway(settings.sms, gateway_secret(settings.sms, secrets))
        delivery = await stack.enter_async_context(gateway)
        _begin(stack, _sender(services, SMS, delivery).run())


def _services(
    settings: Settings,
    secrets: SecretFiles,
    database: Database,
    relays: tuple[AgentPool, CodeOrders],
    time_: tuple[Callable[[], float], float],
) -> Services:
    """Give what all of the portal works with; `time_` is its clock and its tick."""
    agents, orders = relays
    row_keys = RowKeys.of(secrets.read(secret_files.ROW_KEYS))
    pepper = Pepper.of(secrets.read(secret_files.PEPPER))
    clock, tick_s = time_
    return Services(
        settings=settings,
        database=database,
        agents=agents,
        orders=orders,
        pepper=pepper,
        events=Events(pepper),
        row_keys=row_keys,
        proofs=Proofs(row_keys),
        outbox=Outbox(row_keys),
        templates=Templates(settings.zone),
        clock=clock,
        tick_s=tick_s,
    )


@asynccontextmanager
async def beside(
    settings: Settings,
    secrets: SecretFiles,
    open_relay: OpenRelay = RelayHttp,
    *,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[Services]:
    """Give what a command works with while the portal serves.

    It asks no agent before it looks at them (`AgentPool.look`).
    """
    async with AsyncExitStack() as stack:
        password = secrets.find(secret_files.DATABASE_PASSWORD)
        database = Database(settings.database, beside=True, password=password)
        stack.callback(database.close)
        check_version(database)
        relays = await _relays(stack, settings, secrets, open_relay)
        wire_keys = PrivateKeys.of(secrets.read(secret_files.WIRE_KEYS))
        pool = _agents(settings, relays, wire_keys, database, Measures())
        orders = _orders(settings, relays, wire_keys)
        parts = (pool, orders)
        yield _services(settings, secrets, database, parts, (clock, TICK_S))


async def _relays(
    stack: AsyncExitStack,
    settings: Settings,
    secrets: SecretFiles,
    open_relay: OpenRelay,
) -> dict[str, Transport]:
    return {
        address.id: await stack.enter_async_context(
            open_relay(address, secrets.read(secret_files.send_key(address.id)))
        )
        for address in settings.relays
    }


def _orders(
    settings: Settings, relays: Mapping[str, Transport], keys: PrivateKeys
) -> CodeOrders:
    named = {each.id: (each, relays[each.id]) for each in settings.relays}
    return CodeOrders(settings.issuer, keys, named)


def _agents(
    settings: Settings,
    relays: Mapping[str, Transport],
    keys: PrivateKeys,
    database: Database,
    measures: Measures,
) -> AgentPool:
    exchanges = [
        AgentExchange(
            agent, relays[agent.relay], settings.issuer, lambda: keys, measures
        )
        for agent in settings.agents
    ]

    async def remember(fingerprint: str, ready: Ready | None, failure: str) -> bool:
        return await database.run(_remember, fingerprint, ready, failure)

    return AgentPool(exchanges, remember)


def _remember(
    connection: Connection, fingerprint: str, ready: Ready | None, failure: str
) -> bool:
    starts = None if ready is None else ready.starts
    statement = {} if ready is None else ready.model_dump(mode="json")
    return agent_rows.remember(
        connection,
        fingerprint,
        starts=starts,
        statement=statement,
        failure=failure,
        now=time.time(),
    )


def _mail_server(mail: Mail, secrets: SecretFiles) -> MailServer:
    has_user = mail.user is not None
    password = secrets.read(secret_files.MAIL_PASSWORD) if has_user else None
    return MailServer(mail, password)


def _sender(services: Services, channel: str, delivery: Delivery) -> Sender:
    queue, clock = services.outbox, services.clock
    return Sender(services.database, queue, channel, delivery, clock)


def _begin(stack: AsyncExitStack, work: Coroutine[None, None, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    stack.push_async_callback(_end, task)


async def _end(task: "asyncio.Task[None]") -> None:
    """End a task, also where a library's wait_for takes a cancellation for an answer.

    Python before 3.12 does so (bpo-37658), where both come at once.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_END_S)
