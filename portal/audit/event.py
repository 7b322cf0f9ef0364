"""One event of the audit, and the digest that chains it to the one before. Pure."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

GENESIS = ""


class EventKind(StrEnum):
    """What happened; the values are stored and exported: never rename one, only add."""

    VISIT_BEGUN = "visit_begun"
    CODE_SENT = "code_sent"
    METHOD_USED = "method_used"
    METHOD_REFUSED = "method_refused"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a kind, not a secret
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind, not a secret
    ACCOUNT_UNLOCKED = "account_unlocked"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    METHOD_ADDED = "method_added"
    METHOD_REMOVED = "method_removed"
    METHODS_CONFIRMED = "methods_confirmed"
    REGISTERED = "registered"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Event:
    """Something that happened; `at` in Unix seconds.

    `reference` is the visit's, or the agent's for what it did; `code` is an outcome's
    (`wire.outcomes`), or empty. `detail` holds no secret and no address of mail.
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


def digest(before: str, number: int, event: Event) -> str:
    """Chain an event to the digest of the one before: SHA-256, base64url."""
    record = {
        "before": before,
        "number": number,
        **vars(event),
        "kind": str(event.kind),
        "detail": dict(event.detail),
    }
    line = json.dumps(record, sort_keys=True, separators=(",", ":"))
    hashed = hashlib.sha256(line.encode()).digest()
    return base64.urlsafe_b64encode(hashed).decode("ascii").rstrip("=")
