"""A relay that enrols, withdraws and knows its code, without a network."""

from collections.abc import Mapping
from typing import Any

import pytest

from agent.config.settings import Settings
from agent.relay_client.endpoint import RelayEndpoint
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wire.enrolment_code import RelayHalf
from wire.keys import PrivateKeys
from wire.portal_statement import PortalStatement
from wire.secret import Secret
from wizard.enrolment.relay_client import Application, RelayFailed
from wizard.inputs import Inputs
from wizard.plan.change import Change
from wizard.plan.step import Target
from wizard.steps.enrolment import EnrolmentStep

ISSUER = "https://portal.corp.test"
PORTAL_KEYS = PrivateKeys.generate()
STATEMENT = PortalStatement.sign(ISSUER, PORTAL_KEYS, 1_800_000_000)


CODE = RelayHalf(b"s" * 16).joined(STATEMENT.digest)


class FakeRelay:
    """Answers as a relay would, with the statement it is given."""

    def __init__(self, statement: object = STATEMENT.token, **answer: object) -> None:
        self.answer = {"portal": statement} | answer
        self.agents: set[str] = set()
        self.addresses: set[str] = set()  # that lead to where the code is known
        self.keys: dict[str, object] = {}
        self.withdrawn: list[tuple[str, str]] = []
        self.fails: RelayFailed | None = None
        self.ahead: float | None = None  # this machine's clock

    def enrol(self, _relay: object, application: Application) -> Mapping[str, Any]:
        if self.fails:
            raise self.fails
        key = application.keys.public.fingerprint
        if self.keys.get(application.agent, key) != key:
            raise RelayFailed(409, "Another agent has the name.", "Forget it.")
        self.keys[application.agent] = key
        self.agents.add(application.agent)
        names = {"listen_key_name": "listen", "test_key_name": "self-test"}
        return {"connection": application.agent} | names | self.answer

    def withdraw(self, way: RelayEndpoint, agent: str, keys: PrivateKeys) -> None:
        if self.fails:
            raise self.fails
        if self.keys.get(agent, keys.public.fingerprint) != keys.public.fingerprint:
            return
        self.withdrawn.append((way.relay.url, agent))
        self.agents.discard(agent)
        self.keys.pop(agent, None)

    def knows(self, way: RelayEndpoint, lookup: str) -> bool:
        assert lookup == CODE.lookup
        return way.relay.url in self.addresses

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
