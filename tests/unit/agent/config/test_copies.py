"""A copied or restored machine is recognised, and does not serve as another."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from agent.config import agent_config, enrolment
from agent.config.errors import SettingsError
from agent.config.settings import Relay
from agent.relay_client.clone_detection import WORDS, CloneDetector, CloneQuery
from agent.relay_client.endpoint import RelayEndpoint
from agent.service.status import Status
from agent.system import instance
from agent.system.instance import Instance
from agent.system.paths import Paths
from lab.machines.proxy import proxy
from tests.unit.agent.service.test_service import places as places  # noqa: PLC0414 - a fixture
from wire import jose
from wire.keys import PrivateKeys
from wire.secret import Secret

HERE = "0123456789abcdef0123456789abcdef"


def test_a_machine_is_named_without_its_id(tmp_path: Path) -> None:
    path = tmp_path / "machine-id"
    assert instance.machine_name(path) == ""
    path.write_text(f"{HERE}\n")
    named = instance.machine_name(path)
    assert len(named) == 64
    assert HERE not in named
    path.write_text("uninitialized\n")
    assert instance.machine_name(path) == ""


@pytest.mark.parametrize(
    ("enrolled", "here"), [("a", "a"), ("", "b"), ("a", ""), ("", "")]
)
def test_a_machine_that_is_not_known_for_another_is_no_copy(
    enrolled: str, here: str
) -> None:
    assert not instance.is_copy(enrolled, here)
    assert instance.is_copy("there", "here")


def test_an_agent_does_not_start_on_a_copy(
    places: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_config, "machine_name", lambda: "here")
    made = enrolment.load(places.enrolment)
    enrolment.save(places.enrolment, replace(made, machine="here"))
    assert agent_config.load(places).enrolment.machine == "here"
    enrolment.save(places.enrolment, replace(made, machine="there"))
    with pytest.raises(SettingsError, match="writeback rekey"):
        agent_config.load(places)


def test_starts_are_counted_up(tmp_path: Path) -> None:
    first, second = (Instance.begin(tmp_path / "starts") for _ in "12")
    assert (first.starts, second.starts) == (1, 2)
    assert first.id != second.id
    (tmp_path / "starts").write_text("spoiled")
    assert Instance.begin(tmp_path / "starts").starts == 1


def test_one_that_goes_on_beside_a_successor_tells_no_lower_count(
    tmp_path: Path,
) -> None:
    path = tmp_path / "starts"
    first = Instance.begin(path)
    assert first.counted == 1
    second = Instance.begin(path)  # perhaps it never gets ready, and is ended
    assert first.counted == second.counted == 2
    path.unlink()
    assert (first.counted, second.counted) == (1, 2)


OWN = PrivateKeys.generate()
ASKED = CloneQuery(
    RelayEndpoint(Relay(url="https://relay.corp.test")),
    "srv1",
    "test",
    Secret("key"),
    OWN.public,
)


class Looking(CloneDetector):
    """Twins whose looks come from a list."""

    def __init__(self, looks: list[frozenset[str]], told: list[str]) -> None:
        super().__init__(ASKED, Instance("own", 1), told.append, 0.0)
        self._looks = looks

    async def look(self) -> frozenset[str]:
        if not self._looks:
            raise asyncio.CancelledError
        return self._looks.pop(0)


async def test_a_successor_is_no_twin_and_one_that_stays_is() -> None:
    told: list[str] = []
    a, b, none = frozenset({"a"}), frozenset({"b"}), frozenset[str]()
    with pytest.raises(asyncio.CancelledError):
        await Looking([none, a, b, none, a, a, none], told).run()
    assert told == ["", "", "", "", WORDS, ""]


@contextlib.asynccontextmanager
async def answering(
    ready: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[CloneDetector]:
    """A relay that answers what it likes, and an agent that looks for twins there."""
    app = web.Application()
    app.router.add_get("/srv1/ready", ready)
    server = TestServer(app)
    await server.start_server()
    url = f"http://127.0.0.1:{server.port}"
    # a relay is asked over TLS alone; what is looked at here comes after that
    relay = Relay.model_construct(url=url, ca=None, proxy=None)
    asked = replace(ASKED, endpoint=RelayEndpoint(relay), keys=OWN.public)
    try:
        yield CloneDetector(asked, Instance("own", 1), lambda _told: None)
    finally:
        await server.close()


def ready_signed(age_s: float, keys: PrivateKeys = OWN) -> bytes:
    claims = {"iat": int(time.time() - age_s), "instance": "other"}
    return jose.sign(claims, keys, "writeback-ready+jwt")


@pytest.mark.parametrize(
    ("body", "others"),
    [
        (lambda: ready_signed(0), {"other"}),
        # what a relay kept of a process that ended long ago
        (lambda: ready_signed(200), set()),
        (lambda: ready_signed(-200), set()),
        (lambda: ready_signed(0, PrivateKeys.generate()), set()),
        (lambda: jose.sign({"iat": "x"}, OWN, "writeback-ready+jwt"), set()),
    ],
)
async def test_only_a_fresh_answer_of_its_own_keys_counts(
    body: Callable[[], bytes], others: set[str]
) -> None:
    async def ready(_request: web.Request) -> web.Response:
        return web.Response(body=body())

    async with answering(ready) as twins:
        assert await twins.look() == others


async def test_a_proxy_that_refuses_is_not_asked_again_soon() -> None:
    """A wrong password, tried every minute, would lock the user there."""
    with proxy("127.0.0.1") as there:
        there.ask_for("me:right")
        relay = Relay(url="https://127.0.0.1:1", proxy=there.of("me"))
        asked = replace(ASKED, endpoint=RelayEndpoint(relay, Secret("wrong")))
        twins = CloneDetector(asked, Instance("own", 1), lambda _told: None)
        assert await twins.look() == frozenset()
        assert there.refused == ["127.0.0.1:1"]
        assert twins._pause_s == 300


async def test_a_relay_that_never_stops_answering_is_left() -> None:
    async def ready(request: web.Request) -> web.StreamResponse:
        endless = web.StreamResponse()
        await endless.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await endless.write(b"x" * 1024)
        return endless

    async with answering(ready) as twins, asyncio.timeout(10):
        assert await twins.look() == set()


def test_a_twin_is_told_in_the_status(tmp_path: Path) -> None:
    status = Status(tmp_path / "status.json", "1.0", paused=False)
    status.on_clone(WORDS)
    assert status.as_dict()["twin"] == WORDS
