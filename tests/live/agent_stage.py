"""A whole agent but for its link, on the lab's controller, and a portal for it."""

import base64
import json
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agent import messages
from agent.audit import Audit
from agent.certificates import Endpoint
from agent.domain import Domain
from agent.handler import Handler, Health, Identity
from agent.keys import PrivateKeys
from agent.ledger import Ledger
from agent.limits import Rate
from agent.link import RelayRequest
from agent.messages import Portal
from agent.places import Places
from agent.pool import Pool, Target
from agent.secret import Secret
from agent.settings import Settings, validate
from agent.stages import Tools
from tests.lab import Lab

AGENT = "agent-1"
ISSUER = "https://portal.corp.test"
SELF_TEST = f"urn:writeback:self-test:{AGENT}"
CANARY = "Canary-7f3a-Passw0rd!"


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
        "limits": {"per_minute": 100_000, "per_user_per_hour": 1000},
    }
    for name, change in changes.items():
        plain[name] = plain.get(name, {}) | change
    return validate(plain)


@dataclass
class Stage:
    """The agent's parts, its files, and the portal's keys."""

    lab: Lab
    home: Path
    settings: Settings
    account: str = "svc-existing"
    endpoints: tuple[Endpoint, ...] = ()
    keys: PrivateKeys = field(default_factory=PrivateKeys.generate)
    portal: PrivateKeys = field(default_factory=PrivateKeys.generate)
    tester: PrivateKeys = field(default_factory=PrivateKeys.generate)

    def __post_init__(self) -> None:
        places = Places.below(self.home)
        self.places = places
        lab, account = self.lab, self.lab.accounts[self.account]
        endpoint = Endpoint(lab.host, lab.address, 636, lab.ca)
        self.pool = Pool(
            Target(
                self.endpoints or (endpoint,),
                lab.base_dn,
                account["upn"],
                Secret(account["password"]),
            )
        )
        self.tools = Tools(
            settings=self.settings,
            pool=self.pool,
            domain=Domain(self.settings),
            ledger=Ledger(places.ledger),
            rate=Rate(self.settings.limits.per_minute),
            self_tests=SELF_TEST,
        )
        self.handler = self._handler()

    def _handler(self) -> Handler:
        portals = {
            keys.public.signing.thumbprint(): Portal(issuer, keys.public)
            for issuer, keys in ((ISSUER, self.portal), (SELF_TEST, self.tester))
        }
        return Handler(
            Identity(AGENT, self.keys, portals),
            self.tools,
            Audit(self.places.audit),
            health=lambda: Health(ready=True, directory=True),
        )

    def close(self) -> None:
        self.handler.close()
        self.pool.close()
        self.tools.ledger.close()

    def with_settings(self, **changes: Any) -> None:
        """Go on with other settings, as after a restart."""
        self.settings = settings_for(self.lab, **changes)
        self.tools = replace(
            self.tools,
            settings=self.settings,
            domain=Domain(self.settings),
            rate=Rate(self.settings.limits.per_minute),
        )
        self.handler.close()
        self.handler = self._handler()

    def claims(self, op: str, key: str, **more: Any) -> dict[str, Any]:
        now = int(time.time())
        person = self.lab.people[key]
        head = {
            "iss": ISSUER,
            "aud": AGENT,
            "iat": now,
            "exp": now + 60,
            "jti": messages.new_jti(),
            "op": op,
            "user": {"by": "objectGUID", "value": person["objectGUID"]},
        }
        return head | more

    def token(self, op: str, key: str, **more: Any) -> bytes:
        return self.seal(self.claims(op, key, **more))

    def seal(self, claims: dict[str, Any], keys: PrivateKeys | None = None) -> bytes:
        return messages.seal_request(claims, keys or self.portal, self.keys.public)

    def send(self, token: bytes) -> dict[str, Any]:
        """Post a token and open the answer, or read the error."""
        response = self.handler.answer(
            RelayRequest("POST", f"/{AGENT}/resets", {}, token)
        )
        public = self.keys.public
        if response.status == 400:
            kind = "writeback-error+jwt"
            return messages.read_signed(response.body, public, kind)
        assert response.status == 200
        for keys in (self.portal, self.tester):
            kid = keys.public.sealing.thumbprint()
            head = response.body.partition(b".")[0]
            if json.loads(base64.urlsafe_b64decode(head + b"=="))["kid"] == kid:
                return messages.open_answer(response.body, keys, public)
        raise AssertionError("sealed for nobody here")

    def ask(self, op: str, key: str, **more: Any) -> dict[str, Any]:
        return self.send(self.token(op, key, **more))

    def reset(self, key: str, password: str = CANARY, **more: Any) -> dict[str, Any]:
        return self.ask("reset", key, new_password=password, **more)

    def records(self) -> list[dict[str, Any]]:
        """The audit records so far."""
        text = self.places.audit.read_text()
        return [json.loads(line) for line in text.splitlines()]
