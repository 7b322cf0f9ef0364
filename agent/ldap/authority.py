"""The certificate that an administrator trusts for the directory, beside the machine.

It is an authority's, or the one of a domain controller itself: that vouches for no
other, so that it is trusted as it is until it is renewed. As much as one of it is asked
for; whether it is good by now is TLS's to say, each time.
"""

import ssl
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from agent.ldap.certificates import (
    CONNECT_S,
    CertificateFacts,
    Endpoint,
    distrust,
    facts_of,
    shown_chain,
)
from agent.system.tls import UNKNOWN_ISSUER
from wire.text import Text

MOST_CHARACTERS = 16_384  # of a PEM text; one of AD CS has some two thousand
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_ODD = (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm)


@dataclass(frozen=True)
class AuthorityOffer:
    """Who could be trusted, so that a controller is: the highest of what it sent.

    `certificate` says who it is, `pem` is what is trusted. Where it is not signed by
    itself, the controller did not send the root; `is_own`: it sent nothing above its
    own. `distrust` says why it would not be trusted even so, `verify_code` as OpenSSL
    numbers it; empty and 0 where it would.
    """

    certificate: CertificateFacts
    pem: str
    is_own: bool
    distrust: str = ""
    verify_code: int = 0


def one_certificate(text: str) -> str:
    """Give the one certificate of a PEM text, spelled in one way.

    ValueError with the rule (a `Text`) where it is none, more than one, no PEM, or one
    that can vouch for no domain controller.
    """
    if "PRIVATE KEY" in text:
        raise ValueError(
            Text("must be a certificate alone: settings are no place for a private key")
        )
    if len(text) > MOST_CHARACTERS:
        raise ValueError(
            Text(
                "must be one certificate, of {most} characters at most",
                most=MOST_CHARACTERS,
            )
        )
    count = text.count(_BEGIN)
    if count != 1 or text.count(_END) != 1:
        raise ValueError(
            Text(
                "must be exactly one certificate as PEM, from {begin} to {end}; there "
                "are {count} in it",
                begin=_BEGIN,
                end=_END,
                count=str(count),
            )
        )
    certificate = _read(text[text.index(_BEGIN) : text.index(_END) + len(_END)])
    if not _vouches(certificate):
        raise ValueError(
            Text(
                "must be the certificate of a certificate authority, or of a domain "
                "controller itself"
            )
        )
    return ssl.DER_cert_to_PEM_cert(certificate.public_bytes(Encoding.DER))


def authority_facts(pem: str) -> CertificateFacts:
    """Say whose certificate it is that is trusted, for people to compare."""
    return facts_of(ssl.PEM_cert_to_DER_cert(pem))


def offer_authority(
    endpoint: Endpoint, *, timeout: float = CONNECT_S
) -> AuthorityOffer | None:
    """Say who could be trusted for a controller whose issuer is not known here.

    None where the certificate is trusted, or wrong for another reason. OSError where
    the controller does not answer.
    """
    _, code = distrust(endpoint, timeout)
    if code not in UNKNOWN_ISSUER:
        return None
    way = _way_up(shown_chain(endpoint, timeout).certificates)
    if not way:
        return None
    pem = ssl.DER_cert_to_PEM_cert(way[-1])
    try:
        pem = one_certificate(pem)
    except ValueError:
        return None
    why, code = distrust(replace(endpoint, authority=pem), timeout)
    return AuthorityOffer(facts_of(way[-1]), pem, len(way) == 1, why, code)


def _way_up(chain: tuple[bytes, ...]) -> list[bytes]:
    """Give a controller's certificate and those above it, as each signs the one below.

    A controller may send them in any order, and others among them.
    """
    known = [(der, _loaded(der)) for der in chain]
    if not known or known[0][1] is None:
        return []
    way, rest = [known[0]], known[1:]
    while not _issued(way[-1][1], way[-1][1]):
        above = next((each for each in rest if _issued(way[-1][1], each[1])), None)
        if above is None:
            break
        rest.remove(above)
        way.append(above)
    return [der for der, _ in way]


def _issued(below: x509.Certificate | None, above: x509.Certificate | None) -> bool:
    """Say whether one certificate is signed by another's key, and names it."""
    if below is None or above is None:
        return False
    try:
        below.verify_directly_issued_by(above)
    except _ODD:
        return False
    return True


def _loaded(der: bytes) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(der)
    except _ODD:
        return None


def _read(pem: str) -> x509.Certificate:
    unread = Text("must be a certificate; what is in it can't be read as one (X.509)")
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode("ascii"))
        # what OpenSSL does not take would be found when a controller is asked
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (*_ODD, ssl.SSLError):
        raise ValueError(unread) from None
    return certificate


def _vouches(certificate: x509.Certificate) -> bool:
    """Say whether a controller can be trusted by it: a CA, or one that names hosts."""
    try:
        if certificate.subject == certificate.issuer:
            return True  # roots of before RFC 5280 say no more of themselves
        kinds = {type(each.value): each.value for each in certificate.extensions}
    except _ODD:
        return False
    constraints = kinds.get(x509.BasicConstraints)
    if isinstance(constraints, x509.BasicConstraints) and constraints.ca:
        return True
    return x509.SubjectAlternativeName in kinds
