"""A relay that enrols, withdraws and knows its code, without a network."""

from collections.abc import Mapping
from typing import Any

import pytest

from agent.config.settings import Settings
from agent.relay_client.endpoint import RelayEndpoint
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wire.enrolment_code import EnrolmentCode
from wire.keys import PrivateKeys, fingerprint_digest
from wire.secret import Secret
from wizard.enrolment.relay_client import Application, RelayFailed
from wizard.inputs import Inputs
from wizard.plan.change import Change
from wizard.plan.step import Target
from wizard.steps.enrolment import EnrolmentStep

PORTAL = PrivateKeys.generate().public


CODE = EnrolmentCode(b"s" * 16, fingerprint_digest(PORTAL.jwks())[:16])


class FakeRelay:
    """Answers as a relay would, with the keys it is given."""

    def __init__(self, keys: Any = None) -> None:
        self.portal = {
            "issuer": "https://portal.corp.test",
            "keys": keys or PORTAL.jwks(),
        }
        self.agents: set[str] = set()
        self.addresses: set[str] = set()  # that lead to where the code is known
        self.keys: dict[str, object] = {}
        self.withdrawn: list[tuple[str, str]] = []
        self.fails: RelayFailed | None = None
        self.ahead: float | None = None  # this machine's clock

    def enrol(self, _relay: object, application: Application) -> Mapping[str, Any]:
        if self.fails:
            raise self.fails
        if self.keys.get(application.agent, application.keys) != application.keys:
            raise RelayFailed(409, "Another agent has the name.", "Forget it.")
        self.keys[application.agent] = application.keys
        self.agents.add(application.agent)
        return {
            "connection": application.agent,
            "listen_key_name": "listen",
            "test_key_name": "self-test",
            "portal": self.portal,
        }

    def withdraw(
        self, route: RelayEndpoint, agent: str, _key: Secret, _name: str
    ) -> None:
        if self.fails:
            raise self.fails
        self.withdrawn.append((route.relay.url, agent))
        self.agents.discard(agent)
        self.keys.pop(agent, None)

    def knows(self, route: RelayEndpoint, lookup: str) -> bool:
        assert lookup == CODE.lookup
        return route.relay.url in self.addresses

    def installed(self, monkeypatch: pytest.MonkeyPatch) -> "FakeRelay":
        for module in ("wizard.steps.enrolment", "wizard.enrolment.withdrawal"):
            monkeypatch.setattr(f"{module}.knows", self.knows)
            monkeypatch.setattr(f"{module}.withdraw", self.withdraw)
        monkeypatch.setattr("wizard.steps.enrolment.enrol", self.enrol)
        clock = "wizard.steps.enrolment.clock_ahead"
        monkeypatch.setattr(clock, lambda _way, _seconds: self.ahead)
        return self


def enrolling(host: FakeHost, settings: Settings = SETTINGS) -> tuple[Change, Any]:
    context = on(host, Inputs(enrolment_code=Secret(CODE.text)))
    (change,) = EnrolmentStep().plan(Target(settings, context))
    return change, context
