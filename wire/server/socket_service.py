"""Has systemd listen and serve: a service and the socket that it is started for."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from wire.server.address import host_port
from wire.server.errors import ServerUnusable

_SYSTEMD = Path("/run/systemd/system")
_DROP_INS = Path("/etc/systemd/system")


@dataclass(frozen=True)
class SocketService:
    """A service such as `writeback-relay`; its socket listens on `address` by default.

    `address` is HOST:PORT, as in the package's unit.
    """

    name: str
    address: str

    @property
    def units(self) -> tuple[str, str]:
        """Its socket and its service, as systemd names them."""
        return f"{self.name}.socket", f"{self.name}.service"

    def start_on(self, address: str) -> bool:
        """Listen and serve, from now on and at each boot; False without a systemd.

        Another address than the package's is written to a drop-in of the socket.
        ServerUnusable where it does not start.
        """
        is_other = self._write(address)
        if sys.platform == "win32" or not _SYSTEMD.is_dir() or os.geteuid() != 0:
            return False
        begun = [["daemon-reload"], ["enable", "--now", *self.units]]
        if is_other:  # a socket that is open stays where it is
            begun.insert(1, ["stop", *self.units])
        for words in begun:
            if subprocess.run(["systemctl", *words], check=False).returncode:
                raise ServerUnusable(
                    f"systemd did not start {self.name}",
                    f"see: journalctl --unit {self.name}",
                )
        return True

    def _write(self, address: str) -> bool:
        """Write where the socket listens; whether that is another place than before."""
        drop_in = _DROP_INS / f"{self.name}.socket.d/10-listen.conf"
        before = drop_in.read_text() if drop_in.exists() else ""
        host, port = host_port(address)
        where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        text = f"[Socket]\nListenStream=\nListenStream={where}\n"
        if address == self.address:
            text = ""
            drop_in.unlink(missing_ok=True)
        elif text != before:
            drop_in.parent.mkdir(parents=True, exist_ok=True)
            drop_in.write_text(text)
        return text != before
