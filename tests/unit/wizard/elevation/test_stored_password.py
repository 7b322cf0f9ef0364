"""What is stored for the agent goes to the controllers in force, whoever asks."""

import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.config import secret_store as kept
from agent.config.settings import DirectorySettings, Relay, Settings
from agent.config.settings_file import dump, validate
from agent.ldap.certificates import Endpoint
from agent.ldap.errors import Unreachable
from agent.relay_client.endpoint import RelayEndpoint
from tests.fixtures.certificate_chain import issued
from tests.unit.wizard.answered import BEHIND, CANARY, SETTINGS
from tests.unit.wizard.elevation.bus import FakePolkit
from tests.unit.wizard.elevation.conftest import ServiceStage
from tests.unit.wizard.fake_host import FakeHost
from wire.secret import Secret
from wire.text import Text
from wizard.checks.table import CHECKS
from wizard.controller.controller import Controller
from wizard.elevation.dbus.client import ServiceClient
from wizard.elevation.methods import NAMES, Method, method_of
from wizard.elevation.remote_controller import remote_controller
from wizard.enrolment.relay_client import RelayFailed
from wizard.flow.pages.self_service import GROUPS
from wizard.inputs import AdminCredentials, Draft, Inputs, SelfServiceDraft
from wizard.plan.change import Change, Plan, StepFailed, allow_all

EVIL = {"host": "evil.example"}
IN_FORCE = SETTINGS.directory.model_dump(mode="json")["controllers"]
EXISTING = {"kind": "existing", "name": "svc-writeback@corp.test"}
OTHERWISE: dict[str, dict[str, Any]] = {
    "another controller": {"controllers": [EVIL]},
    "one more": {"controllers": [*IN_FORCE, EVIL]},
    "another address": {"controllers": [IN_FORCE[1] | {"address": "192.0.2.7"}]},
    "another port": {"port": 6636},
    "another CA": {"ca": "/home/ada/ca.pem"},
    "one authority more": {"ca_certificate": issued("Evil CA").pem},
    "another domain": {"domain": "evil.example", "account": EXISTING},
    "of an existing account": {"controllers": [EVIL], "account": EXISTING},
}


def having(**parts: Any) -> Settings:
    plain = SETTINGS.model_dump(mode="json")
    plain["directory"] |= parts
    return validate(plain)


@pytest.fixture
def host(tmp_path: Path, stage: ServiceStage) -> FakeHost:
    """A machine with an installation, behind the service."""
    host = FakeHost(tmp_path / "machine")
    host.write(host.places.settings, dump(SETTINGS))
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret(CANARY))
    stage.host = host
    return host


