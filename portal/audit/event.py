"""One event of the audit, and the record of it that the chain is made of. Pure."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import Any

GENESIS = ""
# what is left of an address after a while: about a provider and a region
_LEFT_OF_IPV4, _LEFT_OF_IPV6 = 16, 32
_KIND = re.compile("[a-z][a-z_]{0,63}")


class EventKind(StrEnum):
    """What happened; the values are stored and exported: never rename one, only add."""

    VISIT_BEGUN = "visit_begun"
    LOOKED_UP = "looked_up"
    CODE_SENT = "code_sent"
    METHOD_USED = "method_used"
    METHOD_REFUSED = "method_refused"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a kind, not a secret
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind, not a secret
    ACCOUNT_UNLOCKED = "account_unlocked"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    METHOD_ADDED = "method_added"
    METHOD_REMOVED = "method_removed"
    METHODS_CONFIRMED = "methods_confirmed"
    REGISTERED = "registered"
    REGISTRATION_CODE_MADE = "registration_code_made"
    REGISTRATION_CODE_WITHDRAWN = "registration_code_withdrawn"
    LIMIT_REACHED = "limit_reached"
    BLOCKED = "blocked"
    STAFF_SIGNED_IN = "staff_signed_in"
    STAFF_REFUSED = "staff_refused"
    STAFF_SIGNED_OUT = "staff_signed_out"
    # the help desk: `actor` helps `person`
    HELP_BEGUN = "help_begun"
    CALLER_CHECKED = "caller_checked"
    UNBLOCKED = "unblocked"
    TRIES_CLEARED = "tries_cleared"
    AGENT_ASKED = "agent_asked"
    AGENT_APPROVED = "agent_approved"
    AGENT_REFUSED = "agent_refused"
    AGENT_CODE_TAKEN = "agent_code_taken"
    EXPORTED = "exported"
    REMINDED = "reminded"
    MUST_REGISTER_AGAIN = "must_register_again"
    MESSAGE_TESTED = "message_tested"

    @classmethod
    def _missing_(cls, value: object) -> "EventKind | None":
        """Take a kind of a later version as it is; ValueError for what is none.

        Nodes of two versions share the audit while they are upgraded one by one.
        """
        if not isinstance(value, str) or not _KIND.fullmatch(value):
            return None
        made = str.__new__(cls, value)
        made._name_, made._value_ = value.upper(), value
        return made


@dataclass(frozen=True)
class Event:
    """Something that happened; `at` in Unix seconds.

    `reference` is the visit's, or the agent's for what it did; `code` is an outcome's
    (`wire.outcomes`), `no_agent`, `no_role`, `blocked`, `not_registered`, or empty.
    `detail` holds no secret, no name and no address of mail, but the reason that a
    helper typed.
    """

    kind: EventKind
    at: int
    reference: str
    person: str | None = None
    actor: str | None = None
    code: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    address: str = ""
    browser: str = ""


@dataclass(frozen=True)
class Recorded:
    """An event with its number and its place in the chain.

    `address_hash` stands for the whole address in the chain. Its key is forgotten with
    the address: what is left then can't be guessed back, and the chain still holds.
    """

    number: int
    event: Event
    address_key: str | None = field(repr=False)
    address_hash: str
    digest: str


def record(number: int, event: Event, address_hash: str) -> str:
    """Give the text of an event that the chain covers: one line of JSON.

    Of the address it has what is left of it in the end, and the hash of the whole.
    """
    content = {
        **vars(event),
        "number": number,
        "kind": str(event.kind),
        "detail": dict(event.detail),
        "address": shortened(event.address),
        "address_hash": address_hash,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def hashed_address(address: str, key: str) -> str:
    """Hash an address with a key of its own: HMAC-SHA-256 (RFC 2104), base64url."""
    digest = hmac.new(key.encode(), address.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def address_fits(recorded: Recorded) -> bool:
    """Say whether the address is the one that was recorded, or what is left of it."""
    address, key = recorded.event.address, recorded.address_key
    if key is None:
        return address == shortened(address)
    return hmac.compare_digest(hashed_address(address, key), recorded.address_hash)


def shortened(address: str) -> str:
    """Give the /16 of an IPv4 address, the /32 of an IPv6 one; else what it was.

    What is short already stays as it is.
    """
    host = address.partition("/")[0]
    try:
        left = _LEFT_OF_IPV4 if ip_address(host).version == 4 else _LEFT_OF_IPV6
    except ValueError:
        return address
    return str(ip_network(f"{host}/{left}", strict=False))
