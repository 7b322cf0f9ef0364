"""Why a connection to a relay failed, in words with the remedy.

Fixed texts only: the exceptions of the HTTP library can hold tokens and passwords.
"""

import ssl

import aiohttp

from agent.relay_client import clock_skew
from wire.failure import Failure

_ENROL = "enrol this agent again"
_STATUS = {
    401: ("the relay does not accept the listen key (401)", _ENROL),
    403: (
        "the listen key is not for this connection (403)",
        f"check the relay's address and the connection's name, or {_ENROL}",
    ),
    404: ("the relay does not know this connection (404)", _ENROL),
}
_PROXY_ASKS = (
    "the proxy asks for credentials (407)",
    (
        "name its user in relay.proxy, as http://user@host:port, and give the password "
        "to writeback apply (proxy_password)"
    ),
)
_CLOSE = {
    1001: ("the relay is going away (1001)",),
    1008: (
        "the relay no longer accepts the token (1008)",
        "check this machine's clock",
    ),
    1011: ("the relay failed (1011)",),
}


class WrongProxyPassword(Failure):
    """The proxy does not accept its user's password; asking on could lock them out."""

    def __init__(self) -> None:
        super().__init__(
            "the proxy does not accept its user's password (407)",
            "give the right one to writeback apply (proxy_password)",
        )


def reason_for_failure(error: Exception) -> Failure:
    """Say why dialling failed, and what to do where that is known."""
    match error:
        case aiohttp.ClientHttpProxyError():
            return _at_proxy(error)
        case aiohttp.ClientResponseError():
            return _status(error)
        case aiohttp.ClientConnectorCertificateError():
            why = _certificate(error)
            return Failure(f"the relay's certificate is not trusted: {why}")
        case aiohttp.ClientProxyConnectionError():
            return Failure(
                "the proxy can't be reached", "check its address and its port"
            )
        case aiohttp.ClientConnectorDNSError():
            return Failure(
                "the name can't be resolved", "check the address, DNS and the proxy"
            )
        case aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            return Failure("no TLS connection", "something in between is not the relay")
        case aiohttp.ClientConnectorError():
            what = f"no connection: {error.os_error.strerror}"
            return Failure(what, "check the firewall")
        case TimeoutError():
            return Failure("no answer in time", "check the firewall and the proxy")
        case _:
            return Failure(f"the connection broke ({type(error).__name__})")


def reason_for_close(code: int | None) -> Failure:
    """Say why a connection that was open ended."""
    if code in _CLOSE:
        return Failure(*_CLOSE[code])
    if code is None or code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE:
        return Failure("the connection broke, or the relay no longer answers")
    return Failure(f"the relay closed the connection ({code})")


def _at_proxy(error: aiohttp.ClientHttpProxyError) -> Failure:
    if error.status != 407:
        return Failure(
            f"the proxy does not lead to the relay ({error.status})",
            "have it let this server through, and check the address",
        )
    if "Proxy-Authorization" in error.request_info.headers:
        return WrongProxyPassword()
    return Failure(*_PROXY_ASKS)


def _status(error: aiohttp.ClientResponseError) -> Failure:
    ahead = clock_skew.ahead_of(error.headers.get("Date") if error.headers else None)
    if error.status == 401 and abs(ahead or 0.0) > clock_skew.WARNING_S:
        return Failure(clock_skew.describe_skew(ahead or 0.0), "set it right")
    other = f"the relay or the proxy answered {error.status}"
    return Failure(*_STATUS.get(error.status, (other,)))


def _certificate(error: aiohttp.ClientConnectorCertificateError) -> str:
    cause = error.certificate_error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return str(cause.verify_message)
    return "it does not prove the relay's name"
