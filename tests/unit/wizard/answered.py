"""Settings and answers as an administrator would give them, for tests."""

from typing import Any

from agent.config.settings import DomainController, Settings
from agent.config.settings_file import validate
from wire.enrolment_code import EnrolmentCode
from wire.secret import Secret
from wizard.flow.defaults import defaults
from wizard.flow.model import Answers
from wizard.flow.route import route

CANARY = "Canary-7f3a-Passw0rd!"
# how the fingerprint of the portal's key begins: the second half of the code
BEGINS = "2E71 B0C4 98AD 3F16 D25C 6E0B A7F3 1148"
CODE = EnrolmentCode(b"s" * 16, bytes.fromhex(BEGINS)).text
# a proxy that asks CORP\svc for a password
BEHIND = "http://CORP%5Csvc@proxy.corp.test:3128"

EXPRESS: dict[str, Any] = {
    "mode": "express",
    "relay.url": "https://relay.corp.test",
    "input.enrolment_code": Secret(CODE),
    "agent": "sync-01",
    "directory.domain": "corp.test",
    "directory.controllers": (
        DomainController(host="dc1.corp.test", address="127.0.0.5"),
        DomainController(host="dc2.corp.test"),
    ),
    "directory.account.kind": "new",
    "directory.account.name": "svc-writeback",
    "directory.account.container": "CN=Users,DC=corp,DC=test",
    "input.admin_user": "administrator@corp.test",
    "input.admin_password": Secret(CANARY),
}

SETTINGS: Settings = validate(
    {
        "version": 1,
        "agent": "sync-01",
        "relay": {"url": "https://relay.corp.test"},
        "directory": {
            "domain": "corp.test",
            "controllers": [
                {"host": "dc1.corp.test", "address": "127.0.0.5"},
                {"host": "dc2.corp.test"},
            ],
            "account": {
                "kind": "new",
                "name": "svc-writeback",
                "container": "CN=Users,DC=corp,DC=test",
            },
        },
        "scope": {
            "containers": ["OU=People,DC=corp,DC=test"],
            "pilot_group": "CN=Pilot,OU=Groups,DC=corp,DC=test",
        },
    }
)


def express(**changes: Any) -> Answers:
    """Answer as in Express; a path of the changes has `__` for each dot."""
    values = {key.replace("__", "."): value for key, value in changes.items()}
    return Answers().having({**defaults(), **EXPRESS, **values})


def ids(answers: Answers) -> list[str]:
    return [page.id for page in route(answers)]
