"""The certificate a controller shows, and whether it is trusted. No credentials."""

import hashlib
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import wrap
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from agent.system.tls import client_context
from wire.printable import printable

CONNECT_S = 5.0
UNREADABLE = "(can't be read)"
# what is shown of a stranger's chain: more of it, or more in it, helps nobody
_MOST_CERTIFICATES, _MOST_BYTES = 10, 16_384
_MOST_NAMES, _MOST_NAME = 50, 512


@dataclass(frozen=True)
class Endpoint:
    """One domain controller, and how to trust it.

    Its certificate is checked against `host`; `address` is where to connect to instead
    of asking DNS; `ca` the PEM of the CA, None for the system's trust store;
    `authority` one certificate, as PEM text, that is trusted beside those.
    """

    host: str
    address: str | None
    port: int = 636
    ca: Path | None = None
    authority: str | None = None

    def tls_context(self) -> ssl.SSLContext:
        """Make a context that checks certificate and name; OSError for a bad CA."""
        return client_context(self.ca, self.authority)

    @property
    def target(self) -> tuple[str, int]:
        """Where to connect to."""
        return (self.address or self.host, self.port)


@dataclass(frozen=True)
class CertificateFacts:
    """One certificate of a chain, as an administrator compares it.

    `sha256` is upper-case hexadecimal with colons; `self_signed`: its own key signed
    it, as that of a root. The chain up to here is trusted, or why not: in OpenSSL's
    words, and as it numbers it (X509_V_ERR_*, its x509_vfy.h).
    """

    subject: str
    issuer: str
    sans: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    sha256: str
    trusted: bool
    reason: str = ""
    verify_code: int = 0
    self_signed: bool = False


@dataclass(frozen=True)
class ShownChain:
    """Certificates as DER, as a controller sent them, and the version of TLS."""

    certificates: tuple[bytes, ...]
    tls: str


@dataclass(frozen=True)
class Handshake:
    """What a controller shows before anybody signs in: its own certificate first.

    `tls` is the version agreed on, as Python names it: TLSv1.3.
    """

    chain: tuple[CertificateFacts, ...]
    tls: str


def shake_hands(endpoint: Endpoint, *, timeout: float = CONNECT_S) -> Handshake:
    """Ask a controller for its certificates and its TLS, without trusting it.

    OSError where it can't be reached, or speaks no TLS of 1.2 or newer.
    """
    reason, verify_code = distrust(endpoint, timeout)
    shown = shown_chain(endpoint, timeout)
    chain = tuple(facts_of(der, reason, verify_code) for der in shown.certificates)
    return Handshake(chain, shown.tls)


def shown_chain(endpoint: Endpoint, timeout: float = CONNECT_S) -> ShownChain:
    """Ask a controller for its certificates as they are; OSError as `shake_hands`."""
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    shown.minimum_version = ssl.TLSVersion.TLSv1_2
    shown.check_hostname = False
    shown.verify_mode = ssl.CERT_NONE  # nothing is sent on it
    with _handshake(shown, endpoint, timeout) as wrapped:
        chain = tuple(_chain(wrapped))[:_MOST_CERTIFICATES]
        return ShownChain(chain, wrapped.version() or "")


def offers_old_tls(endpoint: Endpoint, *, timeout: float = CONNECT_S) -> bool:
    """Say whether a controller shakes hands by a TLS older than 1.2, and none newer.

    Nothing is sent on it. What this machine's OpenSSL can't speak is not found.
    """
    any_version = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    any_version.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    any_version.set_ciphers("ALL:@SECLEVEL=0")
    any_version.check_hostname = False
    any_version.verify_mode = ssl.CERT_NONE
    try:
        with _handshake(any_version, endpoint, timeout) as wrapped:
            return wrapped.version() in ("SSLv3", "TLSv1", "TLSv1.1")
    except OSError:
        return False


def distrust(endpoint: Endpoint, timeout: float = CONNECT_S) -> tuple[str, int]:
    """Say why a checked handshake fails, in words and by OpenSSL's number.

    Nothing, and 0, where the certificate is trusted; OSError as `shake_hands`.
    """
    try:
        with _handshake(endpoint.tls_context(), endpoint, timeout):
            return "", 0
    except ssl.SSLCertVerificationError as error:
        return error.verify_message, error.verify_code


def _handshake(
    context: ssl.SSLContext, endpoint: Endpoint, timeout: float
) -> ssl.SSLSocket:
    plain = socket.create_connection(endpoint.target, timeout)
    try:
        return context.wrap_socket(plain, server_hostname=endpoint.host)
    except BaseException:
        plain.close()
        raise


def _chain(wrapped: ssl.SSLSocket) -> Iterable[bytes]:
    """Give the certificates as DER; the public method came with Python 3.13."""
    public = getattr(wrapped, "get_unverified_chain", None)
    if public is not None:
        return list(public())
    inner: Any = getattr(wrapped, "_sslobj")  # noqa: B009 - hidden from the stubs
    return [
        ssl.PEM_cert_to_DER_cert(each.public_bytes())
        for each in inner.get_unverified_chain()
    ]


def facts_of(der: bytes, reason: str = "", verify_code: int = 0) -> CertificateFacts:
    """Say of a certificate, given as DER, what an administrator compares."""
    fingerprint = hashlib.sha256(der).hexdigest().upper()
    return CertificateFacts(
        **_read(der),
        sha256=":".join(wrap(fingerprint, 2)),
        trusted=not reason,
        reason=reason,
        verify_code=verify_code,
    )


def _read(der: bytes) -> dict[str, Any]:
    """Read what an administrator compares; of a certificate that can't be, nothing."""
    try:
        certificate = x509.load_der_x509_certificate(_bounded(der))
        return {
            "subject": printable(certificate.subject.rfc4514_string(), _MOST_NAME),
            "issuer": printable(certificate.issuer.rfc4514_string(), _MOST_NAME),
            "sans": _names(certificate),
            "not_before": certificate.not_valid_before_utc,
            "not_after": certificate.not_valid_after_utc,
            "self_signed": _is_self_signed(certificate),
        }
    except Exception:  # noqa: BLE001 - a stranger's certificate: its kind of odd is endless
        never = datetime.fromtimestamp(0, UTC)
        return {
            **dict.fromkeys(("subject", "issuer"), UNREADABLE),
            "sans": (),
            **dict.fromkeys(("not_before", "not_after"), never),
        }


def _bounded(der: bytes) -> bytes:
    if len(der) > _MOST_BYTES:
        raise ValueError("too large")
    return der


def _is_self_signed(certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(certificate)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = certificate.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
    except x509.ExtensionNotFound:
        return ()
    names = list(extension.value)[:_MOST_NAMES]
    return tuple(printable(str(name.value), _MOST_NAME) for name in names)
