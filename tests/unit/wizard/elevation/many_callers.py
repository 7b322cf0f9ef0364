"""Somebody else on the machine who asks a lot at once, and waits for the answers.

Started as root, in the folder of the bus: it becomes the person before it connects.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from jeepney import DBusErrorResponse, new_method_call
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg

from tests.unit.wizard.elevation.by_hand import INSTALLED_CALL, SETUP


@contextlib.contextmanager
def many_callers(bus: str, person: int, calls: int) -> Iterator[list[str]]:
    """Have a person ask; give what each call came to: `taken`, or the error's name."""
    folder = Path(bus.removeprefix("unix:path=")).parent
    folder.chmod(0o755)
    program = [sys.executable, "-m", "tests.unit.wizard.elevation.many_callers"]
    with subprocess.Popen(
        [*program, str(person), str(calls)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        yield json.loads(process.stdout.readline())


def main() -> None:
    person, calls = int(sys.argv[1]), int(sys.argv[2])
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=bus"
    os.setgroups([])
    os.setgid(person)
    os.setuid(person)
    results, ends = [], []
    with open_dbus_connection("SYSTEM", enable_fds=True, auth_timeout=20) as bus:
        for _ in range(calls):
            ours, theirs = socket.socketpair()
            ends.append(ours)
            with theirs:
                call = new_method_call(SETUP, "Look", "sh", (INSTALLED_CALL, theirs))
                try:
                    unwrap_msg(bus.send_and_get_reply(call, timeout=20))
                    results.append("taken")
                except DBusErrorResponse as error:
                    results.append(error.name)
        print(json.dumps(results), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
