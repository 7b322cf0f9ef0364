"""The command `portal`: who may send."""

import argparse
import contextlib
import json
import re
import secrets
from pathlib import Path
from typing import Any

from relay.cli.words import command
from relay.errors import RelayUnusable
from relay.store import Portal, Store
from wire.keys import BadKeys, PublicKeys

_PORTAL_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


def add_commands(commands: Any) -> None:
    portal = commands.add_parser("portal", help="manage portals")
    portals = portal.add_subparsers(required=True, metavar="COMMAND")
    add = command(portals, "add", "register a portal; shows its key once", _add_portal)
    add.add_argument("name", metavar="NAME")
    add.add_argument("--issuer", required=True, metavar="URI")
    add.add_argument("--keys", type=Path, required=True, metavar="JWKS_FILE")


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
