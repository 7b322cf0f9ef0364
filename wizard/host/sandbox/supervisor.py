"""Keeps the agent running on a machine for trying.

`python -m wizard.host.sandbox.supervisor HOME PIDFILE` notes itself in the pid file. It
restarts the agent when it fails, a little later each time. SIGTERM is handed on, so
that the agent finishes what it does. Should this process be killed, the agent ends too.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from agent.system.atomic_files import write_atomically
from wizard.host.sandbox import process

_DELAYS_S = (0.2, 1.0, 2.0, 5.0, 10.0)
_STEADY_S = 60.0
_DRAIN_S = 15.0
BAD_SETTINGS = 2


def main() -> int:
    """Supervise until SIGTERM, or until the agent can't start with its settings."""
    home, pid_file = sys.argv[1], Path(sys.argv[2])
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    noted = process.of(os.getpid())
    write_atomically(pid_file, process.dump(noted), mode=0o600)
    failures = 0
    while not stop.is_set():
        began = time.monotonic()
        code = _run(home, stop)
        if stop.is_set():
            return 0
        if code == BAD_SETTINGS:
            return code
        failures = 0 if time.monotonic() - began > _STEADY_S else failures + 1
        stop.wait(_DELAYS_S[min(failures, len(_DELAYS_S) - 1)])
    return 0


def _run(home: str, stop: threading.Event) -> int:
    """Run the agent once; give its exit code."""
    # TERM, not KILL, when this process dies: requests under way are answered
    leash = ["setpriv", "--pdeathsig", "TERM"]
    agent = [sys.executable, "-m", "agent", "run", "--home", home]
    child = subprocess.Popen([*leash, *agent])
    while not stop.is_set():
        # short waits: a signal's handler runs between them
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.wait(timeout=0.2)
    child.terminate()
    try:
        return child.wait(timeout=_DRAIN_S)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


if __name__ == "__main__":
    sys.exit(main())
