"""What an agent, its self-test and a user are called."""

import re
from typing import Literal

from wire.text import Text

# the attribute that means a user; the values of the claim `user.by`
Identifier = Literal[
    "objectGUID", "ms-DS-ConsistencyGuid", "userPrincipalName", "mail", "sAMAccountName"
]
_AGENT = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def self_test_issuer(agent: str) -> str:
    """Name the agent's own test portal."""
    return f"urn:writeback:self-test:{agent}"


def agent_name(value: str) -> str:
    """Check the name a relay knows an agent by: one lower-case DNS label."""
    if not _AGENT.fullmatch(value):
        raise ValueError(
            Text("must be 1 to 63 of a-z, 0-9 and '-', not starting or ending with '-'")
        )
    return value
