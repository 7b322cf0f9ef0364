"""Why a connection to a relay failed, in words with the remedy.

Fixed texts only: the exceptions of the HTTP library can hold tokens and passwords.
"""

import ssl

import aiohttp

from agent.relay_client import clock_skew
from agent.system.tls import unknown_authority
from wire.failure import Failure
from wire.http_session import REDIRECTS, AnswerTooLong
from wire.system_reason import system_reason
from wire.text import EMPTY, Text, verbatim

_ENROL = Text("enrol it again: writeback rekey, with a new enrolment code")
_STATUS = {
    401: (Text("the relay does not accept the listen key (401)"), _ENROL),
    403: (
        Text("the listen key is not for this connection (403)"),
        Text(
            "check the relay's address and the connection's name, or "
            "enrol it again: writeback rekey, with a new enrolment code"
        ),
    ),
    404: (Text("the relay does not know this connection (404)"), _ENROL),
}
_CLOSE = {
    1001: (Text("the relay is going away (1001)"),),
    1008: (
        Text("the relay no longer accepts the token (1008)"),
        Text("check this machine's clock"),
    ),
    1011: (Text("the relay failed (1011)"),),
}


class WrongProxyPassword(Failure):
    """The proxy does not accept its user's password; asking on could lock them out."""

    def __init__(self) -> None:
        super().__init__(
            Text("the proxy does not accept the user name or password (407)"),
            Text("give the right one to writeback apply (proxy_password)"),
        )


def reason_for_failure(error: Exception) -> Failure:
    """Say why dialling failed, and what to do where that is known."""
    match error:
        case aiohttp.ClientHttpProxyError():
            return _at_proxy(error)
        case aiohttp.ClientResponseError():
            return _status(error)
        case aiohttp.ClientConnectorCertificateError():
            return _untrusted(error)
        case aiohttp.ClientProxyConnectionError():
            remedy = Text("check its address and its port")
            return Failure(Text("the proxy can't be reached"), remedy)
        case aiohttp.ClientConnectorDNSError():
            remedy = Text("check the address, DNS and the proxy")
            return Failure(Text("the name can't be resolved"), remedy)
        case aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            remedy = Text("something in between is not the relay")
            return Failure(Text("no TLS connection"), remedy)
        case aiohttp.ClientConnectorError():
            why = system_reason(error.os_error)
            what = Text("no connection: {why}", why=why)
            return Failure(what, Text("check the firewall"))
        case AnswerTooLong():
            return Failure(Text("its answer is too long"))
        case TimeoutError():
            remedy = Text("check the firewall and the proxy")
            return Failure(Text("no answer in time"), remedy)
        case _:
            return _broken(error)


def _broken(error: Exception) -> Failure:
    if isinstance(error, aiohttp.ServerDisconnectedError):
        remedy = Text("check that a relay is at this address")
        return Failure(Text("it ended the connection without an answer"), remedy)
    kind = type(error).__name__
    return Failure(Text("the connection broke ({kind})", kind=kind))


def reason_for_close(code: int | None) -> Failure:
    """Say why a connection that was open ended."""
    if code in _CLOSE:
        return Failure(*_CLOSE[code])
    if code is None or code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE:
        return Failure(Text("the connection broke, or the relay no longer answers"))
    return Failure(Text("the relay closed the connection ({code})", code=str(code)))


def _at_proxy(error: aiohttp.ClientHttpProxyError) -> Failure:
    if error.status != 407:
        status = error.status
        return Failure(
            Text("the proxy does not lead to the relay ({status})", status=status),
            Text("have it let this server through, and check the address"),
        )
    if "Proxy-Authorization" in error.request_info.headers:
        return WrongProxyPassword()
    return Failure(
        Text("the proxy asks for credentials (407)"),
        Text(
            "put its user name into relay.proxy, as http://user@host:port, and give "
            "the password to writeback apply (proxy_password)"
        ),
    )


def _status(error: aiohttp.ClientResponseError) -> Failure:
    if error.status in REDIRECTS:
        return Failure(
            Text(
                "the relay or the proxy sends elsewhere ({status})", status=error.status
            ),
            Text(
                "redirects are not followed: give the address where the relay itself is"
            ),
        )
    ahead = clock_skew.ahead_of(error.headers.get("Date") if error.headers else None)
    if error.status == 401 and abs(ahead or 0.0) > clock_skew.WARNING_S:
        return Failure(clock_skew.describe_skew(ahead or 0.0), Text("set it right"))
    other = Text("the relay or the proxy answered {status}", status=error.status)
    return Failure(*_STATUS.get(error.status, (other,)))


def _untrusted(error: aiohttp.ClientConnectorCertificateError) -> Failure:
    cause, remedy = error.certificate_error, EMPTY
    why = Text("it does not prove the relay's name")
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = verbatim(str(cause.verify_message))
        remedy = unknown_authority(cause.verify_code)
    what = Text("the relay's certificate is not trusted: {why}", why=why)
    return Failure(what, remedy)
