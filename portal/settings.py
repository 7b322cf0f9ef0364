"""The portal's settings file: whose it is, where it listens, whom it asks.

No secret is in it: those are files of a folder, as systemd's credentials are
(`portal.keys.secret_files`).
"""

import re
from datetime import UTC, tzinfo
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from portal.brand.section import BrandSection
from portal.errors import PortalUnusable
from portal.text_messages import TextMessages
from wire import names
from wire.server.address import Address

SETTINGS_FILE = Path("/etc/writeback-portal/portal.yaml")
DATA_FOLDER = Path("/var/lib/writeback-portal")
DATABASE = "portal.db"
LISTEN = "127.0.0.1:8480"
_MOST_BYTES = 256 * 1024
_HEX = re.compile("[0-9a-f]{64}")
_REMEDY = "mend it; docs/portal.md lists what there is"


def _origin(text: str) -> str:
    """Check an address that people or agents reach: https, a host, nothing after it."""
    parts = urlsplit(text)
    bare = not (parts.path.strip("/") or parts.query or parts.fragment)
    if parts.scheme != "https" or not parts.hostname or parts.username or not bare:
        raise ValueError(f"{text!r} must be https://HOST or https://HOST:PORT")
    # browsers leave the port of https out, in Host and in Origin
    return f"https://{parts.netloc.lower().removesuffix(':443')}"


def _https(text: str) -> str:
    """Check an issuer (OpenID Connect Discovery 1.0 section 3): https, no query."""
    parts = urlsplit(text)
    if (
        parts.scheme != "https"
        or not parts.hostname
        or parts.username
        or parts.query
        or parts.fragment
        or len(text) > 300
    ):
        raise ValueError(f"{text!r} must be https://HOST or https://HOST/PATH")
    return text


def _fingerprint(text: str) -> str:
    digits = "".join(text.split()).lower()
    if not _HEX.fullmatch(digits):
        raise ValueError("must be the agent's fingerprint: 64 hexadecimal digits")
    return digits


def _network(value: object) -> IPv4Network | IPv6Network:
    return ip_network(str(value))


def _time_zone(name: str) -> str:
    """Check a name of the IANA time zone database; UTC is there without it."""
    try:
        return name if name == "UTC" else ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        example = "such as Europe/Berlin, of the time zones of this machine (tzdata)"
        raise ValueError(f"{name!r} must be a time zone {example}") from None


Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
# RFC 6749 section 3.3: so are values of acr and amr written, too
_Scope = Annotated[str, Field(pattern=r"^[!#-\[\]-~]{1,100}$")]
_Short = Annotated[str, Field(min_length=1, max_length=100)]
_Label = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RelayAddress(_Section):
    """A relay that the portal sends through; its Send key is the secret `send_key_ID`.

    `ca` is a file of certificates that are trusted beside the system's.
    """

    id: _Label
    url: Annotated[str, AfterValidator(_origin)]
    send_key_name: _Short
    ca: Path | None = None


class AgentAddress(_Section):
    """An agent: its name at a relay, the fingerprint that people compared, its domain.

    Agents of one domain stand in for each other.
    """

    name: Annotated[str, AfterValidator(names.agent_name)]
    relay: _Label
    fingerprint: Annotated[str, AfterValidator(_fingerprint)]
    domain: _Label


class Mail(_Section):
    """The mail server; the password of `user` is the secret `mail_password`."""

    host: _Short
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
    user: _Short | None = None
    ca: Path | None = None


_MailAddress = Annotated[str, Field(pattern=r"^[!-?A-~]+@[!-?A-~]+$", max_length=254)]


class Notify(_Section):
    """Who of the organization is told by mail, and how often an hour of one kind.

    Whether administrators are is the agents' to say (`notify.administrators`).
    """

    administrators: Annotated[tuple[_MailAddress, ...], Field(max_length=20)] = ()
    help_desk: Annotated[tuple[_MailAddress, ...], Field(max_length=20)] = ()
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"
    per_hour: Annotated[int, Field(ge=1, le=60)] = 5


class IdentityProvider(_Section):
    """The organization's identity provider (OpenID Connect); people see its `name`.

    Whom `claim` of its ID token means is asked of the agents, by `means`. `acr`: one of
    these, `amr`: all of these must have been used; `max_age_s`: they signed in there no
    longer ago. The client's secret is the secret `provider_secret`.
    """

    issuer: Annotated[str, AfterValidator(_https)]
    client_id: _Short
    name: _Short
    authentication: Literal["client_secret_basic", "client_secret_post", "none"] = (
        "client_secret_basic"
    )
    scopes: Annotated[tuple[_Scope, ...], Field(max_length=16)] = ("openid", "profile")
    claim: _Short = "upn"
    means: Literal["userPrincipalName", "objectGUID"] = "userPrincipalName"
    acr: Annotated[tuple[_Scope, ...], Field(max_length=16)] = ()
    amr: Annotated[tuple[_Scope, ...], Field(max_length=16)] = ()
    # agents take it for 15 minutes, in which somebody registers
    max_age_s: Annotated[int, Field(ge=30, le=600)] = 300
    ca: Path | None = None

    @model_validator(mode="after")
    def _is_openid(self) -> Self:
        if "openid" not in self.scopes:
            raise ValueError("scopes: must name openid")
        return self


