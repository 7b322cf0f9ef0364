"""The settings file: what it may hold, how it is read, checked and saved.

One tree of frozen models. `parse` reports every problem with its dotted path,
refuses unknown keys with a near miss, and does not coerce ("636" is no port).
Secrets are never here: they are kept by `agent.secrets` under fixed names.
"""

import difflib
import json
import os
import tempfile
from dataclasses import dataclass
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

VERSION = 1

Port = Annotated[int, Field(ge=1, le=65535)]
HostName = Annotated[str, AfterValidator(rules.host_name)]
AgentName = Annotated[str, AfterValidator(rules.agent_name)]
DistinguishedName = Annotated[str, AfterValidator(rules.distinguished_name)]
RelayUrl = Annotated[str, AfterValidator(rules.relay_url)]
DirectoryPort = Annotated[Port, AfterValidator(rules.directory_port)]
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
    ca: str | None = Field(
        default=None,
        description="PEM file with the relay's CA; none: the system's trust store",
    )
    proxy: str | None = Field(
        default=None, description="HTTP proxy as http://host:port; none: direct"
    )


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
    controllers: tuple[Controller, ...] = Field(
        min_length=1, strict=False, description="asked in this order"
    )
    port: DirectoryPort = Field(default=636, description="LDAPS port")
    ca: str | None = Field(
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


class Scope(Model):
    """Whose password may be written."""

    containers: tuple[DistinguishedName, ...] = Field(
        min_length=1, strict=False, description="containers with everything below"
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


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a settings file."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class SettingsError(Exception):
    """The settings can't be used; nothing was touched.

    Args:
        source: the file, or where the settings came from.
        problems: everything that is wrong, in the order of the file.

    """

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"{source} can't be used:\n{lines}")
        self.source = source
        self.problems = problems


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
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        raise SettingsError(source, _problems(error)) from None


def parse(text: str, source: str = "settings") -> Settings:
    """Make settings of YAML text.

    Raises:
        SettingsError: with every problem and its dotted path.

    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "(file)"
        what = getattr(error, "problem", None) or "can't be read"
        raise SettingsError(source, (Problem(where, f"no YAML: {what}"),)) from error
    return validate(data, source)


def load(path: Path) -> Settings:
    """Read a settings file.

    Raises:
        SettingsError: the file is missing, unreadable or wrong.

    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is no UTF-8 text"
        raise SettingsError(str(path), (Problem("(file)", reason),)) from error
    return parse(text, str(path))


def dump(settings: Settings) -> str:
    """Spell settings as the YAML text that `parse` reads back to the same."""
    data = json.loads(settings.model_dump_json())
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=4096)


def write_atomically(path: Path, text: str, *, mode: int = 0o640) -> None:
    """Replace a file in one act: a reader sees the old one or the new one.

    The folder is synced too, so that the name survives a power loss.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _problems(error: ValidationError) -> tuple[Problem, ...]:
    return tuple(_problem(dict(item)) for item in error.errors())


def _problem(item: dict[str, Any]) -> Problem:
    location = tuple(item["loc"])
    path = _dotted(location)
    if item["type"] == "extra_forbidden":
        return Problem(path, _unknown_key(location))
    if item["type"] == "missing":
        return Problem(path, "is missing")
    message = str(item["msg"]).removeprefix("Value error, ")
    given = item.get("input")
    shown = f" (it is {given!r})" if isinstance(given, str | int | float) else ""
    return Problem(path, message[:1].lower() + message[1:] + shown)


def _dotted(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".") or "(file)"


def _unknown_key(location: tuple[int | str, ...]) -> str:
    known = _keys_at(location[:-1])
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(known)}"
    return f"is not a setting; {hint}"


def _keys_at(location: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    children: dict[str, type[BaseModel]] = {
        "relay": Relay,
        "directory": Directory,
        "controllers": Controller,
        "account": Account,
        "scope": Scope,
        "features": Features,
        "limits": Limits,
    }
    for part in location:
        model = children.get(str(part), model)
    return list(model.model_fields)
