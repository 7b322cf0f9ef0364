"""Whom a connection trusts where no CA is named: on Windows, what its stores say."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.ldap.authority import offer_authority
from agent.ldap.certificates import Endpoint, distrust
from agent.ldap.connection import connect
from agent.ldap.errors import Untrusted
from agent.platform.windows.surroundings.win32_network import (
    CertificateStore,
    StoredCertificate,
)
from agent.relay_client.endpoint import RelayEndpoint
from agent.system.tls import client_context, unknown_authority
from tests.fixtures.certificate_chain import Enterprise, Issued, enterprise
from tests.fixtures.ldap_server import HOST, serving
from tests.fixtures.windows.fake_network import FakeNetwork, being_there
from tests.unit.wizard.answered import SETTINGS
from wire.secret import Secret

SENT = ("whole", "own alone")


@pytest.fixture(scope="module")
def corp() -> Enterprise:
    return enterprise()


@pytest.fixture(params=SENT)
def controller(
    request: pytest.FixtureRequest, tmp_path: Path, corp: Enterprise
) -> Iterator[Endpoint]:
    """Serve with the whole chain, or the controller's own certificate alone."""
    sent = (corp.issuing,) if request.param == "whole" else ()
    stem = corp.write(tmp_path, *sent)
    with serving(stem, stem.with_suffix(".pem")) as server:
        yield Endpoint(HOST, "127.0.0.1", server.endpoint.port)


def trusting(
    monkeypatch: pytest.MonkeyPatch, roots: list[Issued], below: list[Issued]
) -> None:
    def stored(made: Issued) -> StoredCertificate:
        return StoredCertificate(ssl.PEM_cert_to_DER_cert(made.pem))

    stores = {
        CertificateStore.ROOT: [stored(each) for each in roots],
        CertificateStore.INTERMEDIATE: [stored(each) for each in below],
    }
    being_there(monkeypatch, FakeNetwork(stores=stores))


def test_a_root_by_group_policy_lets_a_controller_in(
    monkeypatch: pytest.MonkeyPatch, controller: Endpoint, corp: Enterprise
) -> None:
    trusting(monkeypatch, [corp.root], [corp.issuing])
    assert distrust(controller) == ("", 0)
    connect(controller, "u", Secret("p"), connect_timeout=5, receive_timeout=5).close()


def test_what_only_fills_in_is_no_root(
    monkeypatch: pytest.MonkeyPatch, controller: Endpoint, corp: Enterprise
) -> None:
    """Newer versions of Python would end a chain at it."""
    trusting(monkeypatch, [], [corp.issuing])
    _, why = distrust(controller)
    assert unknown_authority(why)
    offer = offer_authority(controller)
    assert offer is not None


def test_nor_is_it_where_one_authority_more_is_trusted(
    monkeypatch: pytest.MonkeyPatch, controller: Endpoint, corp: Enterprise
) -> None:
    trusting(monkeypatch, [], [corp.issuing])
    other = enterprise().issuing.pem
    assert client_context(None, other).verify_flags & ssl.VERIFY_X509_PARTIAL_CHAIN
    _, why = distrust(Endpoint(HOST, "127.0.0.1", controller.port, None, other))
    assert unknown_authority(why)


def test_who_is_not_trusted_is_told_of_what_windows_fetches(
    monkeypatch: pytest.MonkeyPatch, controller: Endpoint
) -> None:
    trusting(monkeypatch, [], [])
    with pytest.raises(Untrusted, match="Invoke-WebRequest"):
        connect(controller, "u", Secret("p"), connect_timeout=5, receive_timeout=5)


def test_a_relay_is_judged_by_the_same_stores(
    monkeypatch: pytest.MonkeyPatch, corp: Enterprise
) -> None:
    trusting(monkeypatch, [corp.root], [corp.issuing])
    relay = SETTINGS.relay.model_copy(update={"ca": None})
    context = RelayEndpoint(relay).tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    (root,) = context.get_ca_certs()[:1]
    assert root["subject"] == ((("commonName", "Corp Root CA"),),)


def test_a_named_file_is_trusted_and_nothing_beside(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, corp: Enterprise
) -> None:
    trusting(monkeypatch, [corp.root], [corp.issuing])
    other = tmp_path / "other.pem"
    other.write_text(enterprise().root.pem)
    assert client_context(other).cert_store_stats()["x509"] == 1


def test_another_reason_has_no_word_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    trusting(monkeypatch, [], [])
    assert unknown_authority(10) == ""  # it is past
    assert "Windows" in unknown_authority(20)


def test_on_linux_the_libraries_find_whom_they_trust() -> None:
    assert unknown_authority(20) == ""
    assert client_context(None).verify_mode is ssl.CERT_REQUIRED
