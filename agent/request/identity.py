"""Who this agent is to its portal: keys, names."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.system.instance import NOBODY, Instance
from wire.keys import PrivateKeys
from wire.messages import Portal


@dataclass(frozen=True)
class Identity:
    """Who this agent is, and whose requests it takes.

    Attributes:
        agent: its id, which `aud` must name.
        keys: its own.
        portals: by the kid of the key that signs.
        instance: which process of it this is.

    """

    agent: str
    keys: PrivateKeys
    portals: Mapping[str, Portal]
    instance: Instance = NOBODY
