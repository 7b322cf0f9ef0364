"""Messages to the service manager: ready, alive, ending, succeeded by another process.

systemd's protocol is a datagram of lines to the socket that NOTIFY_SOCKET names
(sd_notify(3)). Where there is none, as on a machine for trying, nothing is sent.
"""

import contextlib
import os
import socket
from collections.abc import Mapping
from typing import Self

_MICRO = 1_000_000


class Notifier:
    """Notifies the service manager; nothing happens where there is none.

    A socket's address that starts with @ is in the abstract namespace. A service is
    taken for hung when nothing came for `watchdog_s`.
    """

    def __init__(self, address: str = "", watchdog_s: float | None = None) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.watchdog_s = watchdog_s
        self._channel: socket.socket | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read what the service manager gave."""
        micro = environment.get("WATCHDOG_USEC", "")
        watchdog_s = int(micro) / _MICRO if micro.isdecimal() and int(micro) else None
        return cls(environment.get("NOTIFY_SOCKET", ""), watchdog_s)

    def ready(self) -> None:
        """Say that the relay is connected and a controller answered."""
        self._send("READY=1")

    def status(self, text: str) -> None:
        """Say in one line what the service is doing; `systemctl status` shows it."""
        self._send(f"STATUS={' '.join(text.split())}")

    def alive(self) -> None:
        """Keep the watchdog quiet."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the end has begun: no more requests are taken."""
        self._send("STOPPING=1")

    def succeeded_by(self, pid: int) -> None:
        """Another process of this service is the main one from now on.

        What it sent before was not heard, its first sign of life neither, so this
        is one: hand-overs in quick succession are else taken for a hung service.
        """
        self._send(f"MAINPID={pid}", "WATCHDOG=1")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        # a service manager that does not listen is no reason to end
        with contextlib.suppress(OSError):
            if self._channel is None:
                # kept: a sign of life must not want for a descriptor
                self._channel = _datagram()
            self._channel.sendto("\n".join(lines).encode(), self._address)

    def close(self) -> None:
        """Let go of the socket."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None


def _datagram() -> socket.socket:
    return socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
