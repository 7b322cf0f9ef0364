"""Whom a certificate is of: its subjectAltName alone, and odd ones are only shown."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agent.ldap import certificates
from agent.ldap.certificates import UNREADABLE, shake_hands
from agent.ldap.connection import connect
from agent.ldap.errors import Untrusted
from tests.fixtures.ldap_server import HOST, LdapServer, ldap_server, serving
from wire.secret import Secret

Extend = Callable[[x509.CertificateBuilder], x509.CertificateBuilder]


def self_signed(folder: Path, name: str, extend: Extend) -> Path:
    """Write a certificate that its own reader trusts as a CA."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
    )
    made = extend(builder).sign(key, hashes.SHA256())
    stem = folder / "odd"
    stem.with_suffix(".pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    stem.with_suffix(".key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return stem


def sign_in(controller: LdapServer) -> None:
    connect(controller.endpoint, "svc", Secret("Canary-7f3a-Passw0rd!")).close()


def test_the_name_of_the_subject_alone_proves_nothing(tmp_path: Path) -> None:
    """RFC 9525 section 2: the CN is no name of a server."""
    stem = self_signed(tmp_path, HOST, lambda builder: builder)
    with (
        serving(stem, stem.with_suffix(".pem")) as controller,
        pytest.raises(Untrusted, match=f"not valid for '{HOST}'"),
    ):
        sign_in(controller)
    assert controller.asked == []


def test_another_name_in_the_certificate_proves_nothing(tmp_path: Path) -> None:
    with (
        ldap_server(tmp_path, ["other.corp.test"]) as controller,
        pytest.raises(Untrusted, match="name the controller as its") as refused,
    ):
        sign_in(controller)
    assert controller.asked == []
    assert ". " not in str(refused.value)  # one sentence, with what to do at its end


def test_the_name_is_taken_from_the_alternative_names(tmp_path: Path) -> None:
    names = x509.SubjectAlternativeName([x509.DNSName(HOST)])
    stem = self_signed(
        tmp_path,
        "anything",
        lambda builder: builder.add_extension(names, critical=False),
    )
    with serving(stem, stem.with_suffix(".pem")) as controller:
        sign_in(controller)


def test_a_stranger_with_an_odd_certificate_is_untrusted(tmp_path: Path) -> None:
    names = x509.ObjectIdentifier("2.5.29.17")
    odd = x509.UnrecognizedExtension(names, b"\x30\x03\x82\x01\xff")
    stem = self_signed(
        tmp_path, HOST, lambda builder: builder.add_extension(odd, critical=False)
    )
    with ldap_server(tmp_path / "trusted") as trusted:
        ca = trusted.endpoint.ca
    assert ca is not None
    with serving(stem, ca) as controller:
        with pytest.raises(Untrusted) as refused:
            sign_in(controller)
        shown = shake_hands(controller.endpoint)
    assert (shown.chain[0].subject, shown.chain[0].sans) == (UNREADABLE, ())
    assert refused.value.chain[0].sha256 == shown.chain[0].sha256
    assert controller.asked == []


def test_bytes_that_are_no_certificate_are_told_as_such() -> None:
    facts = certificates.facts_of(b"\x30\x80nothing", "unknown", 20)
    assert (facts.subject, facts.trusted) == (UNREADABLE, False)
