"""The commands `add-relay` and `add-agent`: whom the portal asks, into its settings."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from portal.cli.places import SECRETS_FOLDER, add_places
from portal.cli.secrets import keep
from portal.cli.setup import write_settings
from portal.errors import PortalUnusable
from portal.keys import secret_files
from portal.settings import read_settings, settings_of
from wire.secret import Secret

_MOST_CHARS = 64 * 1024
_AGAIN = "The portal takes it up with: systemctl restart writeback-portal"


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `add-relay` and `add-agent`."""
    relay = commands.add_parser(
        "add-relay",
        help="add a relay, or its new Send key; what `writeback-relay portal add` "
        "printed is read from standard input",
    )
    relay.add_argument("id", metavar="RELAY", help="what the settings call it: main")
    relay.add_argument("--url", required=True, metavar="URL", help="https://HOST")
    relay.add_argument(
        "--ca", type=Path, metavar="PEM", help="who signed its certificate"
    )
    relay.set_defaults(run=add_relay)
    agent = commands.add_parser("add-agent", help="add an agent that was enrolled")
    agent.add_argument("name", metavar="AGENT", help="its name at the relay")
    agent.add_argument(
        "--domain", required=True, help="agents of one domain stand in for each other"
    )
    agent.add_argument(
        *("--fingerprint",),
        required=True,
        nargs="+",
        metavar="DIGITS",
        help="as the wizard shows it on its server; compare it there",
    )
    agent.add_argument("--relay", default="main", help="its relay (default: main)")
    agent.set_defaults(run=add_agent)
    for each in (relay, agent):
        add_places(each)


def add_relay(arguments: argparse.Namespace) -> int:
    """Add a relay with the key that its owner granted."""
    granted = _granted(sys.stdin.read(_MOST_CHARS))
    relay = {
        "id": arguments.id,
        "url": arguments.url,
        "send_key_name": granted["send_key_name"],
    }
    if arguments.ca is not None:
        relay["ca"] = str(arguments.ca.absolute())
    _write(arguments, "relays", relay, "id")
    folder: Path = arguments.secrets or SECRETS_FOLDER
    path = folder / secret_files.send_key(arguments.id)
    keep(path, Secret(granted["send_key"]))
    print(f"{path} holds its Send key. {_AGAIN}")
    return 0


def add_agent(arguments: argparse.Namespace) -> int:
    """Add an agent by the fingerprint that people compared."""
    agent = {
        "name": arguments.name,
        "relay": arguments.relay,
        "fingerprint": " ".join(arguments.fingerprint),
        "domain": arguments.domain,
    }
    _write(arguments, "agents", agent, "name")
    print(_AGAIN)
    return 0


def _granted(text: str) -> dict[str, str]:
    try:
        granted: Any = json.loads(text)
        wanted = {name: granted[name] for name in ("send_key_name", "send_key")}
    except (ValueError, KeyError, TypeError):
        wanted = {}
    if not wanted or not all(isinstance(v, str) and v for v in wanted.values()):
        what = "standard input is not what a relay grants a portal"
        raise PortalUnusable(what, "pipe in what `writeback-relay portal add` printed")
    return wanted


def _write(
    arguments: argparse.Namespace, part: str, entry: dict[str, Any], by: str
) -> None:
    """Put an entry into a part of the settings, in place of one of its name."""
    path: Path = arguments.settings
    values = read_settings(path).model_dump(mode="json", exclude_defaults=True)
    held = [each for each in values.get(part, []) if each[by] != entry[by]]
    values[part] = [*held, entry]
    write_settings(path, settings_of(values, "the command line"))
    print(f"{path} names {entry[by]}. Comments in it are gone.")
