"""Odd bytes of strangers are refused, and what the log says of them is bounded."""

import asyncio
import socket
import ssl
import zlib
from pathlib import Path

import pytest

from tests.fixtures.relay_stage import (
    Enrolled,
    RelayStage,
    echo,
    listening_agent,
    until,
)
from tests.unit.relay.connections.test_strangers import Stranger
from tests.unit.relay.test_main import data, serving
from wire import sas
from wire.log_limit import MOST

__all__ = ["data"]
_SIGNATURE = b"A" * 43 + b"%3D"
_END = b"\r\n\r\n"


def _token(resource: bytes, name: bytes) -> bytes:
    fields = b"sr=%b&sig=%b&se=99999999999&skn=%b" % (resource, _SIGNATURE, name)
    return b"SharedAccessSignature " + fields


def _get(token: bytes, header: bytes = b"ServiceBusAuthorization") -> bytes:
    head = b"GET /agent1 HTTP/1.1\r\nHost: localhost\r\n"
    return head + header + b": " + token + _END


def _post(body: bytes, *, encoding: bytes) -> bytes:
    head = b"POST /$enrol HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: "
    return head + encoding + b"\r\nContent-Length: %d" % len(body) + _END + body


ODD = {
    "key name": (_get(_token(b"http%3A%2F%2Flocalhost", b"\xff")), 401),
    "resource": (_get(_token(b"http://\xff/", b"listen")), 401),
    "scheme": (_get(b"\xff\xfe"), 401),
    "other header": (_get(_token(b"\xff", b"x"), b"Authorization"), 401),
    "no deflate": (_post(b"xxxxx", encoding=b"deflate"), 400),
    "no chunk": (
        b"POST /$enrol HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        400,
    ),
    "no gzip": (_post(b"xxxxx", encoding=b"gzip"), 400),
}


@pytest.mark.parametrize("case", ODD)
async def test_they_are_refused(
    stage: RelayStage, agent: Enrolled, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    sent, status = ODD[case]
    stranger = await Stranger.connect(stage)
    stranger.writer.write(sent)
    assert agent.name == "agent1"
    first = (await stranger.reader.readline()).split()
    stranger.writer.close()
    assert first[1] == b"%d" % status
    assert [each for each in caplog.records if each.exc_info] == []


async def test_a_body_that_ends_too_early_leaves_no_trace(
    stage: RelayStage, agent: Enrolled, caplog: pytest.LogCaptureFixture
) -> None:
    for path, header in (("$enrol", {}), ("agent1", stage.send_headers(agent.name))):
        stranger = await Stranger.connect(stage)
        head = f"POST /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in header.items())
        stranger.writer.write(head.encode() + b"\r\nxxx")
        await stranger.writer.drain()
        stranger.writer.transport.abort()
    async with stage.client() as client, client.get("/agent1") as answer:
        assert answer.status == 401
    await until(lambda: not stage.connected(), "nobody is connected")
    assert [each for each in caplog.records if each.exc_info] == []


async def test_a_renewal_in_odd_signs_ends_its_channel_by_name(
    stage: RelayStage, agent: Enrolled, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage.listening(agent) as listener:
        token = _token(b"http://x/", b"y").decode() + "\ud800"
        await listener.send_json({"renewToken": {"token": token}})
        close = await listener.receive()
        assert (close.data, close.extra) == (1008, "the token is not in ASCII")
    assert [each for each in caplog.records if each.exc_info] == []


async def test_the_reason_of_a_close_fits_its_frame(
    stage: RelayStage, agent: Enrolled
) -> None:
    """A control frame holds 125 bytes (RFC 6455 section 5.5)."""
    async with stage.listening(agent) as listener:
        host = f"{'é' * 60}.{'é' * 60}.test"
        await listener.send_json({"renewToken": {"token": _elsewhere(agent, host)}})
        close = await listener.receive()
        assert close.data == 1008
        assert "the token is for éé" in str(close.extra)


def _elsewhere(agent: Enrolled, host: str) -> str:
    audience = f"http://{host}/{agent.name}"
    return sas.sign(agent.listen_key, "listen", audience, 99_999_999_999)


async def test_a_body_is_relayed_as_it_is_encoded(
    stage: RelayStage, agent: Enrolled
) -> None:
    """Who is at the other end reads Content-Encoding too, and would read it twice."""
    body = zlib.compress(b"hello")
    headers = stage.send_headers("agent1") | {"Content-Encoding": "deflate"}
    async with (
        listening_agent(stage, agent, echo),
        stage.client() as client,
        client.post("/agent1", data=body, headers=headers) as answer,
    ):
        assert await answer.read() == body


async def test_a_flood_of_them_is_no_error_of_the_relay(
    data: Path, tmp_path: Path
) -> None:
    with serving(data, tmp_path) as (address, ca, process):
        port = int(address.rpartition(":")[2])
        tls = ssl.create_default_context(cafile=str(ca))
        for _ in range(3 * MOST):
            odd = b"GET /\xff HTTP/1.1" + _END
            answer = await asyncio.to_thread(_exchange, port, tls, odd)
            assert answer.startswith(b"HTTP/1.0 400 ")
        process.terminate()
        assert process.stderr is not None
        said = await asyncio.to_thread(process.stderr.read)
    assert [each for each in said.splitlines() if "rror" in each] == []


def _exchange(port: int, tls: ssl.SSLContext, sent: bytes) -> bytes:
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        tls.wrap_socket(plain, server_hostname="localhost") as opened,
    ):
        opened.sendall(sent)
        return opened.recv(200)
