"""What senders are answered, by the relay and through it."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import aiohttp
import pytest
from yarl import URL

from tests.fixtures.relay_stage import (
    Enrolled,
    RelayStage,
    echo,
    listening_agent,
    relay_stage,
    until,
)
from tests.unit.wire.test_sas import signed
from wire import sas
from wire.hybrid_connections import RelayRequest, RelayResponse
from wire.keys import PrivateKeys


@pytest.fixture
async def client(stage: RelayStage) -> AsyncIterator[aiohttp.ClientSession]:
    async with stage.client() as session:
        yield session


class Recorder:
    """Answers 200 and keeps what was asked."""

    def __init__(self, headers: dict[str, str] | None = None) -> None:
        self.seen: list[RelayRequest] = []
        self._headers = headers or {}

    async def __call__(self, request: RelayRequest) -> RelayResponse:
        self.seen.append(request)
        return RelayResponse(200, self._headers, b"ok")


async def status_for(
    client: aiohttp.ClientSession, token: str | None, path: str = "/agent1"
) -> int:
    headers = {"ServiceBusAuthorization": token} if token else {}
    async with client.post(path, data=b"x", headers=headers) as answer:
        if "Via" not in answer.headers:
            why = {"reason"} if answer.status == 401 else set()
            assert set(await answer.json()) == {"error", "remedy"} | why
        return answer.status


async def test_nobody_listening_is_502_without_via(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    headers = stage.send_headers("agent1")
    async with client.post("/agent1", headers=headers) as answer:
        assert answer.status == 502
        assert "Via" not in answer.headers
        assert "no agent listens" in (await answer.json())["error"]


async def test_tokens_are_checked(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    """401 proves nothing, 403 not for this, 404 no such connection."""
    await stage.enrol("agent2")
    stage.add_portal("globex", PrivateKeys.generate())
    globex = stage.store.portal("globex")
    assert globex is not None
    cases = {
        None: 401,
        "Bearer x": 401,
        stage.token("agent1", key="wrong"): 401,
        stage.token("agent1", key_name="portal-nobody"): 401,
        stage.token("agent1", seconds=-1): 401,
        stage.token("agent2"): 403,
        stage.token("agent1/below"): 403,
        stage.token("agent1", key=agent.listen_key, key_name="listen"): 403,
        stage.token("agent1", key=globex.send_key, key_name="portal-globex"): 403,
        stage.token("agent1").replace("localhost", "elsewhere"): 401,
        stage.token(""): 200,
        stage.token("agent1"): 200,
        stage.token("agent1", key=agent.test_key, key_name="self-test"): 200,
    }
    async with listening_agent(stage, agent, echo):
        statuses = {token: await status_for(client, token) for token in cases}
    assert statuses == cases


async def test_the_self_test_key_is_for_its_connection_alone(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    await stage.enrol("agent2")
    token = stage.token("", key=agent.test_key, key_name="self-test")
    assert await status_for(client, token, "/agent2") == 401
    assert await status_for(client, token, "/agent1") == 502


async def test_a_token_for_another_host_is_refused(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    token = stage.token("agent1")
    foreign = sas.sign(
        stage.portal.send_key,
        stage.portal.send_key_name,
        "http://other.relay/agent1",
        sas.parse(token).expires,
    )
    assert await status_for(client, foreign) == 403


async def test_an_unknown_connection_is_404(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    assert await status_for(client, stage.token("nobody"), "/nobody") == 404


async def test_a_silent_listener_is_504(tmp_path: Path) -> None:
    async with relay_stage(tmp_path, answer_seconds=0.2) as stage:
        agent = await stage.enrol("agent1")
        async with stage.listening(agent), stage.client() as client:
            headers = stage.send_headers("agent1")
            async with client.post("/agent1", headers=headers) as answer:
                assert answer.status == 504
                assert "Via" not in answer.headers


async def test_a_listener_that_leaves_is_502_at_once(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    async with stage.listening(agent) as socket:
        status = asyncio.create_task(status_for(client, stage.token("agent1")))
        await socket.receive()
        await socket.close()
        assert await asyncio.wait_for(status, 20) == 502


async def test_answers_of_the_listener_carry_via(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    recorder = Recorder({"Via": "1.0 inner", "X-Own": "1", "Connection": "close"})
    headers = stage.send_headers("agent1") | {"Via": "1.1 outer"}
    async with (
        listening_agent(stage, agent, recorder),
        client.post("/agent1", headers=headers) as answer,
    ):
        assert answer.headers["Via"] == "1.0 inner, 1.1 relay.corp.test"
        assert answer.headers["X-Own"] == "1"
        assert answer.headers.get("Connection") != "close"
    assert recorder.seen[0].headers["Via"] == "1.1 outer, 1.1 relay.corp.test"


async def test_tokens_and_headers_of_one_hop_are_not_relayed(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    recorder = Recorder()
    headers = stage.send_headers("agent1") | {
        "Authorization": "Bearer mine",
        "Connection": "keep-alive, X-Hop",
        "X-Hop": "1",
        "TE": "trailers",
        "Close": "1",
        "X-Kept": "1",
    }
    async with (
        listening_agent(stage, agent, recorder),
        client.post("/agent1", data=b"x", headers=headers) as answer,
    ):
        assert answer.status == 200
    got = {name.lower() for name in recorder.seen[0].headers}
    assert {"authorization", "x-kept", "via"} <= got
    dropped = {"servicebusauthorization", "connection", "x-hop", "te", "close"}
    assert not got & (dropped | {"host", "content-length", "transfer-encoding"})


async def test_authorization_is_consumed_when_it_is_the_token(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    recorder = Recorder()
    headers = {"Authorization": stage.token("agent1")}
    async with (
        listening_agent(stage, agent, recorder),
        client.post("/agent1", headers=headers) as answer,
    ):
        assert answer.status == 200
    assert "Authorization" not in recorder.seen[0].headers


async def test_the_token_is_cut_out_of_the_query_and_the_rest_is_kept(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    recorder = Recorder()
    token = quote(stage.token("agent1"), safe="")
    query = f"a=%2f+b&sb-hc-token={token}&%73b-hc-id=1&c"
    async with listening_agent(stage, agent, recorder):
        address = URL(f"{stage.url}/agent1/x%2Fy?{query}", encoded=True)
        connector = aiohttp.TCPConnector(ssl=stage.client_tls)
        async with (
            aiohttp.ClientSession(connector=connector) as bare,
            bare.post(address) as answer,
        ):
            assert answer.status == 200
    assert recorder.seen[0].target == "/agent1/x%2Fy?a=%2f+b&c"


# Microsoft's own expectations of the service (azure-relay-dotnet, HybridRequestTests),
# but for those where it spells an escape anew: here it stays as it came
QUERIES = {
    "?a=1&a=2": "?a=1&a=2",
    "?a=1&a=2&": "?a=1&a=2&",
    "?&&&": "?&&&",
    "?&foo=bar": "?&foo=bar",
    "?sb-hc-id=1": "",
    "?sb-hc-id=1&custom=value": "?custom=value",
    "?custom=value&sb-hc-id=1": "?custom=value",
    "?sb-hc-undefined": "?sb-hc-undefined",
    "?sb-hc-undefined=true": "",
    "?sb-hc-whatever=": "",
    "?CustomValue": "?CustomValue",
    "?&custom&value&": "?&custom&value&",
    "?&&value&&": "?&&value&&",
    "?+": "?+",
    "?%2B": "?%2B",
    "?%C3%b8=%c3%B8": "?%C3%b8=%c3%B8",
}


@pytest.mark.parametrize(("query", "kept"), QUERIES.items())
async def test_a_query_is_kept_byte_for_byte(
    stage: RelayStage,
    agent: Enrolled,
    client: aiohttp.ClientSession,
    query: str,
    kept: str,
) -> None:
    recorder = Recorder()
    url = URL(f"{stage.url}/agent1/x{query}", encoded=True)
    headers = stage.send_headers("agent1")
    async with (
        listening_agent(stage, agent, recorder),
        client.get(url, headers=headers) as answer,
    ):
        assert answer.status == 200
    assert recorder.seen[0].target == f"/agent1/x{kept}"


async def test_a_token_in_the_query_counts_before_the_header(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    async with listening_agent(stage, agent, echo):
        wrong = {"ServiceBusAuthorization": "wrong"}
        query = {"sb-hc-token": stage.token("agent1")}
        async with client.post("/agent1", params=query, headers=wrong) as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    ("path", "most"), [("/agent1", 1024 * 1024), ("/$enrol", 16 * 1024)]
)
async def test_a_body_that_is_too_big_is_413(
    stage: RelayStage,
    agent: Enrolled,
    client: aiohttp.ClientSession,
    path: str,
    most: int,
) -> None:
    headers = stage.send_headers("agent1")
    body = io.BytesIO(bytes(most + 1))
    async with (
        listening_agent(stage, agent, echo),
        client.post(path, data=body, headers=headers) as answer,
    ):
        content = {"error": f"the body is over {most} bytes", "remedy": "Send less."}
        assert (answer.status, await answer.json()) == (413, content)


async def test_a_chunked_body_is_relayed(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"chunk"

    headers = stage.send_headers("agent1")
    async with (
        listening_agent(stage, agent, echo),
        client.post("/agent1", data=chunks(), headers=headers) as answer,
    ):
        assert await answer.read() == b"chunk" * 3


@pytest.mark.parametrize("status", [204, 304, 400, 502, 504, 599])
async def test_statuses_of_the_listener_are_kept(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession, status: int
) -> None:
    async def handle(_: RelayRequest) -> RelayResponse:
        return RelayResponse(status, {}, b"")

    headers = stage.send_headers("agent1")
    async with (
        listening_agent(stage, agent, handle),
        client.post("/agent1", headers=headers) as answer,
    ):
        assert answer.status == status
        assert "Via" in answer.headers


async def test_names_are_compared_without_case(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    async with listening_agent(stage, agent, echo):
        assert await status_for(client, stage.token("AGENT1"), "/Agent1") == 200


async def test_several_listeners_share_the_requests(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    first, second = Recorder(), Recorder()
    async with (
        listening_agent(stage, agent, first),
        listening_agent(stage, agent, second),
    ):
        for _ in range(60):
            assert await status_for(client, stage.token("agent1")) == 200
    assert first.seen
    assert second.seen
    assert len(first.seen) + len(second.seen) == 60


async def test_the_other_listener_takes_over_when_one_goes(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    async with (
        listening_agent(stage, agent, echo) as first,
        listening_agent(stage, agent, echo),
    ):
        await first.listener.drain(1)
        await until(first.task.done)
        statuses = {await status_for(client, stage.token("agent1")) for _ in range(10)}
    assert statuses == {200}


@pytest.mark.parametrize(
    ("path", "error", "remedy"),
    [
        ("/", "nothing is at this address", "/$enrol"),
        ("/$nothing", "nothing is at this address", "/$enrol"),
        ("/$enrol", "this address does not take GET", "Send POST."),
        ("/$enrol/xyz", "this address does not take GET", "Send DELETE or PUT."),
    ],
)
async def test_other_addresses_are_refused_in_words(
    client: aiohttp.ClientSession, path: str, error: str, remedy: str
) -> None:
    async with client.get(path) as answer:
        assert answer.status in (404, 405)
        content = await answer.json()
    assert set(content) == {"error", "remedy"}
    assert content["error"] == error
    assert remedy in content["remedy"]


async def test_every_client_encoding_of_the_audience_is_taken(
    stage: RelayStage, agent: Enrolled, client: aiohttp.ClientSession
) -> None:
    resources = [
        f"http%3A%2F%2Flocalhost%3A{stage.port}%2Fagent1",
        "http%3a%2f%2flocalhost%2fagent1%2f",
        quote("http://localhost/agent1", safe=""),
        quote_plus("http://localhost/agent1"),
    ]
    async with listening_agent(stage, agent, echo):
        for resource in resources:
            token = signed(resource, key=stage.portal.send_key, expires=2**33)
            token = token.replace("skn=listen", f"skn={stage.portal.send_key_name}")
            assert await status_for(client, token) == 200
