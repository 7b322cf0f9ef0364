"""Who will be able to reset once a plan is applied, counted off the GUI thread."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agent.config.settings import Settings
from wizard.controller.controller import Controller
from wizard.controller.permissions import Coverage, CoverageProgress
from wizard.inputs import Inputs

_EVERY_S = 0.1  # between two looks of the window


@dataclass(frozen=True)
class Reach:
    """Counts for one set of settings; runs in a worker's thread."""

    controller: Controller
    settings: Settings
    inputs: Inputs

    def run(self, report: Callable[[Any], None], stop: threading.Event) -> Coverage:
        """Count everybody in the scope, granted what the settings ask for."""
        reported = 0.0

        def seen(progress: CoverageProgress) -> None:
            nonlocal reported
            now = time.monotonic()
            if now - reported >= _EVERY_S:
                reported = now
                report(progress)

        return self.controller.permissions.foresee(
            self.settings, self.inputs, report=seen, stop=stop
        )