@pytest.fixture
def contacted(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whom the password was sent to; none of them answers."""
    contacted: list[str] = []

    def connect(where: Endpoint, _user: str, password: Secret) -> None:
        assert password == Secret(CANARY)
        contacted.append(where.host)
        raise Unreachable(where.host, Text("no answer"), Text("look at it"))

    monkeypatch.setattr("wizard.directory.sign_in.connect", connect)
    monkeypatch.setattr("wizard.checks.controller_probe.connect", connect)
    monkeypatch.setattr("wizard.checks.directory.see_certificate", lambda f, _: f)
    return contacted


def signing_in() -> list[str]:
    """Name what takes a directory to sign in to, and only looks: each check too."""
    rows = [method_of(name) for name in NAMES]
    takes = [
        row
        for row in rows
        if {Settings, DirectorySettings, Draft, Plan} & {*row.open.values()}
    ]
    names = [row.name for row in takes if row.action == "look"]
    names.remove("checks.run")
    return [*names, *(f"checks.run {name}" for name in CHECKS if name != "relay")]


def arguments_of(row: Method, settings: Settings, check: str) -> dict[str, Any]:
    """Give arguments of the types that a method takes."""
    containers = settings.scope.containers
    draft = replace(
        Draft(settings.relay, settings.directory, containers, "mail", "ada"),
        self_service=SelfServiceDraft(
            {GROUPS: ("ada",)},
            2,
            ("totp", "email"),
            peers=({"fingerprint": "8A2E", "until": "2027-06-30"},),
        ),
    )
    change = Change("grants", Text("Grants"), None, {"container": "OU=x", "rights": []})
    values: dict[str, Any] = {
        "settings": settings,
        "directory": settings.directory,
        "inputs": Inputs(),
        "plan": Plan(settings, (change,)),
        "name": check,
        "draft": draft,
        "by": None,
        **dict.fromkeys(("parent_dn", "value", "text", "container", "words"), "ada"),
        "names": ("ada",),
        "scope": settings.scope,
        "stop": threading.Event(),
    }
    names = (*row.open, *row.sealed, *(("stop",) if row.stops else ()))
    reports: dict[str, Any] = dict.fromkeys(row.reports, lambda _value: None)
    return {name: values[name] for name in names} | reports


def ask(calling: ServiceClient, name: str, settings: Settings, inputs: Inputs) -> str:
    """Ask a method; give the error in words, empty for none."""
    name, _, check = name.partition(" ")
    row = method_of(name)
    try:
        calling.ask(row, arguments_of(row, settings, check) | {"inputs": inputs})
    except (StepFailed, Unreachable) as error:
        return str(error)
    return ""


@pytest.fixture
def calling(remote: Controller, calling: ServiceClient) -> ServiceClient:
    """The way to a service that runs."""
    assert remote is not None
    return calling


@pytest.mark.parametrize("otherwise", OTHERWISE)
def test_who_may_only_look_has_it_sent_nowhere_else(
    calling: ServiceClient, polkit: FakePolkit, contacted: list[str], otherwise: str
) -> None:
    polkit.says_of_changing = "no"
    wanted = having(**OTHERWISE[otherwise])
    refusals = {name: ask(calling, name, wanted, Inputs()) for name in signing_in()}
    assert contacted == []
    new = wanted.directory.account.kind == "new"
    remedy = (
        "Give an administrator of the domain" if new else "Give the account's password"
    )
    assert re.search(
        f"controllers in force.*{remedy}, or", refusals["checks.containers"]
    )
    # the one tells it in a row, the other signs in nowhere
    assert [name for name, text in refusals.items() if not text] == [
        *("installation.verify", "checks.run controllers"),
    ]


@pytest.mark.parametrize("spoilt", ["removed", "torn"])
def test_where_nothing_is_known_to_be_in_force_it_is_sent_nowhere(
    calling: ServiceClient,
    polkit: FakePolkit,
    contacted: list[str],
    host: FakeHost,
    spoilt: str,
) -> None:
    polkit.says_of_changing = "no"
    if spoilt == "torn":
        host.write(host.places.settings, "version: 1\nagent")
    else:
        host.remove(host.places.settings)
    for name in signing_in():
        ask(calling, name, SETTINGS, Inputs())
    assert contacted == []


@pytest.mark.parametrize("settings", [SETTINGS, having(controllers=IN_FORCE[1:])])
def test_who_may_look_has_it_used_where_it_is_in_force(
    calling: ServiceClient, polkit: FakePolkit, contacted: list[str], settings: Settings
) -> None:
    polkit.says_of_changing = "no"
    there = [controller.host for controller in settings.directory.controllers]
    assert "no answer" in ask(calling, "checks.containers", settings, Inputs())
    assert contacted == there
    assert "org.writeback.change" not in {action for _, action, *_ in polkit.questions}


def test_who_may_change_has_it_used_for_what_is_to_come(
    calling: ServiceClient, polkit: FakePolkit, contacted: list[str]
) -> None:
    wanted = having(controllers=[EVIL])
    assert "no answer" in ask(calling, "permissions.coverage", wanted, Inputs())
    assert contacted == ["evil.example"]
    # once for a call, as whoever types a password for it would see
    actions = [action for _, action, *_ in polkit.questions]
    assert actions == ["org.writeback.look", "org.writeback.change"]


def test_what_is_given_is_used_without_asking(
    calling: ServiceClient, polkit: FakePolkit, contacted: list[str]
) -> None:
    polkit.says_of_changing = "no"
    wanted = having(controllers=[EVIL], account=EXISTING)
    own = Inputs(account_password=Secret(CANARY))
    admin = Inputs(AdminCredentials("admin@corp.test", Secret(CANARY)))
    assert "no answer" in ask(calling, "checks.containers", wanted, own)
    assert "no answer" in ask(calling, "checks.containers", wanted, admin)
    assert contacted == ["evil.example", "evil.example"]


def test_root_itself_is_asked_nothing(host: FakeHost, contacted: list[str]) -> None:
    wanted = having(controllers=[EVIL])
    with pytest.raises(Unreachable):
        Controller(host, allow_all).checks.containers(
            wanted.directory, Inputs(), "", threading.Event()
        )
    assert contacted == ["evil.example"]


@pytest.mark.parametrize("proxy", [BEHIND, BEHIND.replace("proxy.", "evil.")])
def test_the_proxys_password_goes_to_the_proxy_in_force(
    calling: ServiceClient, host: FakeHost, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    endpoints: list[RelayEndpoint] = []

    def ask(endpoint: RelayEndpoint, *_: object) -> None:
        endpoints.append(endpoint)
        raise RelayFailed(0, "The relay was not reached.", "Look at it.")

    monkeypatch.setattr("wizard.checks.relay.ask", ask)
    relay = SETTINGS.relay.model_copy(update={"proxy": BEHIND})
    host.write(host.places.settings, dump(SETTINGS.model_copy(update={"relay": relay})))
    host.secrets.put(kept.PROXY_PASSWORD, Secret(CANARY))
    evil = Relay(url="https://relay.evil.example", proxy=proxy)
    run = remote_controller(calling).checks.run
    run("relay", Draft(evil), Inputs(), threading.Event(), lambda _: None)
    known = Secret(CANARY) if proxy == BEHIND else None
    assert endpoints == [RelayEndpoint(evil, known)]
