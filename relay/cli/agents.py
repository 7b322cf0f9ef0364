"""The commands `agents` and `forget`: who is enrolled."""

import argparse
import contextlib
import json
from typing import Any

from relay.cli.words import command
from relay.errors import RelayUnusable
from relay.store import Store, utc
from wire.keys import fingerprint


def add_commands(commands: Any) -> None:
    agents = command(commands, "agents", "list enrolled agents", _list_agents)
    agents.add_argument("--json", action="store_true")
    gone = "forget an agent that is gone, or gets new keys"
    forget = command(commands, "forget", gone, _forget_agent)
    forget.add_argument("name", metavar="AGENT")


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
