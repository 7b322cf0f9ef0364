"""Outages, their ends and heartbeats are told once each, by the ids alerts know."""

from typing import Any

import pytest

from agent.audit.event import EventId
from agent.service.health_events import HEARTBEAT_S, UNREACHABLE_S, HealthEvents


class Watch:
    """States that are looked at, second by second, and what was written."""

    def __init__(self) -> None:
        self.written: list[EventId] = []
        self.details: list[str] = []
        self.events = HealthEvents(self._write)
        self.now = 0.0

    def _write(self, event: EventId, detail: str) -> None:
        self.written.append(event)
        self.details.append(detail)

    def look(self, relay: str, since: str = "1", **more: Any) -> list[EventId]:
        """Look once; give what was written of it."""
        self.written.clear()
        self.now += 1
        up = relay == "connected"
        side = {"state": relay, "since": since, "reason": "" if up else "it is gone"}
        directory = {"reason": ""}
        state = {"relay": side, "directory": directory, "ready": up, **more}
        self.events.look(state, self.now)
        return list(self.written)


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_a_start_is_told_when_it_is_ready(watch: Watch) -> None:
    assert watch.look("connecting") == []
    assert watch.look("connected") == [EventId.HEARTBEAT, EventId.STARTED]
    assert watch.look("connected") == []


def test_a_link_that_breaks_and_comes_back_is_a_warning(watch: Watch) -> None:
    watch.look("connected")
    assert watch.look("waiting", "2") == [EventId.RELAY_WARNING, EventId.NOT_HEALTHY]
    assert watch.look("connecting", "2") == []
    back = watch.look("connected", "3")
    assert back == [EventId.HEARTBEAT, EventId.HEALTHY_AGAIN]


def test_an_outage_is_told_as_refused_and_then_as_unreachable_once_each(
    watch: Watch,
) -> None:
    watch.look("connected")
    watch.look("waiting", "2")
    assert watch.look("waiting", "3") == [EventId.RELAY_REFUSED]
    assert watch.details[-1] == "it is gone"
    assert watch.look("waiting", "4") == []
    watch.now += UNREACHABLE_S
    assert watch.look("waiting", "5") == [EventId.RELAY_UNREACHABLE]
    assert watch.look("waiting", "6") == []


def test_a_relay_that_was_never_reached_is_told_at_once(watch: Watch) -> None:
    watch.look("connecting")
    assert watch.look("waiting", "2") == [EventId.RELAY_REFUSED]


def test_a_heartbeat_comes_every_five_minutes(watch: Watch) -> None:
    watch.look("connected")
    watch.now += HEARTBEAT_S - 2
    assert watch.look("connected") == []
    assert watch.look("connected") == [EventId.HEARTBEAT]


def test_that_nobody_can_be_reset_is_told_once_and_so_is_its_end(watch: Watch) -> None:
    watch.look("connected")
    nobody, somebody = ({"state": each} for each in ("nobody", "somebody"))
    assert watch.look("connected", reach=nobody) == [EventId.NOBODY_CAN_BE_RESET]
    assert watch.look("connected", reach={"state": "unknown"}) == []
    assert watch.look("connected", reach=nobody) == []
    assert watch.look("connected", reach=somebody) == [EventId.SOMEBODY_CAN_BE_RESET]
    assert watch.look("connected", reach=nobody) == [EventId.NOBODY_CAN_BE_RESET]
    assert watch.look("connected", reach=somebody) == [EventId.SOMEBODY_CAN_BE_RESET]


def test_a_state_file_that_can_not_be_written_is_told_once(watch: Watch) -> None:
    for _ in range(3):
        watch.events.status_file(written=False)
    assert watch.written == [EventId.STATUS_NOT_WRITTEN]
    watch.events.status_file(written=True)
    watch.events.status_file(written=False)
    assert len(watch.written) == 2
