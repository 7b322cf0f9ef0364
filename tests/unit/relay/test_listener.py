"""Listeners by hand: what the relay does with the ill-behaved and the late."""

import asyncio
import contextlib
import json
import sqlite3
import time
from socket import SO_RCVBUF, SO_SNDBUF, SOL_SOCKET
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from aiohttp.web import Request

from relay.listener import Channel
from relay.server import Relay
from tests.fixtures.loop_clock import LoopClock
from tests.fixtures.relay_stage import Enrolled, RelayStage, until

Socket = aiohttp.ClientWebSocketResponse


async def refused(stage: RelayStage, path: str, headers: dict[str, str]) -> int:
    async with stage.client() as client:
        with pytest.raises(WSServerHandshakeError) as caught:
            await client.ws_connect(path, headers=headers)
    return caught.value.status


async def close_code(socket: Socket) -> int | None:
    """Read on to the close frame; aiohttp's own code is 1006 if its reply is late."""
    kinds = (WSMsgType.TEXT, WSMsgType.BINARY)
    while (frame := await socket.receive(timeout=10)).type in kinds:
        pass
    return frame.data if frame.type is WSMsgType.CLOSE else socket.close_code


async def request_on(socket: Socket) -> dict[str, Any]:
    frame = await socket.receive(timeout=10)
    assert frame.type is WSMsgType.TEXT
    request: dict[str, Any] = json.loads(frame.data)["request"]
    return request


def response(request: dict[str, Any], **more: object) -> dict[str, Any]:
    content = {"requestId": request["id"], "statusCode": 200, "body": False}
    return {"response": content | more}


class Asking:
    """A sender's request under way."""

    def __init__(self, stage: RelayStage, body: bytes = b"") -> None:
        self.task = asyncio.create_task(self._ask(stage, body))

    async def _ask(self, stage: RelayStage, body: bytes) -> tuple[int, bytes]:
        headers = stage.send_headers("agent1")
        async with (
            stage.client() as client,
            client.post("/agent1", data=body, headers=headers) as answer,
        ):
            return answer.status, await answer.read()

    async def answer(self) -> tuple[int, bytes]:
        return await asyncio.wait_for(self.task, 10)


async def test_handshakes_are_checked(stage: RelayStage, agent: Enrolled) -> None:
    listen = "/$hc/agent1?sb-hc-action=listen"
    other = stage.token("agent1", key=agent.test_key, key_name="self-test")
    assert await refused(stage, listen, {}) == 401
    assert await refused(stage, listen, stage.listen_headers(agent, -1)) == 401
    assert await refused(stage, listen, {"ServiceBusAuthorization": other}) == 403
    assert await refused(stage, listen, stage.send_headers("agent1")) == 403
    stranger = Enrolled("nobody", agent.code)
    unknown = "/$hc/nobody?sb-hc-action=listen"
    assert await refused(stage, unknown, stage.listen_headers(stranger)) == 404
    connect = "/$hc/agent1?sb-hc-action=connect"
    assert await refused(stage, connect, stage.send_headers("agent1")) == 400


