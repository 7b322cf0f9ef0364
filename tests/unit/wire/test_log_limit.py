"""A flood of one log record is some of it, and a number."""

import logging

import pytest

from wire.log_limit import MOST, WINDOW_S, LogLimit


class Log:
    """A logger with a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.said: list[str] = []
        self._limit = LogLimit(lambda: self.now)

    def say(self, template: str, *arguments: object, level: int = 30) -> None:
        record = logging.LogRecord("agent.x", level, "", 0, template, arguments, None)
        if self._limit.filter(record):
            self.said.append(record.getMessage())


@pytest.fixture
def log() -> Log:
    return Log()


def test_a_flood_is_some_of_it_and_a_number(log: Log) -> None:
    for number in range(5000):
        log.say("a rendezvous broke the protocol: %s", number)
    assert len(log.said) == MOST
    log.now += WINDOW_S
    log.say("a rendezvous broke the protocol: %s", "again")
    assert log.said[-1] == (
        "a rendezvous broke the protocol: again "
        f"({5000 - MOST} more like this were not logged)"
    )
    log.say("a rendezvous broke the protocol: %s", "again")
    assert log.said[-1] == "a rendezvous broke the protocol: again"


def test_what_else_is_said_is_not_held_back_by_it(log: Log) -> None:
    for number in range(100):
        log.say("flood %s", number)
    log.say("the state can't be written to %s", "a file", level=40)
    assert log.said[-1] == "the state can't be written to a file"


def test_templates_made_up_at_run_time_fill_no_memory(log: Log) -> None:
    for number in range(5000):
        log.say(f"made up {number}")
    windows = log._limit._windows
    assert len(windows) <= 1000
