"""The command `rule`: keys with rights of the owner's choice, as Azure Relay has them.

For listeners and senders that are no agents and portals of ours; a rule opens the
connection of one agent that is enrolled.
"""

import argparse
import contextlib
import json
import re
import secrets
from typing import Any

from relay.cli.words import command
from relay.database.records import LISTEN_KEY_NAME, TEST_KEY_NAME, Rule
from relay.database.store import Store
from relay.errors import RelayUnusable

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")


def add_commands(commands: Any) -> None:
    rule = commands.add_parser("rule", help="manage keys with rights of their own")
    rules = rule.add_subparsers(required=True, metavar="COMMAND")
    add = command(rules, "add", "make a key for a connection; shows it once", _add)
    add.add_argument("name", metavar="NAME")
    add.add_argument("--agent", required=True, metavar="AGENT", help="whose connection")
    add.add_argument("--listen", action="store_true", help="it may listen")
    add.add_argument("--send", action="store_true", help="it may send")
    command(rules, "list", "list them, without their keys", _list)
    gone = command(rules, "remove", "take one away", _remove)
    gone.add_argument("name", metavar="NAME")


def _add(arguments: argparse.Namespace) -> int:
    name = arguments.name
    if not _NAME.fullmatch(name) or name in (LISTEN_KEY_NAME, TEST_KEY_NAME):
        raise RelayUnusable(
            f"the name {name!r} must be 1 to 64 of letters, digits, '.', '_' and '-', "
            f"and none of {LISTEN_KEY_NAME} and {TEST_KEY_NAME}",
            "choose another name",
        )
    if not (arguments.listen or arguments.send):
        raise RelayUnusable("a rule needs a right", "give --listen, --send or both")
    with contextlib.closing(Store(arguments.data)) as store:
        agent = store.agent(arguments.agent)
        if agent is None:
            raise RelayUnusable(
                f"there is no agent {arguments.agent!r}", "see `writeback-relay agents`"
            )
        key = secrets.token_urlsafe(32)
        store.add_rule(Rule(name, agent.id, key, arguments.listen, arguments.send))
    print(json.dumps({"name": name, "connection": agent.id, "key": key}, indent=2))
    return 0


def _list(arguments: argparse.Namespace) -> int:
    with contextlib.closing(Store(arguments.data)) as store:
        rules = list(store.rules())
        if not rules:
            print("There are no rules.")
        for rule in rules:
            rights = [("listen", rule.listens), ("send", rule.sends)]
            words = ", ".join(word for word, is_given in rights if is_given)
            print(f"{rule.name}  connection {rule.agent}  {words}")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    with contextlib.closing(Store(arguments.data)) as store:
        if store.rule(arguments.name) is None:
            remedy = "see `writeback-relay rule list`"
            raise RelayUnusable(f"there is no rule {arguments.name!r}", remedy)
        store.remove_rule(arguments.name)
    print(f"{arguments.name} is gone; who listens by it is sent away within 30 s.")
    return 0
