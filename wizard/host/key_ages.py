"""How old each key of an agent is, and when the next one comes or is due.

What the agent says of itself is looked at before it is shown: it is not root's.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from agent.config.secret_store import AGENT_KEYS, DIRECTORY_PASSWORD, LISTEN_KEY
from wire.text import Text, day
from wizard.host.interface import Host, Service
from wizard.host.service_status import time_of
from wizard.results import KeyAge

# what nobody replaces by itself is due after this time
_FINGERPRINT = re.compile("([0-9A-F]{4} ){15}[0-9A-F]{4}")
DUE_AFTER = timedelta(days=180)


def key_ages(host: Host, service: Service) -> tuple[KeyAge, ...]:
    """Give the ages of all keys, as `status` lists them."""
    signing = host.secrets.stored_at(AGENT_KEYS)
    return (
        KeyAge("signing_key", Text("Signing key"), signing),
        sealing_key(service),
        shared_keys(host),
        directory_password(host),
        portal_keys(service),
    )


def sealing_key(service: Service) -> KeyAge:
    """Say how old the key is that portals seal to, as the agent tells it."""
    told = _part(service, "sealing_key")
    since, following = time_of(told.get("made")), time_of(told.get("next"))
    return KeyAge("sealing_key", Text("Sealing key"), since, following)


def shared_keys(host: Host) -> KeyAge:
    """Say how old the keys are that the relay knows too."""
    since = host.secrets.stored_at(LISTEN_KEY)
    return KeyAge("shared_keys", Text("Keys shared with the relay"), since, _due(since))


def directory_password(host: Host) -> KeyAge:
    """Say how old the password of the agent's account is."""
    since = host.secrets.stored_at(DIRECTORY_PASSWORD)
    return KeyAge("directory_password", Text("Directory password"), since, _due(since))


def portal_keys(service: Service) -> KeyAge:
    """Say since when the portal has its keys, where it has others than at enrolment."""
    told = _part(service, "portal")
    since, until = time_of(told.get("since")), time_of(told.get("former_until"))
    detail = Text("fingerprint {fingerprint}", fingerprint=_fingerprint(told))
    if until is not None:
        detail = Text(
            "{fingerprint}; its former keys are good too, until {day} at most",
            fingerprint=detail,
            day=day(until),
        )
    return KeyAge("portal_keys", Text("Portal's keys"), since, detail=detail)


def _fingerprint(told: Mapping[str, Any]) -> str:
    shown = str(told.get("fingerprint"))
    return shown if _FINGERPRINT.fullmatch(shown) else ""


def _due(since: datetime | None) -> datetime | None:
    return None if since is None else since + DUE_AFTER


def _part(service: Service, name: str) -> Mapping[str, Any]:
    part = service.status.get(name)
    return part if isinstance(part, dict) else {}
