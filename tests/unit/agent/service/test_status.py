"""What the agent says about itself, in its state file."""

import contextlib
import json
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.audit.event import EventId
from agent.ldap.pool import PoolState
from agent.platform.windows.event_journal import EventJournal
from agent.relay_client.clone_detection import Finding
from agent.relay_client.listener import ListenerState, Phase
from agent.service.health_events import HealthEvents
from agent.service.journal import Journal
from agent.service.service import Service
from agent.service.status import Status
from agent.system.instance import Instance
from tests.fixtures.windows.fake_win32 import FakeWin32
from wire.text import Text, read_text


def test_a_clone_is_shown_in_the_status(tmp_path: Path) -> None:
    status = Status(tmp_path / "status.json", "1.0", paused=False)
    status.on_clone(Finding.COPY.value)
    assert status.as_dict()["twin"] == Finding.COPY.value
    assert read_text(status.as_dict()["twin_text"]) == Finding.COPY.value


def test_lost_events_are_told_where_there_are_any(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    status = Status(path, "1.0", paused=False)
    status.on_events_lost(0)
    assert not path.exists()
    assert "events_lost" not in status.as_dict()
    status.on_events_lost(3)
    assert json.loads(path.read_text())["events_lost"] == 3


def test_what_the_event_log_lost_comes_to_the_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    win32 = FakeWin32()

    def refused(*_: object) -> None:
        raise OSError(0, "The event log file is full")

    monkeypatch.setattr(win32, "report_event", refused)
    journal = Journal(EventJournal(win32))
    journal.event(EventId.HEARTBEAT, "")
    journal.close()
    # as far as its watch needs it: no relay and no directory
    service = object.__new__(Service)
    service._status = Status(tmp_path / "status.json", "1.0", paused=False)
    service._journal = journal
    service._watch(HealthEvents(lambda *_: None))
    told = json.loads((tmp_path / "status.json").read_text())
    assert told["events_lost"] == 1


def test_why_it_is_not_connected_crosses_as_a_text_beside_its_words(
    tmp_path: Path,
) -> None:
    path = tmp_path / "status.json"
    status = Status(path, "1.0", paused=False)
    why = Text("no connection: {why}", why=Text("connection refused"))
    status.on_listener(ListenerState(Phase.WAITING, why))
    told = json.loads(path.read_text())["relay"]
    assert told["reason"] == "no connection: connection refused"
    assert read_text(told["reason_text"]).fields["why"] == "connection refused"
    assert told["reason_text"]["template"] == "no connection: {why}"


def test_the_agent_is_ready_when_both_sides_are(tmp_path: Path) -> None:
    path = tmp_path / "state/status.json"
    status = Status(path, "1.0", paused=False)
    status.on_listener(ListenerState(Phase.CONNECTED))
    assert not status.ready
    status.on_pool(PoolState("dc1.corp.test"))
    state = json.loads(path.read_text())
    assert (state["ready"], state["directory"]["controller"]) == (True, "dc1.corp.test")
    status.on_pool(PoolState(None, Text("refused; wait")))
    state = json.loads(path.read_text())
    assert (state["ready"], state["directory"]["reason"]) == (False, "refused; wait")
    assert state["directory"]["state"] == "waiting"
    status.remove()
    assert not path.exists()


def test_why_it_is_not_connected_is_shown_also_while_it_tries_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "status.json"
    status = Status(path, "1.0", paused=False)
    shown = []
    for state in (
        ListenerState(Phase.CONNECTING),
        ListenerState(Phase.WAITING, Text("the relay is away")),
        ListenerState(Phase.CONNECTING),
        ListenerState(Phase.CONNECTED),
        ListenerState(Phase.CONNECTING),
    ):
        status.on_listener(state)
        relay = json.loads(path.read_text())["relay"]
        shown.append((relay["state"], relay["reason"]))
    assert shown == [
        ("connecting", ""),
        ("waiting", "the relay is away"),
        ("connecting", "the relay is away"),
        ("connected", ""),
        ("connecting", ""),
    ]


def test_one_that_waits_to_take_over_leaves_the_others_file(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    serving = Status(path, "1.0", paused=False)
    serving.listens_on(1)
    waiting = Status(path, "2.0", paused=False, waiting=True)
    waiting.listens_on(2)
    waiting.remove()
    assert json.loads(path.read_text())["port"] == 1
    serving.remove()
    assert not path.exists()


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow: a real refusal of the kernel's, and of this process alone."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_told_once_and_written_to_again_when_there_is_room(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "status.json"
    status = Status(path, "1.0", paused=False)
    status.on_pool(PoolState("dc1.corp.test"))
    with full_disk():
        status.on_pool(PoolState(None, Text("refused")))
        status.on_pool(PoolState("dc2.corp.test"))
        status.write_again()
    assert caplog.text.count("the state can't be written to") == 1
    assert json.loads(path.read_text())["directory"]["controller"] == "dc1.corp.test"
    assert list(tmp_path.iterdir()) == [path]
    status.write_again()
    assert json.loads(path.read_text())["directory"]["controller"] == "dc2.corp.test"


def test_a_start_that_can_not_be_counted_is_a_start(tmp_path: Path) -> None:
    path = tmp_path / "starts"
    assert Instance.begin(path).starts == 1
    with full_disk():
        assert Instance.begin(path).starts == 2
    assert Instance.begin(path).starts == 2


def test_an_open_breaker_is_shown_and_portals_are_told_to_wait(tmp_path: Path) -> None:
    status = Status(tmp_path / "status.json", "1.0", paused=False)
    status.on_breaker(is_open=True)

    assert json.loads((tmp_path / "status.json").read_text())["breaker_is_open"]
    assert status.health().paused
    assert status.gauges()["writeback_breaker_open"]
    status.on_breaker(is_open=False)
    assert not status.health().paused
