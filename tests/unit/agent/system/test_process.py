"""A process that is killed leaves no core with a password in it."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

CANARY = "Canary-core-5b1e"
_HOUSE = Path(__file__).parents[4]
_UNITS = _HOUSE / "installer/root/agent/usr/lib/systemd/system"
_PATTERN = Path("/proc/sys/kernel/core_pattern")
_KILLED = """
import os, resource, signal, sys
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
password = sys.stdin.read() * 3
try:
    {call}
except SystemExit:
    pass
os.kill(os.getpid(), signal.SIGABRT)
"""
PROGRAMS = [
    "from agent.__main__ import main; main(['--version'])",
    "from wizard.cli.main import main; main(['--version'])",
    "from wizard.__main__ import main; main(['--help'])",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where cores are written, if this machine writes any to the working folder."""
    pattern = _PATTERN.read_text().strip() if _PATTERN.exists() else "|"
    if pattern.startswith(("|", "/")):
        pytest.skip(f"cores go elsewhere: {pattern}")
    if resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY:
        pytest.skip("cores are limited")
    return tmp_path


@pytest.mark.parametrize("name", ["agent", "setup"])
def test_services_leave_no_core_from_their_start(name: str) -> None:
    unit = _UNITS / f"writeback-{name}.service"

    assert "LimitCORE=0" in unit.read_text().splitlines()


def cores(folder: Path, call: str) -> list[bytes]:
    command = [sys.executable, "-c", _KILLED.format(call=call)]
    done = subprocess.run(
        command,
        cwd=folder,
        input=CANARY.encode(),
        capture_output=True,
        env={"PYTHONPATH": str(_HOUSE), "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert done.returncode == -6, done.stderr
    return [path.read_bytes() for path in folder.iterdir()]


def test_a_core_would_hold_what_is_in_memory(folder: Path) -> None:
    (core,) = cores(folder, "pass")

    assert CANARY.encode() in core


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_that_hold_passwords_leave_no_core(folder: Path, program: str) -> None:
    assert cores(folder, program) == []
