"""The client TLS context: a CA file or the trust store."""

import ssl
from pathlib import Path


def client_context(ca: Path | None) -> ssl.SSLContext:
    """Make a context that checks certificate and name; TLS 1.2 at least.

    The name is one of the certificate's subjectAltName, never its subject's CN (RFC
    9525 section 2). OSError where the file of the CA is missing or no PEM.
    """
    context = ssl.create_default_context(cafile=str(ca) if ca else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    return context
