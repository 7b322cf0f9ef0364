"""What an agent, a portal, their keys and a user are called; each has a fixed form."""

import re
from typing import Literal

from wire.text import Text

# the attribute that means a user; the values of the claim `user.by`
Identifier = Literal[
    "objectGUID", "ms-DS-ConsistencyGuid", "userPrincipalName", "mail", "sAMAccountName"
]
MOST_ISSUER = 256
_AGENT = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_PORTAL = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_KEY = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
# RFC 3986 section 3: a scheme and what it names; of ASCII all that is seen
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")


# RFC 8141 section 3: neither `urn` nor what follows minds upper and lower case
_OUR_OWN = "urn:writeback:"


def self_test_issuer(agent: str) -> str:
    """Name the agent's own test portal."""
    return f"{_OUR_OWN}self-test:{agent}"


def agent_name(value: str) -> str:
    """Check the name a relay knows an agent by: one lower-case DNS label."""
    if not _AGENT.fullmatch(value):
        raise ValueError(
            Text(
                "must be 1 to 63 of a to z, 0 to 9 and '-', not starting or ending "
                "with '-'"
            )
        )
    return value


def portal_name(value: str) -> str:
    """Check the name a relay knows a portal by."""
    if not _PORTAL.fullmatch(value):
        raise ValueError(
            Text(
                "must be 1 to 40 of a to z, 0 to 9 and '-', not starting or ending "
                "with '-'"
            )
        )
    return value


def key_name(value: str) -> str:
    """Check the name of a key shared with a relay."""
    if not _KEY.fullmatch(value):
        raise ValueError(
            Text("must be 1 to 64 of letters, digits, '.', '_' and '-', in ASCII")
        )
    return value


def issuer(value: str) -> str:
    """Check the `iss` of a portal: people compare it, so nothing in it is hidden."""
    if len(value) > MOST_ISSUER or not _URI.fullmatch(value):
        raise ValueError(
            Text(
                "must be a URI of at most {most} printable ASCII characters without "
                "blanks",
                most=str(MOST_ISSUER),
            )
        )
    if value.lower().startswith(_OUR_OWN):
        rule = Text("must not begin with {ours}, as agents' own do", ours=_OUR_OWN)
        raise ValueError(rule)
    return value
