"""What is read of an agent's health on a machine, where parts of it are not there."""

import socket
import threading
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from agent.audit.trail import Trail
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.controller.test_controller import MAKES, STARTS, apply
from tests.unit.wizard.fake_host import FakeHost
from tests.unit.wizard.health.staged import answered
from tests.unit.wizard.ui.fake import unknown_authority
from wizard.controller import health
from wizard.controller.controller import Controller
from wizard.permissions.people_search import FoundPerson
from wizard.plan.change import StepFailed, allow_all


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    made = FakeHost(tmp_path / "machine")
    apply(Controller(made, allow_all), MAKES, STARTS)
    return made


@pytest.fixture
def controller(host: FakeHost) -> Controller:
    return Controller(host, allow_all)


def test_nothing_installed_is_nothing_read(tmp_path: Path) -> None:
    assert Controller(FakeHost(tmp_path), allow_all).health.read() is None


def test_status_and_records_are_read_and_no_secret_is_opened(
    host: FakeHost, controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail = Trail(host.places.audit, host.places.audit_head)
    trail.add(answered(datetime.now().astimezone()))
    trail.close()
    monkeypatch.setattr(host.secrets, "get", None)
    found = controller.health.read()
    assert found is not None
    assert found.installed.settings == SETTINGS
    assert found.installed.status.running
    assert found.week.days[-1].counts.done == 1


def test_records_that_can_not_be_read_do_not_hide_the_rest(
    host: FakeHost, controller: Controller
) -> None:
    host.places.audit.parent.mkdir(parents=True, exist_ok=True)
    host.places.audit.mkdir()
    found = controller.health.read()
    assert found is not None
    assert found.week.trouble
    assert len(found.week.days) == 7


def test_people_are_not_counted_without_the_accounts_password(
    controller: Controller,
) -> None:
    with pytest.raises(StepFailed, match="not stored here"):
        controller.health.count_people(
            report=lambda _people: None, stop=threading.Event()
        )


def test_each_controller_that_does_not_answer_says_why(
    controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_given: object) -> None:
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", refused)
    found = controller.health.certificates()
    assert [each.host for each in found] == ["dc1.corp.test", "dc2.corp.test"]
    assert all("No TLS connection" in each.trouble for each in found)
    assert all("firewall" in each.remedy for each in found)


def test_one_of_an_unknown_authority_is_to_be_compared_and_trusted(
    controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shown,) = unknown_authority().controllers
    monkeypatch.setattr(health, "see_certificate", lambda *_given: shown)
    first, *_ = controller.health.certificates()
    assert first.distrust == "unable to get local issuer certificate"
    assert "compare the fingerprint of its certificate authority" in first.remedy


def test_the_answers_about_a_person_are_found_in_the_records(
    host: FakeHost, controller: Controller
) -> None:
    trail = Trail(host.places.audit, host.places.audit_head)
    now = datetime.now().astimezone()
    trail.add(answered(now, "too_short"))
    trail.add(answered(now, person="beat.graf@corp.test"))
    trail.close()
    anna = FoundPerson("CN=x", UUID(int=1), "Anna", "", ("anna.keller@corp.test",))
    found = controller.health.answers_about(anna)
    assert [answer.code for answer in found.answers] == ["too_short"]
    assert not found.trouble


def test_records_that_can_not_be_read_are_no_answers(
    host: FakeHost, controller: Controller
) -> None:
    host.places.audit.parent.mkdir(parents=True, exist_ok=True)
    host.places.audit.mkdir()
    anna = FoundPerson("CN=x", UUID(int=1), "Anna", "")
    assert controller.health.answers_about(anna).trouble
