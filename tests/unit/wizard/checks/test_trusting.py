"""The page's check of a controller whose authority is not known here, and then is."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.config.settings import DirectorySettings, DomainController
from lab.authority import make_authority
from tests.fixtures.certificate_chain import Enterprise, enterprise, issued
from tests.fixtures.ldap_server import HOST, LdapServer, serving
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wizard.checks import controllers
from wizard.checks.outcome import Outcome
from wizard.directory.discovery import Answer
from wizard.inputs import Draft


@pytest.fixture
def corp() -> Enterprise:
    return enterprise()


@pytest.fixture
def server(tmp_path: Path, corp: Enterprise) -> Iterator[LdapServer]:
    other = make_authority(tmp_path / "other").certificate
    with serving(corp.write(tmp_path, corp.issuing, corp.root), other) as running:
        yield running


@pytest.fixture(autouse=True)
def no_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Answer((DomainController(host=HOST),))
    monkeypatch.setattr(controllers, "ask_controllers", lambda _domain: known)


def directory(server: LdapServer, authority: str | None) -> DirectorySettings:
    where = DomainController(host=HOST, address="127.0.0.1")
    ways = {
        "controllers": (where,),
        "port": server.endpoint.port,
        "ca": str(server.endpoint.ca),
        "ca_certificate": authority,
    }
    return SETTINGS.directory.model_copy(update=ways)


def check(tmp_path: Path, settings: DirectorySettings) -> Outcome:
    context, draft = on(FakeHost(tmp_path / "host")), Draft(directory=settings)
    return controllers.run(draft, context, threading.Event(), lambda _so_far: None)


def test_what_is_offered_is_what_then_lets_the_controller_in(
    tmp_path: Path, server: LdapServer
) -> None:
    refused = check(tmp_path, directory(server, None))
    assert refused.inspection is not None
    offer = refused.inspection.controllers[0].offer
    assert [row.id for row in refused.failed] == [f"{HOST}/certificate"]
    assert offer is not None
    assert offer.certificate.subject == "CN=Corp Root CA"
    assert server.asked == []

    trusted = check(tmp_path, directory(server, offer.pem))
    assert trusted.inspection is not None
    assert f"{HOST}/certificate" not in {row.id for row in trusted.failed}
    assert trusted.inspection.controllers[0].offer is None
    (row,) = [row for row in trusted.checks if row.id == "authority"]
    assert row.detail.startswith("CN=Corp Root CA, good until")
    assert server.asked


def test_another_authority_leaves_it_refused_and_offers_its_own(
    tmp_path: Path, server: LdapServer
) -> None:
    refused = check(tmp_path, directory(server, issued("Other CA").pem))
    assert refused.inspection is not None
    offer = refused.inspection.controllers[0].offer
    assert offer is not None
    assert offer.certificate.subject == "CN=Corp Root CA"
    assert server.asked == []
