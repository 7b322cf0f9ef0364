"""Fixtures of every test, and what a run of the tests ends with."""

import gc
import gettext
import locale
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain, groupby
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from wire.log_limit import LogLimit
from wizard.ui.jobs.garbage import collect

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


ReportLine = Callable[[str], None]
_LINE = "line of the report"


@pytest.fixture
def report_line(record_property: Callable[[str, object], None]) -> ReportLine:
    """Takes a line, such as a seed; every run of the tests ends with these."""
    return lambda line: record_property(_LINE, line)


@pytest.fixture(autouse=True)
def _garbage() -> Iterator[None]:
    """Collects what tests left in this thread alone, where windows may be of it.

    Python collects in whichever thread allocates. A window that an earlier test closed
    would be destroyed in the thread of a later one, which ends the process or, worse,
    damages its memory (Qt manual, "Threads and QObjects").
    """
    gc.disable()
    yield
    collect()


@pytest.fixture(autouse=True)
def unlimited_log() -> Iterator[None]:
    """Takes back the limit that a program run within a test sets on its process's log.

    The handlers that pytest reads records by are the same for all tests of a process.
    """
    yield
    for handler in logging.getLogger().handlers:
        for limit in [each for each in handler.filters if isinstance(each, LogLimit)]:
            handler.removeFilter(limit)


_CONFIG = "XDG_CONFIG_HOME"


def _set_config(folder: Path | str | None) -> None:
    os.environ.pop(_CONFIG, None)
    if folder is not None:
        os.environ[_CONFIG] = str(folder)


@pytest.fixture(scope="session", autouse=True)
def _nobodys_preferences(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps what a developer prefers from what is begun before a single test is."""
    before = os.environ.get(_CONFIG)
    _set_config(tmp_path_factory.mktemp("config"))
    yield
    _set_config(before)


@pytest.fixture(autouse=True)
def own_preferences(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Gives each test a place of its own for preferences, where nothing is yet.

    The folder is made by whoever writes there first, as XDG has it.
    """
    before = os.environ[_CONFIG]
    folder = tmp_path_factory.getbasetemp() / "config" / uuid4().hex
    _set_config(folder)
    yield folder
    _set_config(before)


_LANGUAGE = ("WRITEBACK_LANGUAGE", "LANGUAGE")


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Takes back the language that a program run within a test speaks from then on.

    The C library's words for errors follow it too, and it keeps those it has said
    until a text domain is set.
    """
    before = {name: os.environ.get(name) for name in _LANGUAGE}
    domain = gettext.textdomain()
    yield
    gettext.textdomain(domain)
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    locale.textdomain(locale.textdomain(None))


@pytest.hookimpl(trylast=True)  # without those that are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the booted machines, where there are workers to share the tests.

    xdist gives each worker a share of the list, one after another, and one that is
    done takes from the end of another's: what takes long, and comes last, leaves the
    others with nothing to take. Half of it begins the second share.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        files = [list(tests) for _, tests in groupby(items, lambda item: item.path)]
        long = [file for file in files if file[0].get_closest_marker("system")]
        first, second = chain(*long[::2]), chain(*long[1::2])
        others = [item for file in files if file not in long for item in file]
        share = [*first, *others][: len(items) // workers + workers]  # however rounded
        taken = set(share)
        rest = [item for item in others if item not in taken]
        items[:] = [*share, *second, *rest]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End with the lines that tests reported, and with the seconds of each folder."""
    # those that passed in other processes too
    reports = [
        report
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport)
    ]
    lines = [
        f"{report.nodeid}: {line}"
        for report in reports
        if report.when == "call"
        for name, line in report.user_properties
        if name == _LINE
    ]
    _write_section(
        terminalreporter,
        "reported by tests (WRITEBACK_SEED gives a random run again)",
        list(dict.fromkeys(lines)),
    )
    _write_section(
        terminalreporter, "seconds and cases by folder", _durations_by_folder(reports)
    )


def _write_section(
    reporter: pytest.TerminalReporter, title: str, lines: list[str]
) -> None:
    if lines:
        reporter.section(title)
        for line in lines:
            reporter.write_line(line)


def _durations_by_folder(reports: list[pytest.TestReport]) -> list[str]:
    """Sum set-up, call and tear-down of all workers; the longest folder first."""
    seconds: Counter[str] = Counter()
    cases: Counter[str] = Counter()
    for report in reports:
        folder = str(Path(report.nodeid.partition("::")[0]).parent)
        seconds[folder] += report.duration  # type: ignore[assignment]
        cases[folder] += report.when == "setup"
    return [
        f"{duration:8.1f} s {cases[folder]:5}  {folder}"
        for folder, duration in seconds.most_common()
    ]
