"""What is on this machine: an installation, or a run that was cut off."""

from dataclasses import dataclass

from wizard.results import Installed, Recovery
from wizard.ui.door import Door


@dataclass(frozen=True)
class Machine:
    """What was read of the machine; it decides the journey.

    Attributes:
        recovery: a run that was cut off, None where none was.
        installed: the installation in force, None where nothing is.

    """

    recovery: Recovery | None
    installed: Installed | None


def read_machine(door: Door) -> Machine:
    """Read what is on the machine; blocks.

    Raises:
        Exception: as `Controller.recovery` and `Controller.installed`; nothing may
            be changed over what can't be read.

    """
    return Machine(door.recovery(), door.installed())
