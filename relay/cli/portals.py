"""The command `portal`: who may send, with which keys."""

import argparse
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from relay.cli.words import command, hours, opened, portal_named
from relay.database.portal_keys import read_statement, succeeded
from relay.database.records import Portal
from relay.database.store import Store, utc
from relay.errors import RelayUnusable
from wire import names
from wire.keys import fingerprint
from wire.printable import printable

_HOUR_S = 3600
_WEEK_H = 168


def add_commands(commands: Any) -> None:
    portal = commands.add_parser("portal", help="manage portals")
    portals = portal.add_subparsers(required=True, metavar="COMMAND")
    add = command(portals, "add", "register a portal; shows its key once", _add)
    add.add_argument("name", metavar="NAME")
    add.add_argument("--statement", type=Path, required=True, metavar="FILE")
    listed = command(portals, "list", "list portals and the ages of their keys", _list)
    listed.add_argument("--json", action="store_true")
    help_text = "take a portal's new keys: its statement, or its succession"
    succeed = command(portals, "succeed", help_text, _succeed)
    succeed.add_argument("name", metavar="NAME")
    succeed.add_argument("--statement", type=Path, required=True, metavar="FILE")
    _add_key_commands(portals)


def _add_key_commands(portals: Any) -> None:
    rotate = command(portals, "rotate-key", "make a new Send key; shown once", _rotate)
    rotate.add_argument("name", metavar="NAME")
    rotate.add_argument(
        "--former-hours",
        type=hours,
        default=_WEEK_H,
        metavar="N",
        help="how long the former key is good too (a week)",
    )
    revoke = command(portals, "revoke-key", "end the former Send key now", _revoke_key)
    revoke.add_argument("name", metavar="NAME")
    for word, does in (("allow", "let a portal order"), ("refuse", "take no")):
        help_text = f"{does} codes for agents that its administrators approve"
        codes = command(portals, f"{word}-codes", help_text, _orders(word == "allow"))
        codes.add_argument("name", metavar="NAME")
    remove = command(portals, "revoke", "forget a portal and its agents", _revoke)
    remove.add_argument("name", metavar="NAME")
    with_agents = "also where agents are enrolled with it"
    remove.add_argument("--with-agents", action="store_true", help=with_agents)


def _add(arguments: argparse.Namespace) -> int:
    try:
        names.portal_name(arguments.name)
    except ValueError as error:
        raise RelayUnusable(f"the portal name {arguments.name!r} {error}") from error
    statement = read_statement(arguments.statement)
    portal = Portal(
        name=arguments.name,
        issuer=statement.issuer,
        keys=statement.keys.jwks(),
        send_key_name=f"portal-{arguments.name}",
        send_key=_new_key(),
        statement=statement.token,
        key_since=int(time.time()),
    )
    with opened(arguments) as store:
        store.add_portal(portal)
    return _show_key(portal)


def _succeed(arguments: argparse.Namespace) -> int:
    with opened(arguments) as store, store.transaction():
        portal = succeeded(portal_named(store, arguments.name), arguments.statement)
        store.put_portal(portal)
    print(f"{fingerprint(portal.keys)}\n  is the fingerprint of {portal.name} now.")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    now = time.time()
    with opened(arguments) as store:
        portals = [_shown(portal, store, now) for portal in store.portals()]
    if arguments.json:
        print(json.dumps(portals, indent=2))
        return 0
    if not portals:
        print("No portal is registered.")
    for each in portals:
        print(f"{each['fingerprint']}\n  {each['name']}  {each['issuer']}")
        former = f", the former until {each['former_key_until']}"
        ending = former if each["former_key_until"] else ""
        since = each["key_since"] or "before this was noted"
        print(f"  Send key {each['send_key_name']} since {since}{ending}")
    return 0


def _shown(portal: Portal, store: Store, now: float) -> dict[str, Any]:
    both = len(portal.send_keys(now)) > 1
    return {
        "fingerprint": fingerprint(portal.keys),
        "name": portal.name,
        # one of before statements had no form
        "issuer": printable(portal.issuer, names.MOST_ISSUER),
        "signed": portal.statement is not None,
        "send_key_name": portal.send_key_name,
        "key_since": _time(portal.key_since),
        "former_key_until": _time(portal.former_until) if both else None,
        "orders_codes": portal.orders_codes,
        "agents": sum(agent.portal == portal.name for agent in store.agents()),
    }


def _rotate(arguments: argparse.Namespace) -> int:
    now = int(time.time())
    with opened(arguments) as store, store.transaction():
        portal = portal_named(store, arguments.name)
        if len(portal.send_keys(now)) > 1:
            end = f"writeback-relay portal revoke-key {portal.name}"
            raise RelayUnusable(
                f"{portal.name} has two Send keys already",
                f"end the former with `{end}`",
            )
        portal = replace(
            portal,
            send_key=_new_key(),
            key_since=now,
            former_send_key=portal.send_key,
            former_until=int(now + arguments.former_hours * _HOUR_S),
        )
        store.put_portal(portal)
    return _show_key(portal)


def _revoke_key(arguments: argparse.Namespace) -> int:
    with opened(arguments) as store, store.transaction():
        portal = portal_named(store, arguments.name)
        store.put_portal(replace(portal, former_send_key=None, former_until=None))
    print(f"{portal.name} has one Send key, since {_time(portal.key_since)}.")
    return 0


def _orders(allowed: bool) -> Callable[[argparse.Namespace], int]:  # noqa: FBT001 - of its two commands
    def run(arguments: argparse.Namespace) -> int:
        with opened(arguments) as store, store.transaction():
            portal = portal_named(store, arguments.name)
            store.put_portal(replace(portal, orders_codes=allowed))
        may = "may order codes for agents" if allowed else "orders no codes any more"
        print(f"{portal.name} {may}.")
        return 0

    return run


def _revoke(arguments: argparse.Namespace) -> int:
    with opened(arguments) as store:
        portal = portal_named(store, arguments.name)
        enrolled = [each.id for each in store.agents() if each.portal == portal.name]
        if enrolled and not arguments.with_agents:
            raise RelayUnusable(
                f"agents are enrolled with {portal.name}: {', '.join(enrolled)}",
                "say --with-agents where they are to be forgotten too",
            )
        store.remove_portal(portal)
    forgotten = f" and its agents {', '.join(enrolled)} are" if enrolled else " is"
    print(f"{portal.name}{forgotten} forgotten.")
    return 0


def _show_key(portal: Portal) -> int:
    shown = {
        "fingerprint": fingerprint(portal.keys),
        "name": portal.name,
        "issuer": portal.issuer,
        "send_key_name": portal.send_key_name,
        "send_key": portal.send_key,
        "former_key_until": _time(portal.former_until),
    }
    print(json.dumps(shown, indent=2))
    return 0


def _new_key() -> str:
    return secrets.token_urlsafe(32)


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else utc(seconds)
