"""The agent as it runs for years: settings, secrets, link, handler and status.

What is wrong with what it needs to start is found at once and told in full; what goes
wrong later is a state that is shown, and tried again.
"""

import asyncio
import base64
import binascii
import contextlib
import logging
import signal
from dataclasses import dataclass
from pathlib import Path

from agent import enrolment, secrets, settings, status
from agent.audit import Audit
from agent.certificates import Endpoint, trusting
from agent.directory import DirectoryError
from agent.domain import Domain
from agent.enrolment import Enrolment, EnrolmentError
from agent.handler import VERSION, Handler, Health, Identity
from agent.keys import BadKeys, PrivateKeys
from agent.ledger import Ledger
from agent.limits import Rate
from agent.link import Link
from agent.places import Places
from agent.pool import Pool, Target
from agent.problems import Problem, SettingsError
from agent.secret import Secret
from agent.secrets import Secrets, SecretsUnavailable
from agent.settings import Settings
from agent.stages import Tools
from agent.status import Status

LOG = logging.getLogger("agent.service")

_DRAIN_S = 10.0
_WARM_EVERY_S = 10.0
_LISTEN_KEY_BYTES = 32


@dataclass(frozen=True)
class Equipment:
    """Everything the agent needs to start, read and checked."""

    places: Places
    settings: Settings
    enrolment: Enrolment
    keys: PrivateKeys
    listen_key: Secret
    password: Secret


def load(places: Places, kept: Secrets | None = None) -> Equipment:
    """Read what the agent needs.

    Args:
        places: where it is.
        kept: where the secrets are; by default files below `places`.

    Raises:
        SettingsError: with every problem, those of enrolment and secrets too.

    """
    problems: list[Problem] = []
    found = _settings(places.settings, problems)
    enrolled = _enrolment(places.enrolment, problems)
    kept = kept or secrets.in_folder(places.secrets)
    keys = _keys(kept, problems)
    listen_key = _secret(kept, secrets.LISTEN_KEY, problems)
    password = _secret(kept, secrets.DIRECTORY_PASSWORD, problems)
    if listen_key is not None and not _is_key(listen_key):
        rule = "is not base64 of 32 bytes; enrol this agent again"
        problems.append(Problem(secrets.LISTEN_KEY, rule))
    if None in (found, enrolled, keys, listen_key, password) or problems:
        raise SettingsError(str(places.home), tuple(problems))
    assert found is not None
    assert enrolled is not None
    assert keys is not None
    assert listen_key is not None
    assert password is not None
    return Equipment(places, found, enrolled, keys, listen_key, password)


def _settings(path: Path, problems: list[Problem]) -> Settings | None:
    try:
        return settings.load(path)
    except SettingsError as error:
        problems += [
            Problem(f"{path}: {each.path}", each.message) for each in error.problems
        ]
        return None


def _enrolment(path: Path, problems: list[Problem]) -> Enrolment | None:
    try:
        return enrolment.load(path)
    except EnrolmentError as error:
        problems.append(Problem(str(path), error.rule))
        return None


def _keys(kept: Secrets, problems: list[Problem]) -> PrivateKeys | None:
    stored = _secret(kept, secrets.AGENT_KEYS, problems)
    try:
        return None if stored is None else PrivateKeys.of(stored)
    except BadKeys as error:
        problems.append(Problem(secrets.AGENT_KEYS, str(error)))
        return None


def _secret(kept: Secrets, name: str, problems: list[Problem]) -> Secret | None:
    try:
        value = kept.get(name)
    except (SecretsUnavailable, OSError) as error:
        problems.append(Problem(name, str(error)))
        return None
    if value is None:
        problems.append(Problem(name, "is not kept here; run the wizard's repair"))
    return value


def _is_key(value: Secret) -> bool:
    try:
        raw = base64.b64decode(value.reveal(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) == _LISTEN_KEY_BYTES


def target(equipment: Equipment) -> Target:
    """Say which controllers are asked, and as whom."""
    directory = equipment.settings.directory
    ca = Path(directory.ca) if directory.ca else None
    endpoints = tuple(
        Endpoint(each.host, each.address, directory.port, ca)
        for each in directory.controllers
    )
    account = directory.account
    user = account.name
    if account.kind == "new":
        user = f"{account.name}@{directory.domain}"
    return Target(endpoints, directory.base_dn, user, equipment.password)


class Service:
    """One running agent."""

    def __init__(self, equipment: Equipment) -> None:
        chosen = equipment.settings
        self._equipment = equipment
        self._status = Status(
            equipment.places.status,
            VERSION,
            paused=not chosen.features.password_writeback,
        )
        self._pool = Pool(target(equipment), on_state=self._status.on_pool)
        self._domain = Domain(chosen)
        self._ledger = Ledger(equipment.places.ledger)
        self._audit = Audit(equipment.places.audit)
        self._handler = self._make_handler()
        self._link = self._make_link()

    def _make_handler(self) -> Handler:
        equipment = self._equipment
        enrolled, chosen = equipment.enrolment, equipment.settings
        tools = Tools(
            settings=chosen,
            pool=self._pool,
            domain=self._domain,
            ledger=self._ledger,
            rate=Rate(chosen.limits.per_minute),
            self_tests=enrolled.self_test_issuer,
        )
        return Handler(
            Identity(chosen.agent, equipment.keys, enrolled.portals()),
            tools,
            self._audit,
            health=lambda: Health(self._status.ready, self._status.directory_answers),
            count=self._status.count,
        )

    def _make_link(self) -> Link:
        equipment = self._equipment
        relay = equipment.settings.relay
        return Link(
            url=equipment.enrolment.relay_url,
            connection=equipment.enrolment.connection,
            key_name=equipment.enrolment.listen_key_name,
            key=equipment.listen_key,
            handle=self._handler.handle,
            ssl=trusting(Path(relay.ca) if relay.ca else None),
            proxy=relay.proxy,
            on_state=self._status.on_link,
        )

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT; then answer what is under way, and end."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            # Windows has no handlers in the loop; its service ends by other ways
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, stop.set)
        runner = await status.serve(self._status)
        warming = asyncio.create_task(self._keep_warm())
        linking = asyncio.create_task(self._link.run())
        LOG.info(
            "agent %s of version %s started", self._equipment.settings.agent, VERSION
        )
        try:
            waiting = asyncio.create_task(stop.wait())
            await asyncio.wait(
                (waiting, linking, warming), return_when=asyncio.FIRST_COMPLETED
            )
            waiting.cancel()
            await self._link.drain(_DRAIN_S)
            # what ended by itself ended by a fault, which is raised here
            await linking
        finally:
            warming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await warming
            await runner.cleanup()
            await asyncio.to_thread(self._close)
            LOG.info("agent stopped")

    async def _keep_warm(self) -> None:
        """Keep a connection to each controller, and find those that came back."""
        while True:
            await asyncio.to_thread(self._warm_once)
            await asyncio.sleep(_WARM_EVERY_S)

    def _warm_once(self) -> None:
        if not self._pool.keep_warm():
            return
        try:
            with self._pool.after(lambda warm: self._domain.warm_up(warm.directory)):
                pass
        except DirectoryError as error:
            LOG.warning("the directory stopped answering: %s", error)

    def _close(self) -> None:
        self._handler.close()
        self._pool.close()
        self._ledger.close()
        self._audit.close()
        self._status.remove()
