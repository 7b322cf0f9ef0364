"""The reference client at a relay that lies: refused, each time, in bounded time."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from docs.portal_client import Agent, Client, LyingRelayError, Portal, WireError
from docs.portal_keys import new_portal
from tests.fixtures.lying_relay import (
    AGENT,
    ANSWERS,
    GARBAGE,
    ISSUER,
    KEYS,
    Lie,
    LyingRelay,
    Make,
    lying_relay,
)
from wire.keys import PublicKeys

CANARY = "Canary-7f3a-Passw0rd!"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    path = tmp_path_factory.mktemp("portal") / "portal.json"
    new_portal(path, ISSUER, "", None)
    return replace(Portal.load(path), send_key="aGVsbG8=", send_key_name="portal")


@pytest.fixture
def relay(portal: Portal, tmp_path: Path) -> Iterator[LyingRelay]:
    public = PublicKeys(portal.signing, portal.sealing)
    with lying_relay(tmp_path, public) as relay:
        yield relay


@pytest.fixture
def client(portal: Portal, relay: LyingRelay) -> Iterator[Client]:
    known = replace(portal, relay=relay.url, relay_ca=str(relay.ca))
    client = Client(known, timeout_s=20.0)
    yield client
    client.close()


def asked(client: Client, relay: LyingRelay) -> Agent:
    return client.agent(AGENT, relay.agent.identity.keys.public.fingerprint)


def reset(client: Client, agent: Agent, who: str) -> str:
    user = {"by": "mail", "value": who}
    answer = client.request(agent, "reset", user=user, new_password=CANARY)
    return str(answer["code"])


def test_a_relay_that_does_not_lie_is_no_obstacle(
    client: Client, relay: LyingRelay
) -> None:
    agent = asked(client, relay)
    assert [reset(client, agent, who) for who in ("anna", "bruno")] == ["ok", "ok"]
    assert relay.agent.done == ["anna", "bruno"]


@pytest.mark.parametrize("lie", ANSWERS)
def test_what_is_no_answer_to_a_request_is_refused(
    client: Client, relay: LyingRelay, lie: str
) -> None:
    agent = asked(client, relay)
    assert reset(client, agent, "anna") == "ok"
    relay.lie = Lie("POST", ANSWERS[lie])
    with pytest.raises(LyingRelayError):
        reset(client, agent, "bruno")


@pytest.mark.parametrize("lie", KEYS)
def test_keys_that_are_not_the_agents_of_now_are_refused(
    client: Client, relay: LyingRelay, lie: str
) -> None:
    asked(client, relay)
    relay.lie = Lie("GET", KEYS[lie])
    with pytest.raises(LyingRelayError):
        asked(client, relay)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("lie", GARBAGE)
def test_garbage_is_refused_and_never_printed_raw(
    client: Client, relay: LyingRelay, lie: str, method: str
) -> None:
    agent = asked(client, relay)
    relay.lie = Lie(method, GARBAGE[lie])
    with pytest.raises(WireError) as refused:
        reset(client, asked(client, relay), "anna") if method == "GET" else reset(
            client, agent, "anna"
        )
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 1000
    assert CANARY not in str(refused.value)


def test_the_client_works_on_after_each_lie(client: Client, relay: LyingRelay) -> None:
    agent = asked(client, relay)
    for make in GARBAGE.values():
        relay.lie = Lie("POST", make)
        with pytest.raises(WireError):
            reset(client, agent, "anna")
        relay.lie = None
        assert reset(client, agent, "bruno") == "ok"
    assert relay.agent.done == ["bruno"] * len(GARBAGE)


def test_a_stale_key_is_followed_by_one_new_request(
    client: Client, relay: LyingRelay
) -> None:
    agent = asked(client, relay)
    old = replace(agent, sealing=relay.own.public.sealing)
    assert reset(client, old, "anna") == "ok"
    assert relay.agent.done == ["anna"]


def test_an_error_token_after_a_try_without_an_answer_proves_nothing(
    client: Client, relay: LyingRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first time may have been done: the token is about the second alone."""
    monkeypatch.setattr("docs.portal_client.time.sleep", lambda _: None)
    agent = asked(client, relay)
    old = replace(agent, sealing=relay.own.public.sealing)
    first = iter([502])

    def lie(relay: LyingRelay, request: object) -> object:
        response = relay.agent.post(request.body)  # type: ignore[attr-defined]
        return replace(response, status=next(first, response.status))

    relay.lie = Lie("POST", lie)  # type: ignore[arg-type]
    with pytest.raises(WireError, match="is not known"):
        reset(client, old, "anna")


DRIBBLES = {
    "a handshake": b"",
    "a status": b"HTTP/1.1 200",
    "headers": b"HTTP/1.1 200 OK\r\nX-A: ",
    "a body": b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n",
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "an endless 100 Continue": b"HTTP/1.1 100 Continue\r\n\r\n" * 100,
}


class Dribble:
    """A server that sends a beginning, and then a byte now and then, for ever."""

    def __init__(self, relay: LyingRelay, folder: Path, beginning: bytes) -> None:
        self._beginning, self._over = beginning, threading.Event()
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self._socket.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._send, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _send(self, connection: socket.socket) -> None:
        try:
            if self._beginning:
                connection = self._tls.wrap_socket(connection, server_side=True)
                connection.sendall(self._beginning)
            while not self._over.wait(0.05):
                connection.sendall(b"1" if self._beginning else b"\x16")
        except OSError:
            pass
        finally:
            connection.close()

    def close(self) -> None:
        self._over.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join()


@pytest.mark.parametrize("beginning", DRIBBLES)
def test_a_relay_that_sends_a_byte_now_and_then_is_given_up(
    portal: Portal, relay: LyingRelay, tmp_path: Path, beginning: str
) -> None:
    """Each byte would begin the time-out of a socket anew."""
    dribble = Dribble(relay, tmp_path, DRIBBLES[beginning])
    known = replace(portal, relay=dribble.url, relay_ca=str(relay.ca))
    client = Client(known, timeout_s=0.5)
    try:
        with pytest.raises((WireError, OSError, http.client.HTTPException)):
            client.agent(AGENT, "AB12")
    finally:
        client.close()
        dribble.close()


def test_an_agent_says_whether_it_is_ready(client: Client, relay: LyingRelay) -> None:
    claims = client.ready(asked(client, relay))
    assert (claims["ready"], claims["paused"], claims["directory"]) == (
        *(True, False, True),
    )


READY: dict[str, Make] = {
    "ready that it kept": lambda relay, _: relay.kept[-1],
    "ready of another agent": lambda relay, request: relay.other.answer(request),
    "keys in place of ready": lambda relay, request: relay.agent.answer(
        replace(request, target=request.target.replace("ready", "keys"))
    ),
}


@pytest.mark.parametrize("lie", READY)
def test_what_is_not_the_agents_state_of_now_is_refused(
    client: Client, relay: LyingRelay, lie: str
) -> None:
    agent = asked(client, relay)
    client.ready(agent)
    relay.lie = Lie("GET", READY[lie])
    with pytest.raises(LyingRelayError):
        client.ready(agent)
