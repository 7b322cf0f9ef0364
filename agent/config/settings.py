"""The settings file: what it may hold, how it is read, checked and saved.

One tree of frozen models. `parse` reports every problem with its dotted path,
refuses unknown keys with a near miss, and does not coerce ("636" is no port).
Secrets are never here: they are kept by `agent.secrets` under fixed names.
"""

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from agent import rules
from agent.files import write_atomically
from agent.problems import Problem, SettingsError, explain
from agent.versions import VERSION, brought_up, kept_name, refuse_newer, version_of

__all__ = [
    "Account",
    "Controller",
    "Directory",
    "Features",
    "Identifier",
    "Limits",
    "Problem",
    "Relay",
    "Scope",
    "Settings",
    "SettingsError",
    "digest",
    "dump",
    "load",
    "parse",
    "schema",
    "text_version",
    "validate",
    "write_atomically",
]

Port = Annotated[int, Field(ge=1, le=65535)]
HostName = Annotated[str, AfterValidator(rules.host_name)]
AgentName = Annotated[str, AfterValidator(rules.agent_name)]
DistinguishedName = Annotated[str, AfterValidator(rules.distinguished_name)]
RelayUrl = Annotated[str, AfterValidator(rules.relay_url)]
ProxyUrl = Annotated[str, AfterValidator(rules.proxy_url)]
WholePath = Annotated[str, AfterValidator(rules.whole_path)]
DirectoryPort = Annotated[Port, AfterValidator(rules.directory_port)]
# A minimum length would be reported beside each bad item too
NotEmpty = AfterValidator(rules.not_empty)
Identifier = Literal[
    "objectGUID",
    "ms-DS-ConsistencyGuid",
    "userPrincipalName",
    "mail",
    "sAMAccountName",
]


class Model(BaseModel):
    """A frozen part of the settings: unknown keys refused, nothing coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Relay(Model):
    """The meeting point the agent dials out to, on an outbound connection."""

    url: RelayUrl = Field(description="https address of the relay")
    ca: WholePath | None = Field(
        default=None,
        description="PEM file with the relay's CA; none: the system's trust store",
    )
    proxy: ProxyUrl | None = Field(
        default=None,
        description="HTTP proxy as http://host:port, or http://user@host:port where "
        "it asks for credentials (the password is kept apart); none: direct",
    )

    @property
    def proxy_user(self) -> str | None:
        """Who signs in at the proxy; None where it asks for nobody."""
        return rules.proxy_user(self.proxy or "")


class Controller(Model):
    """One domain controller."""

    host: HostName = Field(description="DNS name, as in the certificate")
    address: str | None = Field(
        default=None,
        description="IP address to connect to instead of asking DNS; "
        "the certificate is still checked against host",
    )


class Account(Model):
    """The directory account that the agent signs in with."""

    kind: Literal["new", "existing"] = Field(
        default="new", description="new: made and removed by the wizard"
    )
    name: str = Field(
        min_length=1,
        max_length=256,
        description="new: sAMAccountName (20 characters at most); "
        "existing: userPrincipalName",
    )
    container: DistinguishedName | None = Field(
        default=None, description="where a new account is made"
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "new":
            rules.new_account(self.name, self.container)
        return self


class Directory(Model):
    """Active Directory: one domain, its controllers, the account."""

    domain: HostName = Field(description="DNS name of the domain")
    controllers: Annotated[tuple[Controller, ...], NotEmpty] = Field(
        strict=False, description="asked in this order"
    )
    port: DirectoryPort = Field(default=636, description="LDAPS port")
    ca: WholePath | None = Field(
        default=None,
        description="PEM file with the controllers' CA; none: the trust store",
    )
    account: Account
    policy_hints: bool = Field(
        default=True,
        description="history and minimum age count for resets too",
    )

    @property
    def base_dn(self) -> str:
        """The domain's naming context, as its DNS name spells it."""
        return ",".join(f"DC={label}" for label in self.domain.split("."))

    @property
    def sign_in_name(self) -> str:
        """The userPrincipalName that the agent signs in with."""
        name = self.account.name
        return f"{name}@{self.domain}" if self.account.kind == "new" else name


