"""What is on this machine: an installation, or a run that was cut off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.controller.controller import Controller
    from wizard.results import Installed, Recovery


@dataclass(frozen=True)
class Machine:
    """What was read of the machine; it decides the journey."""

    recovery: Recovery | None  # a run that was cut off, None where none was
    installed: Installed | None  # the installation in force, None where nothing is


def read_machine(controller: Controller) -> Machine:
    """Read what is on the machine, or raise: what can't be read is not changed over."""
    return Machine(controller.recovery.find(), controller.installation.installed())
