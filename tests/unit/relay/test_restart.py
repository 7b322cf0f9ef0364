"""A relay is replaced by another one, and no request is lost."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.fixtures.relay_stage import RelayStage, echo, listening_agent

# as systemd does: the socket is number 3, and who gets it is named
_AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"], os.environ["LISTEN_FDS"] = str(os.getpid()), "1"
os.execv(sys.executable, [sys.executable, "-m", "relay", *sys.argv[2:]])
"""


def started(stage: RelayStage, listening: socket.socket) -> subprocess.Popen[str]:
    """Start a relay on a socket that stays open when it ends."""
    reading, writing = os.pipe()
    words = ["serve", "--data", str(stage.folder / "data"), "--name", "localhost"]
    words += ["--cert", f"{stage.leaf}.pem", "--key", f"{stage.leaf}.key"]
    number = listening.fileno()
    argv = [sys.executable, "-c", _AS_SYSTEMD, str(number), *words]
    process = subprocess.Popen(
        [*argv, "--ready-fd", str(writing)],
        pass_fds=[number, writing],
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert pipe.readline(), process.communicate()[1]
    return process


async def test_requests_go_on_while_one_relay_follows_another(tmp_path: Path) -> None:
    stage = RelayStage(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stage.port = listening.getsockname()[1]
        relay = await asyncio.to_thread(started, stage, listening)
        try:
            agent = await stage.enrol("agent1")
            async with listening_agent(stage, agent, echo):
                asking = asyncio.create_task(_ask_on_and_on(stage, 40))
                for _ in range(2):
                    before = relay
                    before.send_signal(signal.SIGTERM)
                    _, log = await asyncio.to_thread(before.communicate)
                    assert before.returncode == 0, log
                    relay = await asyncio.to_thread(started, stage, listening)
                assert await asking == [200] * 40
        finally:
            relay.kill()
            relay.communicate()
    stage.store.close()


async def _ask_on_and_on(stage: RelayStage, requests: int) -> list[int]:
    """Send one request after the other, each on a connection of its own."""
    statuses = []
    for number in range(requests):
        body = b"%d" % number
        headers = stage.send_headers("agent1")
        async with (
            stage.client() as client,
            client.post("/agent1", data=body, headers=headers) as answer,
        ):
            assert answer.status != 200 or await answer.read() == body
            statuses.append(answer.status)
        await asyncio.sleep(0.15)
    return statuses
