"""The client TLS context: a CA file or the trust store, and one certificate more."""

import contextlib
import ssl
from dataclasses import replace
from pathlib import Path

from agent.platform.detect import these_surroundings
from agent.platform.surroundings import Authorities
from agent.system.named_files import read_named
from wire.text import EMPTY, Text
from wire.tls import checking_context, trusting_nobody

# where the issuer is not known here (OpenSSL's X509_V_ERR_*, x509_vfy.h)
UNKNOWN_ISSUER = frozenset({2, 18, 19, 20, 21})


def client_context(ca: Path | None, authority: str | None = None) -> ssl.SSLContext:
    """Make a context that checks certificate and name; TLS 1.2 at least.

    `authority` is one certificate, as PEM text, that is trusted beside the file of the
    CA or the trust store. OSError where the file of the CA is missing or no PEM.
    """
    known = _by_machine(filling=not authority) if ca is None else None
    context = known or checking_context(_pem(ca) if ca else None)
    if authority:
        _trust(authority, context)
    return context


def unknown_authority(verify_code: int) -> Text:
    """Say what may help where an issuer is not known, by OpenSSL's number of why.

    Empty where it is another reason, or where this system knows all it trusts.
    """
    if verify_code not in UNKNOWN_ISSUER:
        return EMPTY
    return these_surroundings().unknown_authority()


def _by_machine(*, filling: bool) -> ssl.SSLContext | None:
    """Trust who the system says; None where the libraries find that themselves.

    Where an authority more is trusted a chain may end at any certificate there is:
    what only fills in what a server does not send would be a root.
    """
    known = these_surroundings().authorities()
    if known is None:
        return None
    return _by_authorities(known if filling else replace(known, intermediates=()))


def _by_authorities(known: Authorities) -> ssl.SSLContext:
    context = trusting_nobody()
    for der in (*known.roots, *known.intermediates):
        with contextlib.suppress(ssl.SSLError):  # one that OpenSSL can't read
            context.load_verify_locations(cadata=der)
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
