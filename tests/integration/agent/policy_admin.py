"""Sets policies, password settings objects and users on the lab's controller."""

from datetime import timedelta
from typing import Any

import ldap3
from ldap3.protocol.microsoft import security_descriptor_control

from agent.acl.ace import Ace
from agent.acl.descriptor import add_ace, parse
from tests.integration.agent.policy_cases import DAY, Linked, Rules

DACL = security_descriptor_control(sdflags=4)
NEVER = -0x8000000000000000


def ticks(span: timedelta | None) -> int:
    return NEVER if span is None else -(span // timedelta(microseconds=1)) * 10


class Admin:
    """Writes as administrator, and only what is not so already."""

    def __init__(self, link: Any, base: str) -> None:
        self._link, self.base = link, base
        self._known: dict[tuple[str, str], list[bytes]] = {}

    def set(self, dn: str, values: dict[str, list[bytes]]) -> None:
        new = {k: v for k, v in values.items() if self._known.get((dn, k)) != v}
        if new:
            changes = {k: [(ldap3.MODIFY_REPLACE, v)] for k, v in new.items()}
            self._link.modify(dn, changes)
            self._known.update({(dn, k): v for k, v in new.items()})

    def always(self, dn: str, name: str, value: int) -> None:
        change = [(ldap3.MODIFY_REPLACE, [str(value).encode()])]
        self._link.modify(dn, {name: change})

    def add(self, dn: str, kind: str, values: dict[str, Any]) -> None:
        self._link.add(dn, kind, values)

    def password(self, dn: str, password: str) -> None:
        accounts_own = f'"{password}"'.encode("utf-16-le")
        change = [(ldap3.MODIFY_REPLACE, [accounts_own])]
        self._link.modify(dn, {"unicodePwd": change})

    def read(self, dn: str, name: str, controls: Any = None) -> list[bytes]:
        self._link.search(
            dn, "(objectClass=*)", "BASE", attributes=[name], controls=controls
        )
        found: list[bytes] = self._link.response[0]["raw_attributes"][name]
        return found

    def add_aces(self, dn: str, aces: list[Ace]) -> None:
        held = parse(self.read(dn, "nTSecurityDescriptor", DACL)[0])
        for ace in aces:
            held = add_ace(held, ace)
        change = [(ldap3.MODIFY_REPLACE, [held.to_bytes()])]
        self._link.modify(dn, {"nTSecurityDescriptor": change}, controls=DACL)


def domain_values(rules: Rules, age: timedelta) -> dict[str, list[bytes]]:
    lock = ticks(rules.lock)
    numbers = {
        "minPwdLength": rules.length,
        "pwdProperties": int(rules.complexity),
        "pwdHistoryLength": rules.history,
        "minPwdAge": ticks(age),
        "maxPwdAge": ticks(rules.expires),
        "lockoutThreshold": rules.threshold,
        "lockoutDuration": lock,
        "lockOutObservationWindow": max(lock, ticks(DAY)),
    }
    return {name: [str(value).encode()] for name, value in numbers.items()}


def settings_values(linked: Linked, age: timedelta) -> dict[str, list[bytes]]:
    rules = linked.rules
    lock = ticks(rules.lock)
    values = {
        "msDS-MinimumPasswordLength": rules.length,
        "msDS-PasswordComplexityEnabled": str(rules.complexity).upper(),
        "msDS-PasswordHistoryLength": rules.history,
        "msDS-MinimumPasswordAge": ticks(age),
        "msDS-MaximumPasswordAge": ticks(rules.expires),
        "msDS-LockoutThreshold": rules.threshold,
        "msDS-LockoutDuration": lock,
        "msDS-LockoutObservationWindow": max(lock, ticks(DAY)),
        "msDS-PasswordSettingsPrecedence": linked.precedence,
    }
    return {name: [str(value).encode()] for name, value in values.items()}
