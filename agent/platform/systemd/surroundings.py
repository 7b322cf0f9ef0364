"""What a Linux machine knows of where it is: its name, and resolv.conf(5)."""

import socket
from collections.abc import Iterator
from pathlib import Path

from agent.platform.surroundings import Authorities, JoinedDomain
from wire.text import EMPTY, Text

RESOLV = Path("/etc/resolv.conf")


class LinuxSurroundings:
    """The machine that this process runs on."""

    def __init__(self, resolv: Path = RESOLV) -> None:
        self._resolv = resolv

    def full_name(self) -> str:
        return socket.getfqdn()

    def domain(self) -> JoinedDomain | None:
        return None  # DNS is asked

    def suffixes(self) -> Iterator[tuple[str, str]]:
        try:
            text = self._resolv.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return
        for line in text.splitlines():
            keyword, *names = line.split() or [""]
            if keyword in ("search", "domain"):
                yield from ((name, str(self._resolv)) for name in names)

    def proxy(
        self,
        url: str | None = None,  # noqa: ARG002 - none is asked for
    ) -> str:
        return ""

    def authorities(self) -> Authorities | None:
        return None  # OpenSSL knows where they are

    def unknown_authority(self) -> Text:
        return EMPTY

    def has_desktop(self) -> bool:
        return True  # whether there is a display, the environment says
