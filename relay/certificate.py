"""The relay's certificate and key: loaded as a pair, taken up anew when they change."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from relay.authorization import Hosts, hosts_of
from relay.errors import RelayUnusable

LOG = logging.getLogger("relay.certificate")
_LOOK_S = 5.0

Stamp = tuple[tuple[int, int, int], ...]


class Certificate:
    """A PEM file with the certificate first and its chain after it, and its key.

    `tls` is for connections from now on; a pair that does not fit leaves the one
    before in use. RelayUnusable where there is none to begin with.
    """

    def __init__(self, name: str, certificate: Path, key: Path) -> None:
        self._certificate, self._key = certificate, key
        self._seen = self._stamp()
        self.hosts = self._hosts(name)
        self.tls = self._load()
        self.expires = self._expiry()

    def reload(self) -> bool:
        """Load both again; whether they are in use. What is wrong is logged once."""
        self._seen = self._stamp()
        try:
            self.tls, self.expires = self._load(), self._expiry()
        except RelayUnusable as error:
            LOG.warning("the certificate before stays in use: %s", error)
            return False
        LOG.info("took up %s, which ends at %s", self._certificate, self.expires)
        return True

    async def watch(
        self, hung_up: asyncio.Event, use: Callable[[ssl.SSLContext], None]
    ) -> None:
        """Reload on a signal, and when a file is another; `use` gets what is new."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(hung_up.wait(), _LOOK_S)
            if (hung_up.is_set() or self._stamp() != self._seen) and self.reload():
                use(self.tls)
            hung_up.clear()

    def _stamp(self) -> Stamp:
        """Tell the files from others of their names."""
        stamps = []
        for path in (self._certificate, self._key):
            with contextlib.suppress(OSError):
                found = path.stat()
                stamps.append((found.st_ino, found.st_mtime_ns, found.st_size))
        return tuple(stamps)

    def _hosts(self, name: str) -> Hosts:
        try:
            return hosts_of(name, self._certificate.read_bytes())
        except (OSError, ValueError) as error:
            raise _unreadable(self._certificate) from error

    def _expiry(self) -> datetime:
        try:
            leaf = x509.load_pem_x509_certificates(self._certificate.read_bytes())[0]
        except (OSError, ValueError) as error:
            raise _unreadable(self._certificate) from error
        return leaf.not_valid_after_utc

    def _load(self) -> ssl.SSLContext:
        try:
            return tls_context(self._certificate, self._key)
        except OSError as error:  # ssl.SSLError is one
            raise RelayUnusable(
                f"{self._key} is not the private key (PEM, without a passphrase) of "
                f"{self._certificate}"
            ) from error

    @property
    def seconds_left(self) -> float:
        return (self.expires - datetime.now(UTC)).total_seconds()


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Make the server's TLS context: version 1.2 or later."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key, password="")
    return context


def _unreadable(path: Path) -> RelayUnusable:
    return RelayUnusable(
        f"can't read a PEM certificate from {path}",
        "name the file with the relay's certificate first and its chain after it",
    )
