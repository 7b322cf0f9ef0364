"""Fixtures of every test: the lab's real domain controller."""

import os
from collections.abc import Callable, Iterator

import pytest

from tests.lab import Lab

# before Qt is imported by any test; those on a real screen say so themselves
os.environ["QT_QPA_PLATFORM"] = "offscreen"


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A domain controller of this worker's own; tests leave people as they were."""
    started = Lab.start(tmp_path_factory.mktemp("lab"))
    yield started
    started.stop()


@pytest.fixture
def fresh_lab(lab: Lab) -> Lab:
    """The controller in its first state, for a test that changes things."""
    lab.reset()
    return lab


Told = Callable[[str], None]
_RANDOM = "random run"


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Told:
    """Takes a line about a random run; every run of the tests ends with these."""
    return lambda line: record_property(_RANDOM, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the seeds, so that a run that passed can be had again."""
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
    ]
    lines = [
        f"{report.nodeid}: {line}"
        for report in reports
        for name, line in report.user_properties
        if name == _RANDOM
    ]
    if lines:
        terminalreporter.section("random runs (WRITEBACK_SEED gives one again)")
        for line in dict.fromkeys(lines):
            terminalreporter.write_line(line)
