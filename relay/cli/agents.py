"""The commands `agents`, `forget` and `revoke-listen-key`: who is enrolled."""

import argparse
import json
import time
from dataclasses import replace
from typing import Any

from relay.cli.words import command, opened
from relay.errors import RelayUnusable
from relay.records import Agent
from relay.store import Store, utc
from wire.keys import fingerprint


def add_commands(commands: Any) -> None:
    agents = command(commands, "agents", "list enrolled agents", _list_agents)
    agents.add_argument("--json", action="store_true")
    gone = "forget an agent that is gone, or gets new keys"
    forget = command(commands, "forget", gone, _forget_agent)
    forget.add_argument("name", metavar="AGENT")
    lost = "refuse an agent's shared keys until it signs for new ones"
    revoke = command(commands, "revoke-listen-key", lost, _revoke_keys)
    revoke.add_argument("name", metavar="AGENT")


def _list_agents(arguments: argparse.Namespace) -> int:
    with opened(arguments) as store:
        agents = [_shown(agent, time.time()) for agent in store.agents()]
    if arguments.json:
        print(json.dumps(agents, indent=2))
        return 0
    if not agents:
        print("No agent is enrolled.")
    for agent in agents:
        seen = agent["last_seen"] or "never"
        print(agent["fingerprint"])
        print(f"  {agent['connection']}  portal {agent['portal']}  last seen {seen}")
        print(f"  shared keys: {agent['shared_keys']}, since {agent['keys_since']}")
    return 0


def _shown(agent: Agent, now: float) -> dict[str, Any]:
    return {
        "connection": agent.id,
        "portal": agent.portal,
        "fingerprint": fingerprint(agent.keys),
        "enrolled_at": _time(agent.enrolled_at),
        "last_seen": _time(agent.last_seen),
        "shared_keys": ("revoked", "one", "two")[len(agent.listen_keys(now))],
        "keys_since": _time(agent.keys_since),
    }


def _forget_agent(arguments: argparse.Namespace) -> int:
    with opened(arguments) as store:
        agent = _named(store, arguments.name)
        store.revoke_agent(agent)
    print(f"{agent.id} is forgotten; its name is free, and takes a new code.")
    return 0


def _revoke_keys(arguments: argparse.Namespace) -> int:
    with opened(arguments) as store, store.transaction():
        agent = _named(store, arguments.name)
        revoked = replace(
            agent,
            listen_key="",
            test_key="",
            former_listen_key=None,
            former_test_key=None,
            former_until=None,
        )
        store.put_agent(revoked)
    print(f"{agent.id} is heard again after writeback rotate-keys on its machine.")
    return 0


def _named(store: Store, name: str) -> Agent:
    agent = store.agent(name)
    if agent is None:
        raise RelayUnusable(
            f"there is no agent {name!r}", "see `writeback-relay agents`"
        )
    return agent


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else utc(seconds)
