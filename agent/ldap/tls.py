"""LDAPS to a controller: TCP and TLS, the certificate checked against its name.

LDAPS only. ldap3's exceptions never pass; with `agent.ldap.connection` this is its only
importer.
"""

import re
import socket
import ssl
from typing import Any

import ldap3
from ldap3.core.exceptions import LDAPException

from agent.ldap.bounded_socket import BoundedSocket
from agent.ldap.certificates import Endpoint, shake_hands
from agent.ldap.errors import DirectoryError, Unreachable, Untrusted
from agent.platform.detect import this_platform
from agent.system.tls import unknown_authority
from wire.secret import Secret
from wire.system_reason import file_reason, system_reason
from wire.text import Text, verbatim

_HOSTNAME_MISMATCH = 62  # X509_V_ERR_HOSTNAME_MISMATCH (OpenSSL, x509_vfy.h)
_NUMBER = re.compile(r"\[Errno -?\d+\] ")
CHECK_IT = Text("check the controller, port 636 and the way to it")


class _NamedTls(ldap3.Tls):
    """Wraps ldap3's socket as Python's ssl does, and keeps the reason when it fails.

    ldap3's own check calls a function that left Python in 3.12, and its errors are
    text only.
    """

    def __init__(self, endpoint: Endpoint, receive_timeout: float) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._host = endpoint.host
        self._context = endpoint.tls_context()
        self._receive_timeout = receive_timeout
        self.failure: OSError | None = None

    def wrap_socket(
        self,
        connection: Any,
        do_handshake: bool = False,  # noqa: FBT001, FBT002, ARG002 - ldap3's own
    ) -> None:
        plain = connection.socket
        # else a bind waits 40 ms for the acknowledgement of the handshake (Nagle)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        try:
            wrapped = self._context.wrap_socket(plain, server_hostname=self._host)
        except OSError as error:
            self.failure = error
            plain.close()
            raise
        connection.socket = BoundedSocket(wrapped, self._receive_timeout)


def open_connection(
    endpoint: Endpoint,
    user: str,
    password: Secret,
    connect_timeout: float,
    receive_timeout: float,
) -> Any:
    """Open TCP and TLS, without a sign-in.

    Unreachable without one of them; Untrusted, with the chain, for the certificate.
    """
    try:
        tls = _NamedTls(endpoint, receive_timeout)
    except OSError as error:
        why = file_reason(error)
        what = Text("the file of the CA can't be used: {why}", why=why)
        raise Unreachable(
            endpoint.host,
            what,
            Text("name a PEM file as directory.ca, or leave it out"),
        ) from error
    # bytes: ldap3 changes text by SASLprep (RFC 4013), which no directory does
    sent: Any = password.reveal().encode()
    connection: Any = ldap3.Connection(
        _server(endpoint, tls, connect_timeout),
        user,
        sent,
        auto_referrals=False,
        auto_escape=False,
        auto_range=False,  # `agent.ldap.found_entries` does it
        check_names=False,
        return_empty_attributes=False,
    )
    try:
        connection.open(read_server_info=False)
    except LDAPException as error:
        if connection.socket is not None:
            connection.socket.close()  # ldap3 leaves it open
        raise _not_opened(endpoint, tls.failure, error) from None
    return connection


def _server(endpoint: Endpoint, tls: _NamedTls, connect_timeout: float) -> Any:
    return ldap3.Server(
        endpoint.target[0],
        port=endpoint.port,
        use_ssl=True,
        tls=tls,
        get_info=ldap3.NONE,
        connect_timeout=connect_timeout,
    )


def _not_resolved(endpoint: Endpoint) -> OSError | None:
    """Give why a name leads nowhere; ldap3 says of it "invalid server address"."""
    try:
        socket.getaddrinfo(*endpoint.target, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    return None


def _not_opened(
    endpoint: Endpoint, failure: OSError | None, error: LDAPException
) -> DirectoryError:
    if isinstance(failure, ssl.SSLCertVerificationError):
        try:
            chain = shake_hands(endpoint).chain
        except OSError:
            chain = ()
        misnamed = failure.verify_code == _HOSTNAME_MISMATCH
        return Untrusted(
            endpoint.host,
            failure.verify_message,
            chain,
            misnamed=misnamed,
            unknown=unknown_authority(failure.verify_code),
        )
    # ldap3 keeps of the system's error its text alone, which begins with its number
    text = str(error).removeprefix("socket connection error while opening")
    reason = verbatim(_NUMBER.sub("", text).lstrip(": "))
    failure = failure or _not_resolved(endpoint)
    if failure is not None:
        reason = system_reason(failure)
    what = Text(
        "no connection to {host} port {port}: {reason}",
        host=endpoint.target[0],
        port=str(endpoint.port),
        reason=reason,
    )
    return Unreachable(endpoint.host, what, CHECK_IT)


def has_data(opened: BoundedSocket) -> bool:
    """Whether something can be read from a socket, its end among it."""
    return this_platform().sockets.has_data(opened)
