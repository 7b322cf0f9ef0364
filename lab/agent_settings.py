"""Settings of an agent on the lab's controller, with an account that is there."""

from typing import Any

from agent.config.settings import Settings
from agent.config.settings_file import validate
from lab.controller import Lab

AGENT = "agent-1"


def settings_for(lab: Lab, **changes: Any) -> Settings:
    """Settings as a wizard would write them; changes replace whole parts."""
    plain: dict[str, Any] = {
        "version": 1,
        "agent": AGENT,
        "relay": {"url": "https://relay.corp.test"},
        "directory": {
            "domain": lab.realm,
            "controllers": [{"host": lab.host, "address": lab.address}],
            "ca": str(lab.ca),
            "account": {
                "kind": "existing",
                "name": lab.accounts["svc-existing"]["upn"],
            },
        },
        "scope": {"containers": [f"OU=People,{lab.base_dn}"]},
        "limits": {
            "per_minute": 100_000,
            "checks_per_minute": 100_000,
            "people_per_five_minutes": 100_000,
            "per_user_per_hour": 1000,
        },
    }
    for name, change in changes.items():
        plain[name] = plain.get(name, {}) | change
    return validate(plain)
