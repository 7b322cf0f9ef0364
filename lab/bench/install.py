"""How big the packages are, and how long a server takes to install, apply and upgrade.

The floor of a restart is `systemctl restart` of a service that does nothing but say
that it is ready; that of an installation is the same files unpacked by tar.
"""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from lab.machines.server import Server, server
from lab.places import REPOSITORY

ROUNDS = 3
_UNIT = "writeback-agent.service"
_NEWER = "99.0.0"
_IDLE = """[Service]
Type=notify
NotifyAccess=all
ExecStart=/bin/sh -c "systemd-notify --ready; exec sleep infinity"
"""
_MB = 1_000_000


def measure(folder: Path) -> dict[str, float]:
    """Build the packages, and take one server through its life."""
    packages, newer = folder / "packages", folder / "newer"
    _build(packages)
    _build(newer, "agent", "--version", _NEWER)
    rows = {
        f"{name}_{form}_mb": _only(packages, name, form).stat().st_size / _MB
        for name in ("agent", "wizard")
        for form in ("deb", "rpm")
    }
    with server("bookworm", folder / "server") as here:
        rows |= _life(
            here, *(_only(each, "agent", "deb") for each in (packages, newer))
        )
    return {name: round(value, 3) for name, value in rows.items()}


def _build(folder: Path, *words: str) -> None:
    """Run the installer as ./dev build does: it imports the lab, and never back."""
    argv = [sys.executable, "-m", "installer", *words, "--out", str(folder)]
    subprocess.run(argv, check=True, cwd=REPOSITORY, stdout=sys.stderr)


def _only(folder: Path, name: str, form: str) -> Path:
    (path,) = folder.glob(f"writeback-{name}[-_]*.{form}")
    return path


def _life(here: Server, package: Path, newer: Path) -> dict[str, float]:
    rows: dict[str, float] = {}
    _idle(here)
    with _timed(rows, "unpack_floor_s"):
        _unpack(here, package)
    with _timed(rows, "install_s"):
        here.install(package)
    with _timed(rows, "apply_s"):
        here.set_up()
    score = here.machine.output("systemd-analyze", "security", "--no-pager", _UNIT)
    rows["exposure"] = float(score.rpartition(f"{_UNIT}: ")[2].split()[0])
    restarts, floors = [], []
    for _ in range(ROUNDS):
        floors.append(_restart(here, "idle.service"))
        restarts.append(_restart(here, _UNIT))
    rows["restart_s"], rows["restart_floor_s"] = median(restarts), median(floors)
    with _timed(rows, "upgrade_s"):
        here.install(newer)
        _wait_for(here, _NEWER)
    with _timed(rows, "reboot_s"):
        here.machine.reboot()
    assert here.status()["ready"]
    with _timed(rows, "remove_s"):
        here.done("remove", "--yes", **here.admin)
    return rows


def _idle(here: Server) -> None:
    here.machine.put("/etc/systemd/system/idle.service", _IDLE.encode())
    here.machine.output("systemctl", "daemon-reload")


def _unpack(here: Server, package: Path) -> None:
    entering = here.machine.entering("sh", "-c", "mkdir /x && tar -xf - -C /x")
    data = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", str(package)], check=True, capture_output=True
    ).stdout
    subprocess.run(entering, input=data, check=True)
    here.machine.output("rm", "-r", "/x")


def _restart(here: Server, unit: str) -> float:
    began = time.perf_counter()
    here.machine.output("systemctl", "restart", unit)  # returns when it says ready
    return time.perf_counter() - began


def _wait_for(here: Server, version: str) -> None:
    deadline = time.monotonic() + 60
    while here.status().get("version") != version:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextlib.contextmanager
def _timed(rows: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    rows[name] = time.perf_counter() - began
