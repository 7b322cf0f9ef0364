"""Who a Windows machine trusts for servers, as certificates for OpenSSL.

The machine's stores alone: what a person trusts for themselves is not for the service.
Which certificates OpenSSL would take for a root is not what Windows takes for one, so
that is decided here.
"""

import warnings
from collections.abc import Iterable
from datetime import UTC, datetime

from cryptography import x509

from agent.platform.surroundings import Authorities
from agent.platform.windows.surroundings.win32_network import (
    CertificateStore,
    NetworkCalls,
    StoredCertificate,
)

_SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1"
# some old roots have one; nobody here could make them anew
warnings.filterwarnings("ignore", "Parsed a serial number", module=__name__)


def authorities(network: NetworkCalls, now: datetime | None = None) -> Authorities:
    """Give roots and intermediates that are good for servers now."""
    moment = now or datetime.now(UTC)
    refused = {each.der for each in _read(network, CertificateStore.DISALLOWED)}
    roots, below = (
        [
            each.der
            for each in _read(network, store)
            if each.der not in refused and _is_good(each, moment, root=root)
        ]
        for store, root in (
            (CertificateStore.ROOT, True),
            (CertificateStore.INTERMEDIATE, False),
        )
    )
    return Authorities(tuple(roots), tuple(below))


def _read(
    network: NetworkCalls, store: CertificateStore
) -> Iterable[StoredCertificate]:
    try:
        return network.certificates(store)
    except FileNotFoundError:  # nothing was ever put there
        return ()


def _is_good(stored: StoredCertificate, now: datetime, *, root: bool) -> bool:
    """Say whether a certificate is what its store has it for, for servers, by now.

    Windows keeps some that are signed by themselves among the intermediates, the key of
    one of which is public (Root Agency): to OpenSSL they would be roots.
    """
    if stored.purposes is not None and _SERVER_AUTHENTICATION not in stored.purposes:
        return False
    try:
        certificate = x509.load_der_x509_certificate(stored.der)
        by_itself = certificate.subject == certificate.issuer
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except (ValueError, x509.InvalidVersion):
        return False
    return by_itself is root and begin <= now <= end
