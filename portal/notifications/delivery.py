"""What carries messages of the queue away: a mail server, a text message gateway."""

import ssl
from pathlib import Path
from typing import Protocol

from portal.database.outbox import Message
from portal.errors import PortalUnusable


class NotSent(Exception):
    """A message was not taken; `for_good` where it never will be."""

    def __init__(self, what: str, *, for_good: bool = False) -> None:
        super().__init__(what)
        self.for_good = for_good


class Delivery(Protocol):
    """One way that messages go."""

    async def send(self, message: Message) -> None:
        """Send a message; NotSent says why not, never with the message's words."""


def tls_context(ca: Path | None, field: str) -> ssl.SSLContext:
    """Trust the system's authorities and those of `ca`; PortalUnusable names it."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca is not None:
        try:
            context.load_verify_locations(cafile=ca)
        except (OSError, ssl.SSLError) as error:
            what = f"{field}: {ca} can't be read: {error}"
            raise PortalUnusable(what, "name a file of PEM certificates") from None
    return context
