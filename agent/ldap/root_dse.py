"""What a controller says of itself to anybody: its rootDSE, without a sign-in."""

from agent.ldap.certificates import Endpoint
from agent.ldap.connection import Connection
from agent.ldap.entry import RootDse
from agent.ldap.tls import open_connection
from wire.secret import Secret


def ask_root(
    endpoint: Endpoint, *, connect_timeout: float = 5.0, receive_timeout: float = 10.0
) -> RootDse:
    """Read the rootDSE over TLS; the certificate is checked, nobody signs in.

    Whoever asks may read it (MS-ADTS 3.1.1.3.2, RFC 4512 section 5.1). Seconds:
    `connect_timeout` for TCP, and again for TLS, `receive_timeout` for the answer.
    Raises `Unreachable`, or `Untrusted` with the chain.
    """
    opened = open_connection(endpoint, "", Secret(""), connect_timeout, receive_timeout)
    with Connection(opened, endpoint.host) as connection:
        return connection.root()
