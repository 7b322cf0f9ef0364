"""The parts of a running agent, put together from its configuration."""

import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from agent.active_directory.domain_cache import DomainCache
from agent.audit.event import EventId
from agent.config.agent_config import AgentConfig
from agent.keys.portals import Portals
from agent.keys.sealing_rotation import SealingRotation
from agent.ldap.certificates import Endpoint
from agent.ldap.pool import Pool, Target
from agent.relay_client.clone_detection import CloneDetector, CloneQuery, Finding
from agent.relay_client.dialer import Dialer
from agent.relay_client.endpoint import RelayEndpoint
from agent.relay_client.listener import Listener
from agent.request.audit import Audit
from agent.request.breaker import Breaker
from agent.request.endpoints import Endpoints
from agent.request.handler import Handler
from agent.request.identity import Identity
from agent.request.ledger import Ledger
from agent.request.rate_limit import RateLimit
from agent.request.stages import Tools
from agent.self_service.published import published
from agent.self_service.vouching import Vouching
from agent.service.journal import Journal
from agent.service.metrics import Metrics
from agent.service.status import Status
from agent.system.instance import Instance

LOG = logging.getLogger("agent.service.assembly")


@dataclass(frozen=True)
class Parts:
    """What a running agent consists of; no detector without a key to ask with."""

    tools: Tools
    audit: Audit
    endpoints: Endpoints
    listener: Listener
    clone_detector: CloneDetector | None
    sealing: SealingRotation
    portals: Portals

    def close(self) -> None:
        """Wait for what is under way, and close everything."""
        self.endpoints.close()
        self.tools.pool.close()
        self.tools.ledger.close()
        self.audit.close()


def assemble(
    config: AgentConfig, status: Status, metrics: Metrics, journal: Journal | None
) -> Parts:
    """Put an agent together.

    LedgerUnusable, or OSError: a file can't be made, or the relay's CA can't be read.
    """
    settings = config.settings
    instance = Instance.begin(config.places.starts)
    also = journal.request if journal else None
    audit = Audit(config.places.audit, also, head=config.places.audit_head)
    ledger = Ledger(config.places.ledger)
    sealing, portals = _keys(config, audit)
    tools = Tools(
        settings=settings,
        pool=Pool(target(config), on_state=status.on_pool),
        domain=DomainCache(settings),
        ledger=ledger,
        rate=RateLimit(settings.limits.per_minute),
        reads=RateLimit(settings.limits.checks_per_minute),
        breaker=_breaker(config, ledger, audit, status),
        vouching=Vouching(settings.agent, sealing.keys, settings.self_service),
    )
    identity = Identity(
        settings.agent, sealing.keys, portals.by_kid, instance, portals.used
    )
    handler = Handler(identity, tools, audit, metrics.count)
    endpoints = Endpoints(
        identity, handler, status.health, portals.succeed, published(settings)
    )
    listener = Listener(_dialer(config), endpoints.handle, status.on_listener)
    clone_detector = _clone_detector(config, instance, status, audit)
    return Parts(tools, audit, endpoints, listener, clone_detector, sealing, portals)


def _keys(config: AgentConfig, audit: Audit) -> tuple[SealingRotation, Portals]:
    """Read the keys that change while it runs."""
    places, enrolment = config.places, config.enrolment
    portals = Portals(
        places.succession,
        config.settings.agent,
        enrolment.portal,
        enrolment.tester,
        partial(_note, audit),
    )
    sealing = SealingRotation(
        places.sealing_keys,
        config.keys,
        replace_before=enrolment.replace_sealing_before,
        replaced=partial(_note, audit, EventId.KEYS_MADE),
    )
    return sealing, portals


def _note(audit: Audit, event: EventId, what: str) -> None:
    """Record an event; where that is not possible, what it tells of is done already."""
    try:
        audit.note(event, what)
    except OSError as error:
        LOG.error("no audit record %d: %s", event, error.strerror)


def _breaker(
    config: AgentConfig, ledger: Ledger, audit: Audit, status: Status
) -> Breaker:
    def changed(is_open: bool, what: str) -> None:  # noqa: FBT001 - as it calls
        event = EventId.BREAKER_OPENED if is_open else EventId.BREAKER_CLOSED
        LOG.warning("the breaker is %s: %s", "open" if is_open else "closed", what)
        status.on_breaker(is_open=is_open)
        _note(audit, event, what)

    most = config.settings.limits.people_per_five_minutes
    breaker = Breaker(config.places.breaker, ledger, most, changed)
    status.on_breaker(is_open=breaker.is_open)
    return breaker


def target(config: AgentConfig) -> Target:
    """Say which controllers are asked, and as whom."""
    directory = config.settings.directory
    ca = Path(directory.ca) if directory.ca else None
    endpoints = tuple(
        Endpoint(each.host, each.address, directory.port, ca, directory.ca_certificate)
        for each in directory.controllers
    )
    return Target(endpoints, directory.base_dn, directory.sign_in_name, config.password)


def relay_endpoint(config: AgentConfig) -> RelayEndpoint:
    """Say how the relay is reached."""
    return RelayEndpoint(config.settings.relay, config.proxy_password)


def _dialer(config: AgentConfig) -> Dialer:
    endpoint = relay_endpoint(config)
    return Dialer(
        url=config.enrolment.relay_url,
        connection=config.enrolment.connection,
        key_name=config.enrolment.listen_key_name,
        key=config.listen_key,
        ssl=endpoint.tls_context(),
        endpoint=endpoint,
    )


def _clone_detector(
    config: AgentConfig, instance: Instance, status: Status, audit: Audit
) -> CloneDetector | None:
    if config.test_key is None:
        return None
    query = CloneQuery(
        endpoint=relay_endpoint(config),
        connection=config.enrolment.connection,
        key_name=config.enrolment.test_key_name,
        key=config.test_key,
        keys=config.keys.public,
    )

    def changed(found: Finding) -> None:
        status.on_clone(found.value)
        _note(audit, _FINDINGS[found], found.value)

    return CloneDetector(query, instance, changed)


_FINDINGS = {
    Finding.NONE: EventId.ALONE_AGAIN,
    Finding.COPY: EventId.COPY_ANSWERS,
    Finding.STRANGER: EventId.STRANGER_ANSWERS,
    Finding.SILENT: EventId.STRANGER_ANSWERS,
}
