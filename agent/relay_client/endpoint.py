"""A relay's address, and the HTTP proxy in between with who signs in there."""

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from ssl import SSLContext
from urllib.parse import urlsplit

from agent.config.settings import Relay
from agent.system.tls import client_context
from wire.secret import Secret


@dataclass(frozen=True)
class RelayEndpoint:
    """How one relay is reached; the password is of the user that its proxy names."""

    relay: Relay
    proxy_password: Secret | None = None

    def tls_context(self) -> SSLContext:
        """Make what decides which certificates are trusted, from the CA as it is now.

        OSError where the file of the CA is missing or no PEM.
        """
        return client_context(Path(self.relay.ca) if self.relay.ca else None)

    @property
    def proxy(self) -> str | None:
        """The proxy's address without the user; None where there is no proxy."""
        if self.relay.proxy is None:
            return None
        parts = urlsplit(self.relay.proxy)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    @property
    def proxy_headers(self) -> dict[str, str] | None:
        """What signs in at the proxy (RFC 7617); made where it is sent."""
        user, password = self.relay.proxy_user, self.proxy_password
        if user is None or password is None:
            return None
        # a proxy that says nothing else takes UTF-8
        credentials = b64encode(f"{user}:{password.reveal()}".encode()).decode()
        return {"Proxy-Authorization": f"Basic {credentials}"}
