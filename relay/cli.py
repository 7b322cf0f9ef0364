"""The commands of `writeback-relay`."""

import argparse
import contextlib
import json
import re
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from relay.errors import RelayUnusable
from relay.serve import run_server
from relay.store import Portal, Store, utc
from wire.enrolment_code import EnrolmentCode
from wire.keys import BadKeys, PublicKeys, fingerprint, fingerprint_digest

_PORTAL_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_HOUR_S = 3600


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 it could not be done, 2 wrong usage."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except RelayUnusable as error:
        print(f"writeback-relay: {error}", file=sys.stderr)
        return 1


def _add_portal(arguments: argparse.Namespace) -> int:
    if not _PORTAL_NAME.fullmatch(arguments.name):
        raise RelayUnusable(
            f"the portal name {arguments.name!r} must be 1 to 40 of a-z, 0-9 and '-', "
            "not starting or ending with '-'"
        )
    portal = Portal(
        name=arguments.name,
        issuer=arguments.issuer,
        keys=_public_keys(arguments.keys),
        send_key_name=f"portal-{arguments.name}",
        send_key=secrets.token_urlsafe(32),
    )
    with contextlib.closing(Store(arguments.data)) as store:
        store.add_portal(portal)
    shown = {
        "name": portal.name,
        "issuer": portal.issuer,
        "send_key_name": portal.send_key_name,
        "send_key": portal.send_key,
    }
    print(json.dumps(shown, indent=2))
    return 0


def _make_code(arguments: argparse.Namespace) -> int:
    with contextlib.closing(Store(arguments.data)) as store:
        portal = store.portal(arguments.portal)
        if portal is None:
            raise RelayUnusable(
                f"there is no portal {arguments.portal!r}",
                "register it with `writeback-relay portal add`",
            )
        code = EnrolmentCode.new(fingerprint_digest(portal.keys))
        expires = int(time.time() + arguments.valid_hours * _HOUR_S)
        store.add_code(code.lookup, portal.name, expires)
    print(code.text)
    return 0


def _list_agents(arguments: argparse.Namespace) -> int:
    with contextlib.closing(Store(arguments.data)) as store:
        agents = [
            {
                "connection": agent.id,
                "portal": agent.portal,
                "fingerprint": fingerprint(agent.keys),
                "enrolled_at": _time(agent.enrolled_at),
                "last_seen": _time(agent.last_seen),
            }
            for agent in store.agents()
        ]
    if arguments.json:
        print(json.dumps(agents, indent=2))
        return 0
    for agent in agents:
        seen = agent["last_seen"] or "never"
        print(f"{agent['connection']}  portal {agent['portal']}  last seen {seen}")
        print(f"  {agent['fingerprint']}")
    return 0


def _forget_agent(arguments: argparse.Namespace) -> int:
    with contextlib.closing(Store(arguments.data)) as store:
        agent = store.agent(arguments.name)
        if agent is None:
            raise RelayUnusable(
                f"there is no agent {arguments.name!r}", "see `writeback-relay agents`"
            )
        store.remove_agent(agent)
    print(f"{agent.id} is forgotten; the name is free for an agent with other keys.")
    return 0


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else utc(seconds)


def _public_keys(path: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        keys = content["keys"] if isinstance(content, dict) else content
        return PublicKeys.of(keys).jwks()
    except BadKeys as error:
        raise RelayUnusable(f"{path}: {error}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RelayUnusable(
            f"{path} can't be read",
            "it must be a JWK set with the portal's two public keys",
        ) from error


def _address(text: str) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    if not separator or not host or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} must be HOST:PORT")
    return host.strip("[]"), int(port)


def _hours(text: str) -> float:
    hours = float(text)
    if not 0 < hours <= 24 * 366:
        raise argparse.ArgumentTypeError(f"{text} must be over 0 and within a year")
    return hours


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="writeback-relay", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = _command(commands, "serve", "run the relay", run_server)
    serve.add_argument("--listen", type=_address, required=True, metavar="HOST:PORT")
    serve.add_argument("--name", required=True, help="the relay's DNS name")
    serve.add_argument("--cert", type=Path, required=True, metavar="PEM")
    serve.add_argument("--key", type=Path, required=True, metavar="PEM")
    serve.add_argument(
        "--ready-fd", type=int, metavar="N", help="write HOST:PORT to it when ready"
    )
    portal = commands.add_parser("portal", help="manage portals")
    portals = portal.add_subparsers(required=True, metavar="COMMAND")
    add = _command(portals, "add", "register a portal; shows its key once", _add_portal)
    add.add_argument("name", metavar="NAME")
    add.add_argument("--issuer", required=True, metavar="URI")
    add.add_argument("--keys", type=Path, required=True, metavar="JWKS_FILE")
    code = _command(commands, "code", "make a one-use enrolment code", _make_code)
    code.add_argument("--portal", required=True, metavar="NAME")
    code.add_argument("--valid-hours", type=_hours, default=168, metavar="N")
    agents = _command(commands, "agents", "list enrolled agents", _list_agents)
    agents.add_argument("--json", action="store_true")
    gone = "forget an agent that is gone, or gets new keys"
    forget = _command(commands, "forget", gone, _forget_agent)
    forget.add_argument("name", metavar="AGENT")
    return parser


def _command(commands: Any, name: str, text: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.set_defaults(run=run)
    return parser
