"""The command `check`: each part that a portal needs, tried, with what to do."""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import aiosmtplib
from sqlalchemy.exc import SQLAlchemyError

from portal.agents.exchange import AgentExchange
from portal.agents.relay_http import NoAnswer, RelayHttp
from portal.brand.brand import brand_of
from portal.cli import surroundings
from portal.cli.checked import Checked
from portal.cli.events import reading
from portal.cli.places import add_places, secrets_of
from portal.database.events import Events
from portal.errors import PortalUnusable
from portal.keys import secret_files
from portal.keys.pepper import Pepper
from portal.keys.row_keys import RowKeys
from portal.keys.secret_files import SecretFiles
from portal.measures.measures import Measures
from portal.notifications.text_gateway import TextGateway, gateway_secret
from portal.provider.errors import ProviderAway, ProviderRefused
from portal.provider.opened import opened
from portal.settings import AgentAddress, Settings, read_settings
from portal.text_messages import TextMessages
from portal.tls import tls_context
from wire.keys import PrivateKeys
from wire.printable import printable

_TIMEOUT_S = 10.0


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `check`."""
    parser = commands.add_parser("check", help="try each part that the portal needs")
    parser.add_argument("--json", action="store_true", help="as one JSON array")
    parser.add_argument(
        "--node", action="store_true", help="whether the server here answers, no more"
    )
    parser.add_argument(
        "--ca", type=Path, metavar="PEM", help="who signed the portal's certificate"
    )
    add_places(parser)
    parser.set_defaults(run=run_check)


def run_check(arguments: argparse.Namespace) -> int:
    """Try each part: 0 where all is well, else 1."""
    checked = asyncio.run(_all(arguments))
    if arguments.json:
        print(json.dumps([asdict(each) for each in checked]))
    for each in () if arguments.json else checked:
        print(printable(f"{'ok' if each.ok else 'FAILED'}  {each.part}: {each.what}"))
        if each.remedy:
            print(printable(f"        {each.remedy}"))
    return 0 if all(each.ok for each in checked) else 1


async def _all(arguments: argparse.Namespace) -> list[Checked]:
    try:
        settings = read_settings(arguments.settings)
    except PortalUnusable as error:
        return [Checked("settings", False, str(error))]
    if arguments.node:
        return [await surroundings.node(settings)]
    secrets = secrets_of(arguments)
    checked = [Checked("settings", True, f"{arguments.settings} is in the form")]
    if settings.brand.logo is not None:
        checked.append(_logo(settings))
    checked += _secrets(settings, secrets)
    checked.append(_database(arguments, secrets))
    checked += [each async for each in _agents(settings, secrets)]
    if settings.mail is not None:
        checked.append(await _mail(settings, secrets))
    if settings.sms is not None:
        checked.append(await _gateway(settings.sms, secrets))
    if settings.identity_provider is not None:
        checked.append(await _provider(settings, secrets))
    return [*checked, *[each async for each in _around(settings, arguments.ca)]]


async def _around(settings: Settings, ca: Path | None) -> AsyncIterator[Checked]:
    for relay in settings.relays:
        yield await surroundings.clock(relay)
    for each in (*surroundings.disk(settings), *surroundings.proxies(settings)):
        yield each
    yield await surroundings.node(settings)
    yield await surroundings.front(settings, ca)


def _logo(settings: Settings) -> Checked:
    try:
        brand_of(settings.brand, settings.organization)
    except PortalUnusable as error:
        return Checked("logo", False, str(error))
    return Checked("logo", True, f"{settings.brand.logo} can be shown")


def _secrets(settings: Settings, secrets: SecretFiles) -> Iterator[Checked]:
    names = [secret_files.WIRE_KEYS, secret_files.ROW_KEYS, secret_files.PEPPER]
    names += [secret_files.send_key(relay.id) for relay in settings.relays]
    if settings.sms is not None and settings.sms.needs_secret:
        names.append(secret_files.SMS_SECRET)
    provider = settings.identity_provider
    if provider is not None and provider.authentication != "none":
        names.append(secret_files.PROVIDER_SECRET)
    if settings.mail is not None and settings.mail.user is not None:
        names.append(secret_files.MAIL_PASSWORD)
    for name in names:
        yield _secret(secrets, name)


def _secret(secrets: SecretFiles, name: str) -> Checked:
    part, path = f"secret {name}", secrets.path(name)
    try:
        secret = secrets.read(name)
        if name == secret_files.WIRE_KEYS:
            PrivateKeys.of(secret)
        elif name == secret_files.ROW_KEYS:
            RowKeys.of(secret)
        elif name == secret_files.PEPPER:
            Pepper.of(secret)
    except (PortalUnusable, ValueError) as error:
        what = str(error) if isinstance(error, PortalUnusable) else "it is no key"
        return Checked(part, False, what)
    if not _is_closed(path):
        remedy = f"chmod 600 {path}"
        return Checked(part, False, "others than its owner may read it", remedy)
    return Checked(part, True, "its owner alone may read it")


def _is_closed(path: Path) -> bool:
    """Whether the owner alone may read a file.

    Of systemd's own folder the group's bits are the mask of an access list.
    """
    own = SecretFiles.of_service()
    is_systemds = own is not None and own.folder == path.parent
    return path.stat().st_mode & (0o007 if is_systemds else 0o077) == 0


def _database(arguments: argparse.Namespace, secrets: SecretFiles) -> Checked:
    try:
        trail = Events(Pepper.of(secrets.read(secret_files.PEPPER)))
        with reading(arguments) as database, database.begin() as connection:
            broken = trail.first_broken(connection)
    except PortalUnusable as error:
        return Checked("database", False, str(error))
    except SQLAlchemyError as error:
        what = f"it can't be used: {type(error).__name__}"
        return Checked("database", False, what, "see that it runs and lets us in")
    if broken is not None:
        what = f"event {broken} was changed, or one before it was left out"
        remedy = "compare with your export of the audit; find out who wrote there"
        return Checked("database", False, what, remedy)
    return Checked("database", True, "of this version; the audit is whole")


async def _agents(settings: Settings, secrets: SecretFiles) -> AsyncIterator[Checked]:
    for agent in settings.agents:
        try:
            yield await _by_relay(settings, secrets, agent)
        except (PortalUnusable, ValueError) as error:
            what = str(error) if isinstance(error, PortalUnusable) else "a bad key"
            yield Checked(f"agent {agent.name}", False, what)


async def _by_relay(
    settings: Settings, secrets: SecretFiles, agent: AgentAddress
) -> Checked:
    relay = next(each for each in settings.relays if each.id == agent.relay)
    send_key = secrets.read(secret_files.send_key(relay.id))
    keys = PrivateKeys.of(secrets.read(secret_files.WIRE_KEYS))
    async with RelayHttp(relay, send_key) as http:
        exchange = AgentExchange(agent, http, settings.issuer, lambda: keys, Measures())
        return await _agent(agent, exchange)


async def _agent(agent: AgentAddress, exchange: AgentExchange) -> Checked:
    part = f"agent {agent.name}"
    try:
        ready = await exchange.ready()
    except NoAnswer as error:
        status = f" (HTTP {error.status})" if error.status else ""
        remedy = f"see that relay {agent.relay} and the agent run, and the Send key"
        return Checked(part, False, f"no answer: {error}{status}", remedy)
    if not ready.serves:
        remedy = "look at it in the wizard on its server"
        return Checked(part, False, "it answers, and can't serve now", remedy)
    return Checked(part, True, f"ready, with the fingerprint {agent.fingerprint}")


async def _mail(settings: Settings, secrets: SecretFiles) -> Checked:
    mail = settings.mail
    if mail is None:
        raise ValueError("no mail server is set")
    part = f"mail server {mail.host}"
    try:
        client = aiosmtplib.SMTP(
            hostname=mail.host,
            port=mail.port,
            use_tls=mail.security == "tls",
            start_tls=mail.security == "starttls",
            tls_context=None
            if mail.security == "none"
            else tls_context(mail.ca, "mail: ca"),
            timeout=_TIMEOUT_S,
        )
        async with client:
            await client.noop()
            if mail.user is not None:
                password = secrets.read(secret_files.MAIL_PASSWORD)
                await client.login(mail.user, password.reveal())
    except aiosmtplib.SMTPAuthenticationError:
        remedy = "see user in the settings, and the secret mail_password"
        return Checked(part, False, f"it does not let {mail.user} in", remedy)
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        what = f"it can't be asked: {type(error).__name__}"
        remedy = "see host, port, security and ca of mail in the settings"
        return Checked(part, False, what, remedy)
    except PortalUnusable as error:
        return Checked(part, False, str(error))
    if mail.security == "none":
        return Checked(part, True, "it answers, without TLS: by the settings")
    return Checked(part, True, "it answers over TLS")


async def _gateway(sms: TextMessages, secrets: SecretFiles) -> Checked:
    """Reach the gateway by TLS, and ask it nothing: a request would be a message."""
    part, url = f"text message gateway {sms.host}", urlsplit(sms.url)
    try:
        TextGateway(sms, gateway_secret(sms, secrets))
        async with asyncio.timeout(_TIMEOUT_S):
            _, writer = await asyncio.open_connection(
                url.hostname, url.port or 443, ssl=tls_context(sms.ca, "sms: ca")
            )
        writer.transport.abort()
    except (OSError, TimeoutError) as error:
        what = f"it can't be reached: {type(error).__name__}"
        return Checked(part, False, what, "see url and ca of sms in the settings")
    except PortalUnusable as error:
        return Checked(part, False, str(error))
    tell = "writeback-portal test-message NUMBER sends one"
    return Checked(part, True, f"it is reached over TLS, and was sent nothing; {tell}")


async def _provider(settings: Settings, secrets: SecretFiles) -> Checked:
    """Read the provider's discovery document and its keys."""
    own = settings.identity_provider
    if own is None:
        raise ValueError("no identity provider is set")
    part = f"identity provider {own.name}"
    try:
        async with opened(settings, secrets, time.time) as provider:
            if provider is None:
                raise ValueError("no identity provider is set")
            known = await provider.known()
    except ProviderAway as error:
        remedy = "see issuer and ca of identity_provider, and the way to its host"
        return Checked(part, False, f"it can't be asked: {error}", remedy)
    except ProviderRefused as error:
        remedy = "see issuer of identity_provider: as the provider itself writes it"
        return Checked(part, False, f"it can't be used: {error}", remedy)
    except PortalUnusable as error:
        return Checked(part, False, str(error))
    what = f"its document is read; it signs with {len(known.keys)} keys"
    return Checked(part, True, f"{what}, and sends people back to {provider.back}")
