"""Runs a command in the builder's root, without network and this machine's names."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from installer.errors import BuildError
from lab.chroot.mounts import propagation

# The mounts live in a mount namespace of their own and vanish with the last process
# in it. No network: what is built is built from what was fetched and checked before.
_ENTER = """
set -e
root=$1 work=$2
shift 2
mount --bind "$work" "$root/build"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
exec chroot "$root" /usr/bin/env -i PATH=/opt/tools/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  HOME=/build LANG=C.UTF-8 TZ=UTC PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 "$@"
"""
_LINES = 25


def run(
    root: Path,
    work: Path,
    *argv: str,
    epoch: int = 0,
    pass_fds: Sequence[int] = (),
) -> str:
    """Run `argv` with `work` at /build, all of this machine that is seen inside.

    `root` is of `build_root.ensure_root`; `epoch` is SOURCE_DATE_EPOCH, the time that
    files are given; `pass_fds` stay open for it. BuildError holds the end of what it
    said.
    """
    away = ["unshare", "--mount", "--net", "--propagation", propagation()]
    inside = ["sh", "-c", _ENTER, "build", str(root), str(work)]
    whole = [*away, *inside, f"SOURCE_DATE_EPOCH={epoch}", *argv]
    failure = f"{argv[0]} failed in the builder's root."
    return checked(whole, failure, pass_fds=pass_fds)


def checked(argv: Sequence[str], failure: str, pass_fds: Sequence[int] = ()) -> str:
    """Run a command outside and give its output; BuildError has the end of it."""
    done = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        pass_fds=pass_fds,
    )
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-_LINES:])
        raise BuildError(failure, tail)
    return done.stdout
