"""Another machine that runs with the keys of this agent is detected."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from agent.config.settings import Relay
from agent.relay_client.clone_detection import (
    SILENT,
    STRANGER,
    CloneDetector,
    CloneQuery,
    Finding,
)
from agent.relay_client.endpoint import RelayEndpoint
from agent.system.instance import Instance
from lab.machines.proxy import proxy
from tests.fixtures.relay_stage import echo, listening_agent, relay_stage
from wire import jose
from wire.hybrid_connections import RelayRequest, RelayResponse
from wire.keys import PrivateKeys
from wire.secret import Secret

OWN = PrivateKeys.generate()

QUERY = CloneQuery(
    RelayEndpoint(Relay(url="https://relay.corp.test")),
    "srv1",
    "test",
    Secret("key"),
    OWN.public,
)


class Looking(CloneDetector):
    """A detector whose looks come from a list."""

    def __init__(self, looks: list[frozenset[str]], found: list[Finding]) -> None:
        super().__init__(QUERY, Instance("own", 1), found.append, 0.0)
        self._looks = looks

    async def look(self) -> frozenset[str]:
        if not self._looks:
            raise asyncio.CancelledError
        return self._looks.pop(0)


async def test_a_successor_is_no_clone_and_one_that_stays_is() -> None:
    found: list[Finding] = []
    a, b, none = frozenset({"a"}), frozenset({"b"}), frozenset[str]()
    with pytest.raises(asyncio.CancelledError):
        await Looking([none, a, b, none, a, a, a, none], found).run()
    assert found == [Finding.COPY, Finding.NONE]


async def test_a_stranger_that_stays_is_told_until_it_goes() -> None:
    found: list[Finding] = []
    stranger, silent = frozenset({STRANGER, SILENT}), frozenset({SILENT})
    both, none = stranger | {"a"}, frozenset[str]()
    looks = [stranger, none, stranger, both, both, stranger, silent, silent, none]
    with pytest.raises(asyncio.CancelledError):
        await Looking(looks, found).run()
    assert found == [
        Finding.STRANGER,
        Finding.COPY,
        Finding.STRANGER,
        Finding.SILENT,
        Finding.NONE,
    ]
    assert all("writeback r" in each.value for each in found if each.value)


@contextlib.asynccontextmanager
async def answering(
    ready: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[CloneDetector]:
    """A relay that answers what it likes, and an agent that looks for clones there."""
    app = web.Application()
    app.router.add_get("/srv1/ready", ready)
    server = TestServer(app)
    await server.start_server()
    url = f"http://127.0.0.1:{server.port}"
    # a relay is asked over TLS alone; what is looked at here comes after that
    relay = Relay.model_construct(url=url, ca=None, proxy=None)
    query = replace(QUERY, endpoint=RelayEndpoint(relay), keys=OWN.public)
    try:
        yield CloneDetector(query, Instance("own", 1), lambda _warning: None)
    finally:
        await server.close()


def ready_signed(nonce: str, age_s: float, keys: PrivateKeys = OWN) -> bytes:
    claims = {"iat": int(time.time() - age_s), "instance": "other", "nonce": nonce}
    return jose.sign(claims, keys, "writeback-ready+jwt")


@pytest.mark.parametrize(
    ("body", "others"),
    [
        (lambda nonce: ready_signed(nonce, 0), {"other"}),
        # what a relay kept of a process that ended since
        (lambda _nonce: ready_signed("0123456789abcdef", 0), {STRANGER}),
        (lambda nonce: ready_signed(nonce, 200), set()),
        (lambda nonce: ready_signed(nonce, -200), set()),
        (lambda nonce: ready_signed(nonce, 0, PrivateKeys.generate()), {STRANGER}),
        (
            lambda _nonce: jose.sign({"iat": "x"}, OWN, "writeback-ready+jwt"),
            {STRANGER},
        ),
        (lambda _nonce: b"<html>", {STRANGER}),
        (lambda _nonce: b"", {STRANGER}),
    ],
)
async def test_only_a_fresh_answer_of_its_own_keys_counts(
    body: Callable[[str], bytes], others: set[str]
) -> None:
    async def ready(request: web.Request) -> web.Response:
        return web.Response(body=body(request.query["nonce"]))

    async with answering(ready) as detector:
        assert await detector.look() == others


@pytest.mark.parametrize(
    ("status", "via", "others"),
    [
        (404, True, {STRANGER}),
        (502, True, {STRANGER}),
        (503, True, set()),  # it is about to stop
        (502, False, set()),  # the relay's own: nobody listens
        (404, False, set()),
        (504, False, set()),  # nobody is heard, this process neither
    ],
)
async def test_what_a_listener_refuses_is_a_strangers_word(
    *, status: int, via: bool, others: set[str]
) -> None:
    async def ready(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Via": "1.1 relay"} if via else {})

    async with answering(ready) as detector:
        assert await detector.look() == others


async def test_who_listens_with_the_listen_key_alone_is_noticed(
    tmp_path: Path,
) -> None:
    async with relay_stage(tmp_path) as stage:
        agent = await stage.enrol("srv1")

        async def own(request: RelayRequest) -> RelayResponse:
            nonce = parse_qs(urlsplit(request.target).query)["nonce"][0]
            claims = {"iat": int(time.time()), "instance": "own", "nonce": nonce}
            body = jose.sign(claims, agent.keys, "writeback-ready+jwt")
            return RelayResponse(200, {}, body)

        async def silent(_request: RelayRequest) -> RelayResponse:
            await asyncio.sleep(3600)
            raise AssertionError

        query = CloneQuery(
            RelayEndpoint(Relay(url=stage.url, ca=str(stage.ca))),
            agent.name,
            "self-test",
            Secret(agent.test_key),
            agent.keys.public,
        )

        def detector(timeout_s: float) -> CloneDetector:
            return CloneDetector(
                query, Instance("own", 1), lambda _found: None, timeout_s=timeout_s
            )

        async with listening_agent(stage, agent, own):
            assert await detector(20).look() == frozenset()
            async with listening_agent(stage, agent, echo):
                await seen(detector(20), STRANGER)
            async with listening_agent(stage, agent, silent):
                await seen(detector(0.3), SILENT)


async def seen(detector: CloneDetector, name: str) -> None:
    """Look until it is seen, and nothing but it: chance may leave it out of a look."""
    for _ in range(20):
        others = await detector.look()
        if others:
            break
    assert others == {name}


async def test_a_proxy_that_refuses_is_not_asked_again_soon() -> None:
    """A wrong password, tried every minute, would lock the user there."""
    with proxy("127.0.0.1") as there:
        there.ask_for("me:right")
        relay = Relay(url="https://127.0.0.1:1", proxy=there.of("me"))
        query = replace(QUERY, endpoint=RelayEndpoint(relay, Secret("wrong")))
        detector = CloneDetector(query, Instance("own", 1), lambda _warning: None)
        assert await detector.look() == frozenset()
        assert there.refused == ["127.0.0.1:1"]
        assert detector._pause_s == 300


async def test_a_relay_that_never_stops_answering_is_left() -> None:
    async def ready(request: web.Request) -> web.StreamResponse:
        endless = web.StreamResponse()
        await endless.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await endless.write(b"x" * 1024)
        return endless

    async with answering(ready) as detector, asyncio.timeout(10):
        assert await detector.look() == set()
