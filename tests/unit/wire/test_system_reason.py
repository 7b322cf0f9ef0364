"""What the system and TLS refuse is told in words, never in a library's."""

import errno
import os
import re
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.ldap.certificates import Endpoint, offers_old_tls, shake_hands
from agent.ldap.connection import connect
from agent.ldap.errors import Unreachable
from agent.system.tls import client_context
from lab.authority import issue, make_authority
from wire.secret import Secret
from wire.system_reason import file_reason, system_reason

# a number, the line of a C file, a symbol
LIBRARY = re.compile(r"Errno|_ssl\.c|\[|[A-Z]+_[A-Z]+|Connect call")


@contextmanager
def serving(
    answer: bytes = b"", context: ssl.SSLContext | None = None
) -> Iterator[int]:
    """A port where each connection gets an answer, or a handshake, and is ended."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                accepted, _ = listener.accept()
            except OSError:
                return  # closed below
            with accepted:
                accepted.recv(1, socket.MSG_PEEK)
                try:
                    if context is None:
                        accepted.recv(4096)
                        accepted.sendall(answer)
                    else:
                        context.wrap_socket(accepted, server_side=True).close()
                except OSError:
                    continue  # the client did not like it

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def refusal(port: int) -> OSError:
    with pytest.raises(OSError) as raised:
        shake_hands(Endpoint("localhost", "127.0.0.1", port))
    return raised.value


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "what answers there speaks no TLS"),
        (b"220 mail.corp.test ESMTP\r\n", "what answers there speaks no TLS"),
        (b"", "it ended the connection before TLS began"),
    ],
)
def test_what_speaks_no_tls_is_told(answer: bytes, words: str) -> None:
    with serving(answer) as port:
        assert system_reason(refusal(port)) == words


def test_an_old_tls_is_known_by_a_handshake_and_not_by_words(tmp_path: Path) -> None:
    authority = make_authority(tmp_path / "ca")
    issue(authority, tmp_path / "leaf", ["localhost"], ["127.0.0.1"])
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    leaf = tmp_path / "leaf"
    old.load_cert_chain(f"{leaf}.pem", f"{leaf}.key")
    with serving(context=old) as port:
        where = Endpoint("localhost", "127.0.0.1", port)
        assert not LIBRARY.search(system_reason(refusal(port)))
        assert offers_old_tls(where)
    with serving(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert not offers_old_tls(Endpoint("localhost", "127.0.0.1", port))


def test_a_controller_that_is_none_is_told_without_a_librarys_words(
    tmp_path: Path,
) -> None:
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    ca = tmp_path / "ca.pem"
    ca.write_text("no certificate")
    with serving(b"HTTP/1.1 400 Bad Request\r\n\r\n") as plain:
        for where in (
            Endpoint("localhost", "127.0.0.1", plain),
            Endpoint("localhost", "127.0.0.1", port),
            Endpoint("localhost", "127.0.0.1", plain, tmp_path / "missing.pem"),
            Endpoint("localhost", "127.0.0.1", plain, ca),
        ):
            with pytest.raises(Unreachable) as raised:
                connect(where, "svc@corp.test", Secret("x"))
            assert not LIBRARY.search(str(raised.value)), raised.value


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(errno.ENOENT, "x"), "No such file or directory"),
        (OSError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)"), None),
        (TimeoutError(), "no answer in time"),
        (ssl.SSLError(1, "[SSL: ODD_THING] odd thing (_ssl.c:1006)"), "TLS failed"),
        (OSError("canary"), "an error of kind OSError"),
        (socket.gaierror(-2, "Name or service not known"), "Name or service not known"),
    ],
)
def test_each_kind_has_words(error: OSError, words: str | None) -> None:
    told = system_reason(error)
    assert told == (words or "Connection refused")
    assert not LIBRARY.search(told)


def test_a_file_of_no_certificate_is_told(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")
    with pytest.raises(ssl.SSLError) as raised:
        client_context(file)
    assert file_reason(raised.value) == "it holds no certificate in PEM"
    assert file_reason(FileNotFoundError(errno.ENOENT, "x")) == os.strerror(2)


@pytest.mark.parametrize(
    "code",
    [errno.ECONNREFUSED, errno.ECONNRESET, errno.EHOSTUNREACH, errno.ENETUNREACH],
)
def test_what_a_network_says_is_read_in_each_language(code: int) -> None:
    said = system_reason(OSError(code, "in the words of a library"))
    assert said.template == str(said) == os.strerror(code)