class Scope(Model):
    """Whose password may be written."""

    containers: Annotated[tuple[DistinguishedName, ...], NotEmpty] = Field(
        strict=False, description="containers with everything below"
    )
    pilot_group: DistinguishedName | None = Field(
        default=None, description="only members of this group (nested counted)"
    )


class Features(Model):
    """What is switched on."""

    password_writeback: bool = Field(
        default=True, description="off: every request is answered as paused"
    )
    unlock: bool = Field(default=True, description="a reset also unlocks")
    must_change: bool = Field(
        default=True, description="the portal may ask for a change at next sign-in"
    )
    change: bool = Field(
        default=True, description="users may change with their old password"
    )


class Limits(Model):
    """What the agent refuses whatever the cloud says."""

    per_minute: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=120, description="requests in any minute"
    )
    per_user_per_hour: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=10, description="password writes for one user in any hour"
    )
    proofs: Annotated[int, Field(ge=0, le=5)] = Field(
        default=0, description="proofs of identity the portal must have taken"
    )


class Settings(Model):
    """Everything an administrator decides."""

    version: Literal[1] = Field(description="form of this file")
    agent: AgentName = Field(
        description="what the relay and the portal call this agent"
    )
    relay: Relay
    directory: Directory
    scope: Scope
    identify_by: Identifier = Field(
        default="userPrincipalName",
        description="which attribute the cloud names users by",
    )
    features: Features = Features()
    limits: Limits = Limits()


class _GivenTwice(yaml.MarkedYAMLError):
    """A key is there twice; its problem is the key."""


class _Loader(yaml.SafeLoader):
    """Refuses a key that is given twice: YAML 1.2 section 3.2.1.3 forbids it."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise _GivenTwice(problem=key.value, problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def schema() -> dict[str, Any]:
    """Describe the settings file as JSON Schema 2020-12."""
    return Settings.model_json_schema()


def validate(data: object, source: str = "settings") -> Settings:
    """Make settings of plain data.

    Raises:
        SettingsError: with every problem and its dotted path.

    """
    if not isinstance(data, dict):
        problem = Problem("(file)", "holds no settings; start with version: 1")
        raise SettingsError(source, (problem,))
    refuse_newer(data, source)
    try:
        return Settings.model_validate(brought_up(data))
    except ValidationError as error:
        raise SettingsError(source, explain(error, Settings)) from None


def parse(text: str, source: str = "settings") -> Settings:
    """Make settings of YAML text.

    Raises:
        SettingsError: with every problem and its dotted path.

    """
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise SettingsError(source, (_no_yaml(error),)) from error
    return validate(data, source)


def _no_yaml(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}" if mark else "(file)"
    what = getattr(error, "problem", None) or "it holds characters that YAML has not"
    if isinstance(error, _GivenTwice):
        return Problem(where, f"{what} is given twice; keep one")
    if "'\\t'" in what:
        return Problem(where, "is indented with a tab; use spaces")
    return Problem(where, f"is not valid YAML: {what}")


def load(path: Path) -> Settings:
    """Read a settings file.

    One that a newer program wrote is passed over for the older one that it kept.

    Raises:
        SettingsError: the file is missing, unreadable or wrong.

    """
    text, kept = _text(path), kept_name(path, VERSION)
    try:
        return parse(text, str(path))
    except SettingsError:
        if not (_is_newer(text) and kept.is_file()):
            raise
    return parse(_text(kept), str(kept))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is no UTF-8 text"
        raise SettingsError(str(path), (Problem("(file)", reason),)) from error


def text_version(text: str) -> int | None:
    """Give the version that a settings file says it is of."""
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError:
        return None
    return version_of(data) if isinstance(data, dict) else None


def _is_newer(text: str) -> bool:
    found = text_version(text)
    return found is not None and found > VERSION


def digest(settings: Settings) -> str:
    """Name what settings say, whatever comments and order their file has (SHA-256).

    The certificates that they name count too: a file may get new content.
    """
    named = hashlib.sha256(dump(settings).encode())
    for ca in (settings.relay.ca, settings.directory.ca):
        if ca is not None:
            with contextlib.suppress(OSError):  # told where it is used
                named.update(hashlib.sha256(Path(ca).read_bytes()).digest())
    return named.hexdigest()


def dump(settings: Settings) -> str:
    """Spell settings as the YAML text that `parse` reads back to the same."""
    data = json.loads(settings.model_dump_json())
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=4096)
