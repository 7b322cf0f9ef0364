"""What systemd and the relay tell each other: sockets, ready, reloading (sd_notify(3)).

Where there is no systemd, nothing is got and nothing is sent.
"""

import contextlib
import os
import socket
import sys

_FIRST = 3


def inherited_sockets() -> list[socket.socket]:
    """Take the listening sockets that were opened for this process, if any."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = int(os.environ.get("LISTEN_FDS", "0"))
    for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"):
        os.environ.pop(name, None)  # none of a child's business
    sockets = [socket.socket(fileno=_FIRST + number) for number in range(count)]
    for each in sockets:
        each.setblocking(False)
        each.set_inheritable(False)
    return sockets


def notify(*lines: str) -> None:
    """Send what has come about, such as READY=1."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if sys.platform == "win32" or not address:
        return
    if address.startswith("@"):
        address = f"\0{address[1:]}"
    # a service manager that does not listen is no reason to end
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel,
    ):
        channel.connect(address)
        channel.sendall("\n".join(lines).encode())
