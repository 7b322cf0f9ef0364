"""Fixtures of every test: the lab's real domain controller."""

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

from lab.controller import Lab

# before Qt is imported by any test; those on a real screen say so themselves
os.environ["QT_QPA_PLATFORM"] = "offscreen"

# A machine under load takes longer than Hypothesis's 200 ms for an example, and a
# failure must come again; random seeds are for the runs that tell theirs.
settings.register_profile(
    "same",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same")


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
_TOLD = "told"


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Told:
    """Takes a line, such as a seed; every run of the tests ends with these."""
    return lambda line: record_property(_TOLD, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what was told, also by tests that passed in other processes."""
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
    ]
    lines = [
        f"{report.nodeid}: {line}"
        for report in reports
        for name, line in report.user_properties
        if name == _TOLD
    ]
    if lines:
        terminalreporter.section(
            "told by tests (WRITEBACK_SEED gives a random run again)"
        )
        for line in dict.fromkeys(lines):
            terminalreporter.write_line(line)
