"""What comes while an agent leaves is refused by name, and cut off by nobody."""

import asyncio
from pathlib import Path

import pytest

from agent.relay_client.websocket import MessageSocket
from tests.fixtures.relay_stage import listening_agent, relay_stage, until
from wire.hybrid_connections import RelayRequest, RelayResponse


async def test_a_refusal_that_is_on_its_way_is_told_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the relay hears that something was begun and dropped (1011)."""
    entered, done, refusing, let_go = (asyncio.Event() for _ in range(4))
    send_response = MessageSocket.send_response

    async def handle(_: RelayRequest) -> RelayResponse:
        entered.set()
        await done.wait()
        return RelayResponse(200, {}, b"done")

    async def send_slowly(
        channel: MessageSocket, number: str, response: RelayResponse
    ) -> None:
        if response.status == 503:
            refusing.set()
            await let_go.wait()
        await send_response(channel, number, response)

    monkeypatch.setattr(MessageSocket, "send_response", send_slowly)
    async with relay_stage(tmp_path) as stage:
        agent = await stage.enrol("agent1")

        async def post() -> tuple[int, bytes]:
            headers = stage.send_headers("agent1")
            async with (
                stage.client() as client,
                client.post("/agent1", data=b"x", headers=headers) as answer,
            ):
                return answer.status, await answer.read()

        async with listening_agent(stage, agent, handle) as listening:
            begun = asyncio.create_task(post())
            await entered.wait()
            draining = asyncio.create_task(listening.listener.drain(30))
            await asyncio.sleep(0)
            late = asyncio.create_task(post())
            await refusing.wait()
            done.set()
            assert await begun == (200, b"done")
            await until(lambda: listening.listener._leaving, "nothing is begun")
            let_go.set()
            await draining
            assert await late == (503, b'{"code":"draining"}')