class Certificate(_Section):
    """The certificate and key files of a portal that people reach without a proxy."""

    certificate: Path
    key: Path


class Retention(_Section):
    """How many days what was recorded stays; addresses are shortened after theirs."""

    visits_days: Annotated[int, Field(ge=1, le=400)] = 30
    events_days: Annotated[int, Field(ge=30, le=4000)] = 400
    addresses_days: Annotated[int, Field(ge=1, le=4000)] = 90


class Questions(_Section):
    """How many security questions people choose and are asked, and `own` ones.

    Whether they count is the agents' to say; `own` are shown as they are written.
    """

    registered: Annotated[int, Field(ge=3, le=5)] = 3
    asked: Annotated[int, Field(ge=3, le=5)] = 3
    own: Annotated[
        tuple[Annotated[str, Field(min_length=3, max_length=200)], ...],
        Field(max_length=20),
    ] = ()

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if self.asked > self.registered:
            raise ValueError("asked must not be more than registered")
        if len(set(self.own)) < len(self.own):
            raise ValueError("own: one question is there twice")
        return self


class Settings(_Section):
    """What `portal.yaml` may hold.

    `base_url` is what people type and what links are built from, never the Host header;
    who comes from `trusted_proxies` may say in X-Forwarded-For whose request it is;
    on `metrics` the node tells its figures to monitoring, and on nothing else;
    `time_zone` is that of the times on pages and in mails.
    Relays and agents come later: a relay's owner grants the Send key for the statement
    that is made of the rest, and an agent is known once it is enrolled.
    """

    base_url: Annotated[str, AfterValidator(_origin)]
    organization: _Short
    issuer: Annotated[str, AfterValidator(names.issuer)]
    listen: Address = LISTEN
    metrics: Address | None = None
    tls: Certificate | None = None
    database: Annotated[str, Field(min_length=1, max_length=500)] = (
        f"sqlite:///{DATA_FOLDER}/{DATABASE}"
    )
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    trusted_proxies: tuple[Network, ...] = ()
    relays: Annotated[tuple[RelayAddress, ...], Field(max_length=16)] = ()
    agents: Annotated[tuple[AgentAddress, ...], Field(max_length=64)] = ()
    mail: Mail | None = None
    identity_provider: IdentityProvider | None = None
    notify: Notify = Notify()
    sms: TextMessages | None = None
    questions: Questions = Questions()
    brand: BrandSection = BrandSection()
    retention: Retention = Retention()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        known = [relay.id for relay in self.relays]
        if len(set(known)) < len(known):
            raise ValueError("relays: each needs an id of its own")
        for agent in self.agents:
            if agent.relay not in known:
                raise ValueError(f"agents: {agent.name}: no relay {agent.relay!r}")
        each = [agent.fingerprint for agent in self.agents]
        if len(set(each)) < len(each):
            raise ValueError("agents: one fingerprint is given twice")
        if self.metrics == self.listen:
            raise ValueError("metrics: needs an address of its own, other than listen")
        return self

    @property
    def host(self) -> str:
        """The host of `base_url`, with its port where it has one."""
        return urlsplit(self.base_url).netloc

    @property
    def zone(self) -> tzinfo:
        """The time zone of the times that people read."""
        return UTC if self.time_zone == "UTC" else ZoneInfo(self.time_zone)

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains that there are agents for, in the order of the file."""
        return tuple(dict.fromkeys(agent.domain for agent in self.agents))


def settings_of(values: dict[str, Any], source: str) -> Settings:
    """Check values; PortalUnusable names the first field that is wrong."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "the settings"
        rule = first["msg"].removeprefix("Value error, ")
        raise PortalUnusable(f"{source}: {field}: {rule}", _REMEDY) from None


def read_settings(path: Path) -> Settings:
    """Read a settings file; PortalUnusable says what is wrong with it."""
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES)
        content = yaml.safe_load(text.decode("utf-8"))
    except FileNotFoundError:
        remedy = "run `writeback-portal setup`, or name a file with --settings"
        raise PortalUnusable(f"there is no {path}", remedy) from None
    except (OSError, ValueError, yaml.YAMLError) as error:
        kind = getattr(error, "strerror", None) or "it is no YAML"
        raise PortalUnusable(f"{path} can't be read: {kind}", "mend it") from None
    if not isinstance(content, dict):
        raise PortalUnusable(f"{path} must hold names and values", "mend it")
    return settings_of(content, str(path))
