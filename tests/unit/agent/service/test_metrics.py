"""Answers are counted for Prometheus."""

from pathlib import Path

from agent.service.metrics import Metrics
from agent.service.status import Status
from wire.outcomes import Code


def test_answers_are_counted_as_prometheus_reads_them(tmp_path: Path) -> None:
    status = Status(tmp_path / "status.json", "1.0", paused=True)
    metrics = Metrics()
    for ms in (5.0, 40.0, 20_000.0):
        metrics.count(Code.OK, ms)
    lines = metrics.text(status.gauges()).splitlines()
    assert 'writeback_requests_total{code="ok"} 3' in lines
    assert 'writeback_request_seconds_bucket{le="0.01"} 1' in lines
    assert 'writeback_request_seconds_bucket{le="0.05"} 2' in lines
    assert 'writeback_request_seconds_bucket{le="+Inf"} 3' in lines
    assert "writeback_paused 1" in lines