async def test_who_is_withdrawn_during_the_handshake_does_not_listen(
    stage: RelayStage, agent: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted = Relay._accepted

    async def withdrawn(relay: Relay, request: Request) -> Channel:
        channel = await accepted(relay, request)
        known = stage.store.agent(agent.name)
        assert known is not None
        stage.store.remove_agent(known)
        await stage.close_channels()
        return channel

    monkeypatch.setattr(Relay, "_accepted", withdrawn)
    async with stage.listening(agent) as socket:
        assert await close_code(socket) == 1008
    await until(lambda: stage.listeners(agent) == 0, "it left")


async def test_a_listener_that_can_not_be_noted_is_not_asked(
    stage: RelayStage, agent: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(stage.store, "saw_agents", locked)
    async with stage.listening(agent) as socket:
        await close_code(socket)
    await until(lambda: stage.listeners(agent) == 0, "it left")


async def test_the_token_may_be_in_the_query(
    stage: RelayStage, agent: Enrolled
) -> None:
    token = stage.listen_headers(agent)["ServiceBusAuthorization"]
    query = {"sb-hc-action": "listen", "sb-hc-token": token}
    async with (
        stage.client() as client,
        client.ws_connect("/$hc/agent1", params=query) as socket,
    ):
        asking = Asking(stage)
        await socket.send_json(response(await request_on(socket)))
        assert await asking.answer() == (200, b"")


async def test_a_whole_request_has_every_member(
    stage: RelayStage, agent: Enrolled
) -> None:
    async with stage.listening(agent) as socket:
        asking = Asking(stage, b"body")
        request = await request_on(socket)
        assert set(request) == {
            "address",
            "id",
            "requestTarget",
            "method",
            "requestHeaders",
            "remoteEndpoint",
            "body",
        }
        assert (request["method"], request["body"]) == ("POST", True)
        assert request["remoteEndpoint"]["address"] == "127.0.0.1"
        assert (await socket.receive()).data == b"body"
        await socket.send_json(response(request))
        await asking.answer()


async def test_a_status_may_be_text_and_a_header_a_list(
    stage: RelayStage, agent: Enrolled
) -> None:
    async with stage.listening(agent) as socket:
        asking = Asking(stage)
        headers = {"X-Many": ["a", "b"], "X-Number": 3}
        answer = response(
            await request_on(socket), statusCode="201", responseHeaders=headers
        )
        await socket.send_json(answer)
        assert (await asking.answer())[0] == 201


async def test_an_expired_token_closes_with_1008(
    stage: RelayStage, agent: Enrolled
) -> None:
    clock = LoopClock()
    async with stage.listening(agent, seconds=60) as socket:
        clock.advance(60)
        assert await close_code(socket) == 1008


async def test_a_renewed_token_keeps_the_channel_open(
    stage: RelayStage, agent: Enrolled
) -> None:
    clock = LoopClock()
    async with stage.listening(agent, seconds=60) as socket:
        token = stage.listen_headers(agent)["ServiceBusAuthorization"]
        await socket.send_json({"renewToken": {"token": token}})
        await until(lambda: stage.token_of_listener() == token, "taken")
        clock.advance(60)
        asking = Asking(stage)
        await socket.send_json(response(await request_on(socket)))
        assert (await asking.answer())[0] == 200


@pytest.mark.parametrize("token", ["", "SharedAccessSignature x", 7])
async def test_a_bad_renewal_closes_with_1008(
    stage: RelayStage, agent: Enrolled, token: object
) -> None:
    async with stage.listening(agent) as socket:
        await socket.send_json({"renewToken": {"token": token}})
        assert await close_code(socket) == 1008


async def test_an_ended_relay_closes_with_1001(
    stage: RelayStage, agent: Enrolled
) -> None:
    async with stage.listening(agent) as socket:
        closing = asyncio.create_task(stage.stop())
        assert await close_code(socket) == 1001
        await closing


async def test_an_ending_relay_lets_answers_under_way_arrive(
    stage: RelayStage, agent: Enrolled
) -> None:
    async with stage.listening(agent) as socket:
        asking = Asking(stage)
        request = await request_on(socket)
        closing = asyncio.create_task(stage.stop())
        await asyncio.sleep(0.05)  # the end has begun; nothing tells that it has
        await socket.send_json(response(request))
        assert await asking.answer() == (200, b"")
        assert await close_code(socket) == 1001
        await closing


BROKEN: dict[str, str | bytes] = {
    "no JSON": "{",
    "no object": "[]",
    "a body without its response": b"x",
    "a response without id": '{"response": {"statusCode": 200}}',
    "a response that is no object": '{"response": 1}',
}


@pytest.mark.parametrize("message", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_protocol_closes_with_1002(
    stage: RelayStage, agent: Enrolled, message: str | bytes
) -> None:
    async with stage.listening(agent) as socket:
        if isinstance(message, str):
            await socket.send_str(message)
        else:
            await socket.send_bytes(message)
        assert await close_code(socket) == 1002


@pytest.mark.parametrize(
    "wrong",
    [
        {"statusCode": 101},
        {"statusCode": None},
        {"responseHeaders": {"X": "a\r\nSet-Cookie: b"}},
        {"responseHeaders": {"X: y": "a"}},
        {"responseHeaders": ["X"]},
        {"responseHeaders": {"X": "\ud800"}},
        {"responseHeaders": {"X": [["a"]]}},
        {"responseHeaders": {"X": {"a": {}}}},
        {"responseHeaders": {"X": ["a" * 20_000, "b" * 20_000]}},
    ],
)
async def test_a_forbidden_response_is_no_answer(
    stage: RelayStage, agent: Enrolled, wrong: dict[str, object]
) -> None:
    async with stage.listening(agent) as socket:
        asking = Asking(stage)
        await socket.send_json(response(await request_on(socket), **wrong))
        assert await close_code(socket) == 1002
        assert (await asking.answer())[0] == 502


async def test_messages_of_other_kinds_and_late_responses_are_passed_over(
    stage: RelayStage, agent: Enrolled
) -> None:
    async with stage.listening(agent) as socket:
        await socket.send_json({"future": {}})
        await socket.send_json(response({"id": "gone"}, body=True))
        await socket.send_bytes(b"late")
        asking = Asking(stage)
        await socket.send_json(response(await request_on(socket)))
        assert (await asking.answer())[0] == 200


async def test_another_listener_cannot_answer(
    stage: RelayStage, agent: Enrolled
) -> None:
    await stage.enrol("agent2")
    other = await stage.enrol("agent3")
    async with stage.listening(agent) as right, stage.listening(other) as wrong:
        asking = Asking(stage)
        request = await request_on(right)
        await wrong.send_json(response(request, statusCode=299))
        await wrong.ping()
        await right.send_json(response(request))
        assert (await asking.answer())[0] == 200


async def test_a_rendezvous_address_is_good_once(
    stage: RelayStage, agent: Enrolled
) -> None:
    async with stage.listening(agent) as socket, stage.client() as client:
        asking = Asking(stage, bytes(100_000))
        summons = await request_on(socket)
        assert set(summons) == {"address", "id"}
        async with client.ws_connect(summons["address"]) as met:
            request = await request_on(met)
            assert len((await met.receive()).data) == 100_000
            assert await refused(stage, summons["address"], {}) == 403
            await met.send_json(response(request, body=True))
            await met.send_bytes(b"there")
            assert await asking.answer() == (200, b"there")
            assert await close_code(met) == 1000
    assert await refused(stage, summons["address"], {}) == 403


async def test_a_rendezvous_left_without_an_answer_is_502(
    stage: RelayStage, agent: Enrolled
) -> None:
    async with stage.listening(agent) as socket, stage.client() as client:
        asking = Asking(stage)
        request = await request_on(socket)
        async with client.ws_connect(request["address"]):
            pass
        assert (await asking.answer())[0] == 502


async def test_a_rendezvous_outlives_the_control_channel(
    stage: RelayStage, agent: Enrolled
) -> None:
    async with stage.client() as client:
        async with stage.listening(agent) as socket:
            asking = Asking(stage)
            request = await request_on(socket)
            met = await client.ws_connect(request["address"])
        await met.send_json(response(request))
        assert (await asking.answer())[0] == 200
        await met.close()


async def test_what_a_leaving_listener_did_not_take_goes_to_the_next(
    stage: RelayStage, agent: Enrolled
) -> None:
    """1001 from a listener: what it has not answered by now was never begun."""
    async with stage.listening(agent) as leaving:
        asking = Asking(stage, b"asked")
        first = await request_on(leaving)
        async with stage.listening(agent) as staying:
            await leaving.close(code=1001)
            second = await request_on(staying)
            assert first["id"] != second["id"]
            assert (await staying.receive(timeout=10)).data == b"asked"
            await staying.send_json(response(second, statusCode=201))
            assert (await asking.answer())[0] == 201


async def test_what_comes_while_an_agent_starts_anew_waits_for_it(
    stage: RelayStage, agent: Enrolled
) -> None:
    """It left in order, as where it takes new keys: it is back in a moment."""
    async with stage.listening(agent) as leaving:
        not_taken = Asking(stage, b"not taken")
        await request_on(leaving)
        await leaving.close(code=1001)
    await until(lambda: not stage.listeners(agent))
    late = Asking(stage, b"late")
    async with stage.listening(agent) as back:
        for _ in range(2):
            request = await request_on(back)
            assert (await back.receive(timeout=10)).data in (b"not taken", b"late")
            await back.send_json(response(request, statusCode=201))
        assert (await not_taken.answer())[0] == (await late.answer())[0] == 201


async def test_what_a_leaving_listener_did_not_take_found_nobody(
    stage: RelayStage, agent: Enrolled
) -> None:
    await stage.stop()
    await stage.start(return_seconds=0.1)
    async with stage.listening(agent) as leaving:
        asking = Asking(stage)
        await request_on(leaving)
        await leaving.close(code=1001)
        status, body = await asking.answer()
    assert status == 502
    assert b"no agent listens" in body


async def test_an_agent_that_is_withdrawn_is_not_waited_for(
    stage: RelayStage, agent: Enrolled
) -> None:
    async with stage.listening(agent) as leaving:
        asking = Asking(stage)
        await request_on(leaving)
        await leaving.close(code=1001)
    await until(lambda: not stage.listeners(agent))
    await stage.close_channels()
    status, body = await asking.answer()
    assert status == 502
    assert b"no agent listens" in body


@pytest.mark.parametrize("code", [1000, 1011])
async def test_what_a_lost_listener_may_have_begun_goes_to_no_other(
    stage: RelayStage, agent: Enrolled, code: int
) -> None:
    async with stage.listening(agent) as lost:
        asking = Asking(stage)
        await request_on(lost)
        async with stage.listening(agent):
            await lost.close(code=code)
            status, body = await asking.answer()
    assert status == 502
    assert b"went away" in body


async def test_what_was_never_fetched_goes_to_the_next(
    stage: RelayStage, agent: Enrolled
) -> None:
    async with stage.listening(agent) as lost, stage.client() as client:
        asking = Asking(stage, bytes(100_000))
        await request_on(lost)
        async with stage.listening(agent) as staying:
            await lost.close()
            summons = await request_on(staying)
            async with client.ws_connect(summons["address"]) as met:
                await met.send_json(response(await request_on(met)))
                assert (await asking.answer())[0] == 200


async def test_a_request_under_way_when_the_relay_ends_is_no_word_of_the_listener(
    stage: RelayStage, agent: Enrolled
) -> None:
    """The reply to the relay's own 1001 has that code too."""
    async with stage.listening(agent) as socket:
        asking = Asking(stage)
        await request_on(socket)
        await stage.close_channels()
        assert await close_code(socket) == 1001
        status, body = await asking.answer()
    assert status == 502
    assert b"went away" in body


async def test_who_was_here_is_noted(stage: RelayStage, agent: Enrolled) -> None:
    began = int(time.time())
    async with stage.listening(agent):
        known = stage.store.agent("agent1")
        assert known is not None
        assert known.last_seen is not None
        assert began <= known.last_seen <= time.time()


async def test_a_listener_that_sends_and_never_reads_is_given_up(
    stage: RelayStage, agent: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.listener._SEND_S", 0.5)
    body = bytes(60_000)
    async with stage.listening(agent) as socket, stage.client() as client:
        own = socket.get_extra_info("socket")
        for each in (own, stage.socket_of_listener()):
            each.setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)
            each.setsockopt(SOL_SOCKET, SO_SNDBUF, 4096)

        async def talk_on_and_on() -> None:
            with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                while True:
                    await socket.send_str('{"nothing":1}')
                    await asyncio.sleep(0.05)

        async def ask() -> int:
            headers = stage.send_headers("agent1")
            async with client.post("/agent1", data=body, headers=headers) as answer:
                return answer.status

        talking = asyncio.create_task(talk_on_and_on())
        # far more than is kept between the two
        asking = [asyncio.create_task(ask()) for _ in range(30)]
        async with asyncio.timeout(50):
            assert set(await asyncio.gather(*asking)) == {502}
        assert stage.listeners(agent) == 0
        talking.cancel()
