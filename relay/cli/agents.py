"""The commands `agents`, `forget` and `revoke-listen-key`: who is enrolled."""

import argparse
import json
import time
from dataclasses import replace
from typing import Any

from relay.cli.words import command, opened
from relay.database.records import Agent
from relay.database.store import Store, utc
from relay.errors import RelayUnusable
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
        print(f"  {_keys(agent)}")
    return 0


def _shown(agent: Agent, now: float) -> dict[str, Any]:
    good = len(agent.listen_keys(now))
    return {
        "connection": agent.id,
        "portal": agent.portal,
        "fingerprint": fingerprint(agent.keys),
        "enrolled_at": _time(agent.enrolled_at),
        "last_seen": _time(agent.last_seen),
        "shared_keys": ("revoked", "one", "two")[good],
        "keys_since": _time(agent.keys_since),
        "former_keys_until": _time(agent.former_until) if good > 1 else None,
    }


def _keys(agent: dict[str, Any]) -> str:
    """Say how many pairs of a Listen and a test key are good, and until when."""
    number, since = agent["shared_keys"], agent["keys_since"]
    if number == "revoked":
        return "shared keys are revoked: it is to rotate them"
    if number == "one":
        return f"one shared key of each kind, since {since}"
    until = agent["former_keys_until"] or "the new ones are used, and 10 minutes more"
    return f"two shared keys of each kind, since {since}; the former until {until}"


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
    print(f"The Listen key and the test key of {agent.id} are refused from now on.")
    print("It is heard again after sudo writeback rotate-keys on its machine.")
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
