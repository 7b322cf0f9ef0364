"""A typing mistake is found before a change; what was not reached is not stuck."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest

from agent.config import secret_store as kept
from agent.config.settings import Settings
from agent.config.settings_file import dump
from tests.unit.wizard.answered import CODE
from tests.unit.wizard.fake_host import FakeHost, on
from tests.unit.wizard.steps.installation import changed
from wire.secret import Secret
from wire.text import Text
from wizard.controller import changes as carrying_out
from wizard.controller import preflight
from wizard.controller.controller import Controller
from wizard.inputs import AdminCredentials, Inputs
from wizard.plan import journal
from wizard.plan.change import ApplyError, Change, Plan, StepFailed, allow_all
from wizard.plan.step import Target
from wizard.steps.enrolment import EnrolmentChange, EnrolmentStep, Undo
from wizard.steps.keys import Keys
from wizard.steps.settings_file import SettingsFile

INPUTS = Inputs(enrolment_code=Secret(CODE))
ADMIN = AdminCredentials("administrator@corp.test", Secret("Adm1n-Passw0rd"))


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path / "machine")


@contextmanager
def closed_port() -> Iterator[int]:
    """A port that nobody listens on, and nobody else is given meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def enrolling(host: FakeHost, settings: Settings) -> Plan:
    """The plan of keys and an enrolment, as a first installation begins."""
    (keys,) = Keys().plan(Target(settings, on(host)))
    planned = EnrolmentChange(settings.relay, settings.agent, Undo.WITHDRAW)
    enrols = Change("enrolment", Text("Enrols the agent"), None, planned.facts())
    return Plan(settings, (keys, enrols))


def apply(host: FakeHost, plan: Plan, inputs: Inputs = INPUTS) -> None:
    changes = Controller(host, allow_all).changes
    changes.apply(plan, inputs, lambda _progress: None, threading.Event())


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://127.0.0.1:{port}", r"Connection: No connection to port \d+:"),
        ("https://relay.invalid:{port}", r"Name of the relay: relay\.invalid can't"),
    ],
)
def test_an_address_of_no_relay_begins_nothing(
    host: FakeHost, address: str, why: str
) -> None:
    with closed_port() as port:
        settings = changed(relay={"url": address.format(port=port)})
        with pytest.raises(StepFailed, match=why) as raised:
            apply(host, enrolling(host, settings))
    assert "Nothing was changed." in str(raised.value)
    assert not host.places.journal.exists()
    assert host.secrets.get(kept.AGENT_KEYS) is None


def test_a_relay_that_was_never_reached_is_nothing_to_be_stuck_at(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answered when it was tried, and went away before the change."""
    monkeypatch.setattr(carrying_out, "refuse_unready", lambda *_: None)
    with closed_port() as port:
        settings = changed(relay={"url": f"https://127.0.0.1:{port}"})
        with pytest.raises(ApplyError, match="did not answer") as raised:
            apply(host, enrolling(host, settings))
    assert raised.value.stuck == ()
    assert [change.step for change in raised.value.undone] == ["keys"]
    assert journal.find_open(host.places.journal) is None
    assert host.secrets.get(kept.AGENT_KEYS) is None


def test_a_controller_that_was_never_reached_is_nothing_to_be_stuck_at(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying_out, "refuse_unready", lambda *_: None)
    monkeypatch.setattr(carrying_out, "prove_admin", lambda *_: None)
    with closed_port() as port:
        where = [{"host": "dc1.corp.test", "address": "127.0.0.1"}]
        settings = changed(directory={"controllers": where, "port": port})
        directory = settings.directory.model_dump(mode="json")
        after = {"kind": "new", "directory": directory, "stored": False}
        makes = Change("account", Text("Creates"), None, after, needs_admin=True)
        with pytest.raises(ApplyError) as raised:
            apply(host, Plan(settings, (makes,)), Inputs(admin=ADMIN))
    assert raised.value.stuck == ()
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) is None


def test_a_removal_asks_no_relay(host: FakeHost) -> None:
    """It ends without one: the relay's owner is told to forget the agent."""
    host.write(host.places.enrolment, "{}")
    plan = Plan(None, tuple(EnrolmentStep().plan_removal(on(host))))
    apply(host, plan)
    assert host.read(host.places.enrolment) is None


class EmptyDirectory:
    """Answers every search, and has nobody."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def search(self, *_: object, **__: object) -> Iterator[object]:
        return iter(())


@pytest.mark.parametrize(
    ("scope", "why"),
    [
        ({"pilot_group": "CN=Piolt,DC=corp,DC=test"}, "Pilot group: No groups are"),
        (
            {"pilot_group": None, "deny_list": ["CN=Baord,DC=corp,DC=test"]},
            "Deny list: CN=Baord,DC=corp,DC=test: There is nobody",
        ),
    ],
)
def test_whom_the_settings_name_and_nobody_is_begins_nothing(
    host: FakeHost,
    monkeypatch: pytest.MonkeyPatch,
    scope: dict[str, object],
    why: str,
) -> None:
    monkeypatch.setattr(preflight, "as_either", lambda *_: EmptyDirectory())
    settings = changed(scope=scope)
    changes = SettingsFile().plan(Target(settings, on(host)))
    with pytest.raises(StepFailed, match=why):
        preflight.refuse_unknown_names(Plan(settings, tuple(changes)), on(host))


def test_names_that_are_in_force_are_not_looked_up_again(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writeback is turned off while no controller answers."""
    monkeypatch.delattr(preflight, "as_either")
    pilot = {"pilot_group": "CN=Pilot,DC=corp,DC=test"}
    settings = changed(scope=pilot)
    (change,) = SettingsFile().plan(Target(settings, on(host)))
    monkeypatch.setattr(preflight, "applied_settings", lambda _: dump(settings))
    off = changed(scope=pilot, features={"password_writeback": False})
    preflight.refuse_unknown_names(Plan(off, (change,)), on(host))


@pytest.mark.parametrize("name", ["relay", "directory"])
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "is not there"),
        ("", "it holds no certificate in PEM"),
        ("no certificate", "it holds no certificate in PEM"),
        (Path, "it is no regular file"),
    ],
)
def test_a_file_of_certificates_that_is_none_is_named_with_its_setting(
    host: FakeHost, tmp_path: Path, name: str, content: object, why: str
) -> None:
    ca = tmp_path / "ca.pem"
    if isinstance(content, str):
        ca.write_text(content)
    elif content is Path:
        ca.mkdir()
    settings = changed(**{name: {"ca": str(ca)}})
    plan = Controller(host, allow_all).changes.plan
    with pytest.raises(StepFailed, match=f"{name}.ca: {ca}.*{why}"):
        plan(settings, INPUTS)
