"""The relay's settings file: what it is called, where it listens, what it may hold."""

import re
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from relay.errors import RelayUnusable
from wire.server.address import Address, host_port

SETTINGS_FILE = Path("/etc/writeback-relay/relay.yaml")
DATA_FOLDER = Path("/var/lib/writeback-relay")
LISTEN = "[::]:443"
# of this machine alone; documented in docs/relay.md
METRICS = "127.0.0.1:9469"
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


def dns_name(text: str) -> str:
    """Check a name that agents and portals reach the relay by (RFC 1123)."""
    if len(text) > 253 or not _NAME.fullmatch(text.lower()):
        raise ValueError(f"{text!r} must be a DNS name, such as relay.example.com")
    return text.lower()


def _local(text: str) -> str:
    if host_port(text)[0] not in ("127.0.0.1", "::1", "localhost"):
        raise ValueError(f"{text!r} must be an address of this machine alone")
    return text


class Settings(BaseModel):
    """What `relay.yaml` may hold.

    `listen` counts where systemd gives no socket; `agent_listeners` is how many may
    listen for one agent at a time, Azure has 25.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, AfterValidator(dns_name)]
    certificate: Path
    key: Path
    listen: Address = LISTEN
    metrics: Annotated[str, AfterValidator(_local)] | None = None
    agent_listeners: Annotated[int, Field(ge=1, le=25)] = 4


def settings_of(values: dict[str, Any], source: str) -> Settings:
    """Check values; RelayUnusable names the first field that is wrong."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "the settings"
        rule = first["msg"].removeprefix("Value error, ")
        remedy = "mend it; docs/relay.md lists what there is"
        raise RelayUnusable(f"{source}: {field}: {rule}", remedy) from None


def read_settings(path: Path) -> dict[str, Any]:
    """Read a settings file as it is; RelayUnusable where that can't be."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        remedy = "run `writeback-relay setup`, or name a file with --settings"
        raise RelayUnusable(f"there is no {path}", remedy) from None
    except (OSError, ValueError, yaml.YAMLError) as error:
        kind = getattr(error, "strerror", None) or "it is no YAML"
        raise RelayUnusable(f"{path} can't be read: {kind}", "mend it") from None
    if not isinstance(content, dict):
        raise RelayUnusable(f"{path} must hold names and values", "mend it")
    return content
