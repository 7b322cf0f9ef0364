"""The host process hears of ready and stopping by events."""

from agent.platform.windows.service_notification import (
    EVENTS_VARIABLE,
    EventNotification,
    prefix_of,
)
from tests.fixtures.windows.fake_win32 import FakeWin32

PREFIX = r"Global\writeback-1f0c"


def test_each_event_is_set_when_it_is_true(win32: FakeWin32) -> None:
    ready, stopping = f"{PREFIX}-ready", f"{PREFIX}-stopping"
    win32.make_events(ready, stopping)
    told = EventNotification(win32, prefix_of({EVENTS_VARIABLE: PREFIX}))
    told.status("the relay is connected")
    told.alive()
    assert not win32.event_is_set(ready)
    told.ready()
    assert win32.event_is_set(ready)
    assert not win32.event_is_set(stopping)
    told.stopping()
    assert win32.event_is_set(stopping)
    told.close()
    assert win32.events_open == 0


def test_a_host_that_is_gone_is_no_reason_to_end(win32: FakeWin32) -> None:
    EventNotification(win32, PREFIX).ready()
    EventNotification(win32, prefix_of({})).stopping()
    assert win32.events_open == 0
