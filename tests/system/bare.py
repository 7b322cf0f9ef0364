"""A bare Debian with a layer of its own, entered by chroot: no systemd runs in it."""

import re
import subprocess
from pathlib import Path

from lab.chroot.mounts import propagation
from lab.machines.root import Suite, ensure_root

# The mounts vanish with the last process in their namespace. No network: a package
# brings what it needs.
_ENTER = """
set -e
home=$1 lower=$2
shift 2
mount -t overlay overlay \
  -o "lowerdir=$lower,upperdir=$home/upper,workdir=$home/work" "$home/root"
mount --rbind /dev "$home/root/dev"
mount -t proc proc "$home/root/proc"
exec "$@"
"""
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# what `outside` puts the folder of the Debian in the place of
ROOT = "@root@"
# What dpkg, rpm and the tools that make users leave on any machine.
OF_THE_TOOLS = re.compile(
    r"/etc/(passwd|group|shadow|gshadow|subuid|subgid)-|/etc/\.pwd\.lock"
    r"|/var/log/dpkg\.log|/var/log/alternatives\.log|/var/lib/dpkg/.*-old"
    r"|/var/lib/dpkg/(lock.*|triggers/.*)|/var/cache/ldconfig(/.*)?"
    r"|/var/lib/rpm(/.*)?"
)
# stands in for systemctl: it notes what it is asked for
SYSTEMCTL = b"""#!/bin/sh
echo "$*" >> /told
"""


class Bare:
    """One such Debian below `home`; `put` a file into it, then `run`."""

    def __init__(self, home: Path, suite: Suite = "bookworm") -> None:
        self._home, self._lower = home, ensure_root(suite)
        for folder in ("upper", "work", "root"):
            (home / folder).mkdir(parents=True, exist_ok=True)

    def put(self, path: str, content: bytes, *, mode: int = 0o644) -> None:
        """Write a file into the layer."""
        target = self._home / "upper" / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(mode)

    def run(self, *argv: str, fails: bool = False) -> str:
        """Run a command as root and give what it said; it must not fail."""
        clean = ("/usr/bin/env", "-i", "LANG=C.UTF-8", _PATH)
        return self.outside("chroot", ROOT, *clean, *argv, fails=fails)

    def outside(self, *argv: str, fails: bool = False) -> str:
        """Run a command of this machine's on it; `ROOT` is the folder it is in."""
        root = str(self._home / "root")
        argv = tuple(root if word == ROOT else word for word in argv)
        away = ["unshare", "--mount", "--net", "--propagation", propagation()]
        inside = ["sh", "-c", _ENTER, "bare", str(self._home), str(self._lower)]
        done = subprocess.run(
            [*away, *inside, *argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert fails or done.returncode == 0, done.stdout
        return done.stdout

    def files(self) -> set[str]:
        """List everything that is there, a path each."""
        return set(self.run("find", "/", "-xdev").splitlines())
