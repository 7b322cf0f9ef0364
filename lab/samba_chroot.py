"""Runs a command in the Samba root with one instance's folder mounted at /lab."""

import json
import subprocess
from pathlib import Path

from lab.chroot.errors import LabError
from lab.chroot.mounts import propagation

# The mounts live in a mount namespace of their own and vanish with the last process
# in it, so nothing is left to unmount. `exec` all the way: the process started is
# Samba itself, and its id is the one to signal.
_ENTER = """
mount --bind "$2" "$1/lab" &&
mount --rbind /dev "$1/dev" &&
mount -t proc proc "$1/proc" &&
root=$1 && shift 2 &&
exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  LANG=C.UTF-8 TDB_NO_FSYNC=1 "$@"
"""


def enter(root: Path, instance: Path, command: list[str]) -> list[str]:
    """The argv that runs `command` in `root` with `instance` at /lab."""
    return [
        *("unshare", "--mount", "--propagation", propagation()),
        *("sh", "-c", _ENTER, "lab", str(root), str(instance), *command),
    ]


def run_python(root: Path, instance: Path, script: str, wish: object) -> str:
    """Run inside/`script` with the root's Python; `wish` goes in by standard input.

    Passwords are part of what is wished for, so nothing goes by argument.
    """
    source = Path(__file__).parent / "inside" / script
    done = subprocess.run(
        enter(root, instance, ["python3", "-W", "ignore", "-c", source.read_text()]),
        input=json.dumps(wish),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stderr.splitlines()[-12:])
        raise LabError(f"{script} failed in the Samba root {root}", tail)
    return done.stdout
