"""What a monitor on this machine sees of the relay."""

import socket
from pathlib import Path

import aiohttp

from relay.local_status import prometheus
from tests.fixtures.relay_process import relay_process
from tests.fixtures.relay_stage import RelayStage, echo, listening_agent


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


async def test_ready_and_metrics_tell_what_is_there(tmp_path: Path) -> None:
    stage = RelayStage(tmp_path)
    where = f"127.0.0.1:{_free_port()}"
    data = tmp_path / "data"
    with relay_process(data, stage.leaf, "--metrics", where) as relay:
        stage.port = relay.port
        agent = await stage.enrol("agent1")
        async with (
            listening_agent(stage, agent, echo),
            stage.client() as client,
            client.post("/agent1", headers=stage.send_headers("agent1")) as answer,
            aiohttp.ClientSession(f"http://{where}") as monitor,
        ):
            assert answer.status == 200
            async with monitor.get("/ready") as ready:
                content = await ready.json()
                assert (ready.status, content) == (200, {"ready": True, "problems": []})
            async with monitor.get("/metrics") as metrics:
                lines = (await metrics.text()).splitlines()
    stage.store.close()
    assert "writeback_relay_agents_listening 1" in lines
    assert 'writeback_relay_connections{kind="listener"} 1' in lines
    assert 'writeback_relay_responses_total{status="200"} 1' in lines
    assert any(
        line.startswith("writeback_relay_certificate_seconds ") for line in lines
    )


def test_each_name_has_its_type_once() -> None:
    two = iter([("a", "gauge", 'k="1"', 1.0), ("a", "gauge", 'k="2"', 2.5)])
    assert prometheus(two) == '# TYPE a gauge\na{k="1"} 1\na{k="2"} 2.5\n'
