"""Signs in to the lab's controller with plain ldap3, free of any code under test."""

import contextlib
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ldap3

from lab.address import LDAPS
from lab.domain import HOST

# Enough for a busy machine; a test of a hung controller waits less.
SECONDS = 20


class _NamedTls(ldap3.Tls):
    """Checks the certificate against the controller's name as Python's ssl does.

    ldap3's own check calls a function that left Python in 3.12.
    """

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: FBT001, FBT002
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        connection.socket = context.wrap_socket(
            connection.socket,
            server_hostname=HOST,
            do_handshake_on_connect=do_handshake,
        )


@contextlib.contextmanager
def signed_in(
    address: str, ca: Path, user: str, password: str
) -> Iterator[ldap3.Connection]:
    """A connection that is signed in, and closed in the end whatever comes.

    Raises ldap3's LDAPException with the controller's own words where it is refused.
    """
    tls = _NamedTls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(ca))
    server = ldap3.Server(
        address,
        port=LDAPS,
        use_ssl=True,
        tls=tls,
        get_info=ldap3.NONE,
        connect_timeout=SECONDS,
    )
    connection = ldap3.Connection(
        server,
        user,
        password,
        raise_exceptions=True,
        auto_referrals=False,
        check_names=False,
        receive_timeout=SECONDS,
    )
    try:
        connection.open(read_server_info=False)
        connection.bind()
        yield connection
    finally:
        # Not unbind(): that waits on a controller that was stopped by a test, and
        # `with connection` would leave one open that was open before.
        if connection.socket is not None:
            connection.socket.close()
