"""What is set up on a Linux machine."""

from collections.abc import Iterator
from pathlib import Path

from agent.platform.installed import Finding, Places


class SystemdInstallation:
    """Nothing is looked at beside what the agent tries."""

    def credentials(self, folder: Path) -> None:
        """Give none: systemd opens them for the service alone."""

    def findings(self, places: Places) -> Iterator[Finding]:  # noqa: ARG002 - as Installed
        return iter(())
