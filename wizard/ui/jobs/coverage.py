"""Judging everybody off the GUI thread: batches for the table, a bar, Stop."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.config.settings import Settings
from wizard.controller.controller import Controller
from wizard.controller.permissions import Coverage, CoverageProgress
from wizard.inputs import Inputs
from wizard.permissions.coverage import PersonVerdict
from wizard.permissions.export import Form, Unfinished, finish, writing
from wizard.permissions.findings import Finding

_EVERY_S = 0.1  # between two looks of the window at what is new


@dataclass(frozen=True)
class Batch:
    """What is new since the window last looked."""

    seen: CoverageProgress  # how far it is
    people: list[PersonVerdict]  # those judged since
    account: bool = False  # everybody is judged; the account itself is looked at


@dataclass(frozen=True)
class CoverageReport:
    """What it came to."""

    coverage: Coverage  # everybody by cause
    # about the account; empty when stopped, or when it is to be made
    findings: tuple[Finding, ...]
    stopped: bool  # not everybody was judged


@dataclass(frozen=True)
class Judge:
    """Judges for one set of settings; runs in a worker's thread."""

    controller: Controller
    settings: Settings
    inputs: Inputs

    def run(
        self, report: Callable[[Any], None], stop: threading.Event
    ) -> CoverageReport:
        """Judge everybody, then the account."""
        waiting: list[PersonVerdict] = []
        reported = 0.0

        def tell(seen: CoverageProgress) -> None:
            nonlocal reported
            now = time.monotonic()
            if now - reported < _EVERY_S:
                return
            reported = now
            report(Batch(seen, waiting.copy()))
            waiting.clear()

        coverage = self.controller.permissions.coverage(
            self.settings, self.inputs, each=waiting.append, report=tell, stop=stop
        )
        everybody = CoverageProgress(coverage.people, coverage.would_work)
        report(Batch(everybody, waiting, account=coverage.complete))
        if stop.is_set():
            return CoverageReport(coverage, (), stopped=True)
        findings = self.controller.permissions.about_account(
            self.settings, self.inputs, report=lambda _people: None, stop=stop
        )
        return CoverageReport(coverage, findings, stopped=stop.is_set())

    def export(
        self,
        place: Path,
        form: Form,
        report: Callable[[Any], None],
        stop: threading.Event,
    ) -> Path | None:
        """Judge everybody again, into a file; None when it was stopped."""
        try:
            with writing(place, form) as write:
                self.controller.permissions.coverage(
                    self.settings, self.inputs, each=write, report=report, stop=stop
                )
                finish(stop)
        except Unfinished:
            return None
        return place
