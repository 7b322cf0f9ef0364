"""The client TLS context: a CA file or the trust store, and one certificate more."""

import ssl
from pathlib import Path

from agent.system.named_files import read_named
from wire.tls import checking_context


def client_context(ca: Path | None, authority: str | None = None) -> ssl.SSLContext:
    """Make a context that checks certificate and name; TLS 1.2 at least.

    `authority` is one certificate, as PEM text, that is trusted beside the file of the
    CA or the trust store. OSError where the file of the CA is missing or no PEM.
    """
    context = checking_context(_pem(ca) if ca else None)
    if authority:
        _trust(authority, context)
    return context


def _trust(authority: str, context: ssl.SSLContext) -> None:
    """Trust one certificate more; where it is no root, a chain may end at it."""
    context.load_verify_locations(cadata=authority)
    alone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    alone.load_verify_locations(cadata=authority)
    if all(each["subject"] != each["issuer"] for each in alone.get_ca_certs()):
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN


def _pem(ca: Path) -> str:
    """Read a file of certificates; what is said between them may be of any alphabet."""
    pem = read_named(ca).decode("ascii", "replace").replace("\ufffd", "?")
    if not pem.strip():
        # by ssl, no text at all stands for the trust store
        raise ssl.SSLError(0, "no certificate is in it")
    return pem
