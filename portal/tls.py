"""Whom the portal trusts over TLS: the system's authorities, and those of a file."""

import ssl
from functools import cache
from pathlib import Path

from portal.errors import PortalUnusable
from wire.tls import checking_context


def tls_context(ca: Path | None, field: str) -> ssl.SSLContext:
    """Trust the system's authorities and those of `ca`; TLS 1.2 at least.

    Who trusts the same has the same one: the system's authorities are read once.
    PortalUnusable where the file can't be read; it names it by `field` of the settings.
    """
    try:
        return _trusting(None if ca is None else ca.absolute())
    except (OSError, ssl.SSLError) as error:
        what = f"{field}: {ca} can't be read: {error}"
        raise PortalUnusable(what, "name a file of PEM certificates") from None


@cache
def _trusting(ca: Path | None) -> ssl.SSLContext:
    context = checking_context()
    if ca is not None:
        context.load_verify_locations(cafile=ca)
    return context
