"""Why the operating system or TLS refused, in words for people.

The libraries' own words are for their authors: a number, the line of a C file.
"""

import errno
import os
import socket
import ssl

from wire.text import Text, verbatim

_ENDED = Text("it ended the connection before TLS began")
# by OpenSSL's symbol of a reason (openssl/sslerr.h); only words depend on it
_TLS = {
    "WRONG_VERSION_NUMBER": Text("what answers there speaks no TLS"),
    "HTTP_REQUEST": Text("what answers there speaks no TLS"),
    "PACKET_LENGTH_TOO_LONG": Text("what answers there speaks no TLS"),
    "RECORD_LAYER_FAILURE": Text("what answers there speaks no TLS"),
    "UNEXPECTED_EOF_WHILE_READING": _ENDED,
    "UNSUPPORTED_PROTOCOL": Text("it offers no TLS of 1.2 or newer"),
    "TLSV1_ALERT_PROTOCOL_VERSION": Text("it offers no TLS of 1.2 or newer"),
    "NO_PROTOCOLS_AVAILABLE": Text("it offers no TLS of 1.2 or newer"),
}

# in words of ours, as the system has them: an agent speaks no other language, and what
# it tells is read in all
_NETWORK = {
    errno.ECONNREFUSED: Text("Connection refused"),
    errno.ECONNRESET: Text("Connection reset by peer"),
    errno.EHOSTUNREACH: Text("No route to host"),
    errno.ENETUNREACH: Text("Network is unreachable"),
}


def system_reason(error: OSError) -> Text:
    """Say why, without a library's own words."""
    match error:
        case ssl.SSLCertVerificationError():
            return verbatim(str(error.verify_message))
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return _ENDED
        case ssl.SSLError():
            return _of_tls(error)
        case socket.gaierror():
            return verbatim(str(error.strerror))
        case TimeoutError():
            return Text("no answer in time")
    if error.errno in _NETWORK:
        return _NETWORK[error.errno]
    if error.errno is not None and error.errno in errno.errorcode:
        return verbatim(os.strerror(error.errno))
    return Text("an error of kind {kind}", kind=type(error).__name__)


def file_reason(error: OSError) -> Text:
    """Say why a file of certificates can't be used; OpenSSL has no one word for it."""
    if isinstance(error, ssl.SSLError):
        return Text("it holds no certificate in PEM")
    if error.errno == errno.EINVAL:
        return Text("it is no regular file")
    if error.errno == errno.EFBIG:
        return Text("it is too large for certificates")
    return system_reason(error)


def _of_tls(error: ssl.SSLError) -> Text:
    symbol = getattr(error, "reason", None) or ""  # not every one has it
    if symbol in _TLS:
        return _TLS[symbol]
    if not symbol:
        return Text("TLS failed")
    return Text("TLS failed: {why}", why=symbol.replace("_", " ").lower())
