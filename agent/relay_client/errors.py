"""Why a connection to a relay failed, in words with the remedy.

Fixed texts only: the exceptions of the HTTP library can hold tokens and passwords.
"""

import ssl

import aiohttp

from agent.relay_client import clock_skew

_STATUS = {
    401: "the relay does not accept the listen key (401); enrol this agent again",
    403: "the listen key is not for this connection (403); check the relay's address "
    "and the connection's name, or enrol this agent again",
    404: "the relay does not know this connection (404); enrol this agent again",
}
_PROXY_ASKS = (
    "the proxy asks for credentials (407); name its user in relay.proxy, as "
    "http://user@host:port, and give the password to writeback apply (proxy_password)"
)
WRONG_AT_PROXY = (
    "the proxy does not accept its user's password (407); give the right one to "
    "writeback apply (proxy_password)"
)
_CLOSE = {
    1001: "the relay is going away (1001)",
    1008: "the relay no longer accepts the token (1008); check this machine's clock",
    1011: "the relay failed (1011)",
}


def reason_for_failure(error: Exception) -> str:
    """Say why dialling failed."""
    match error:
        case aiohttp.ClientHttpProxyError():
            return _at_proxy(error)
        case aiohttp.ClientResponseError():
            return _status(error)
        case aiohttp.ClientConnectorCertificateError():
            return f"the relay's certificate is not trusted: {_certificate(error)}"
        case aiohttp.ClientProxyConnectionError():
            return "the proxy can't be reached; check its address and its port"
        case aiohttp.ClientConnectorDNSError():
            return "the name can't be resolved; check the address, DNS and the proxy"
        case aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            return "no TLS connection; something in between is not the relay"
        case aiohttp.ClientConnectorError():
            return f"no connection: {error.os_error.strerror}; check the firewall"
        case TimeoutError():
            return "no answer in time; check the firewall and the proxy"
        case _:
            return f"the connection broke ({type(error).__name__})"


def reason_for_close(code: int | None) -> str:
    """Say why a connection that was open ended."""
    if code in _CLOSE:
        return _CLOSE[code]
    if code is None or code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE:
        return "the connection broke, or the relay no longer answers"
    return f"the relay closed the connection ({code})"


def _at_proxy(error: aiohttp.ClientHttpProxyError) -> str:
    if error.status != 407:
        what = f"the proxy does not lead to the relay ({error.status})"
        return f"{what}; have it let this server through, and check the address"
    signed_in = "Proxy-Authorization" in error.request_info.headers
    return WRONG_AT_PROXY if signed_in else _PROXY_ASKS


def _status(error: aiohttp.ClientResponseError) -> str:
    text = _STATUS.get(error.status, f"the relay or the proxy answered {error.status}")
    ahead = clock_skew.ahead_of(error.headers.get("Date") if error.headers else None)
    if error.status == 401 and abs(ahead or 0.0) > clock_skew.WARNING_S:
        return f"{clock_skew.describe_skew(ahead or 0.0)}; set it right"
    return text


def _certificate(error: aiohttp.ClientConnectorCertificateError) -> str:
    cause = error.certificate_error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return str(cause.verify_message)
    return "it does not prove the relay's name"
