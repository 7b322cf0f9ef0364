"""The client TLS context: a CA file or the trust store."""

import ssl
from pathlib import Path


def client_context(ca: Path | None) -> ssl.SSLContext:
    """Make a context that checks certificate and name; TLS 1.2 at least.

    OSError where the file of the CA is missing or no PEM.
    """
    context = ssl.create_default_context(cafile=str(ca) if ca else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
