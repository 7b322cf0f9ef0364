"""One machine: a bare root with a layer of its own on top, booted by systemd-nspawn.

What happens on it is written to `upper` alone; the bare root below is shared. The
mounts live in a mount namespace of the machine's and vanish with it.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from lab import process
from lab.chroot.errors import LabError
from lab.chroot.mounts import propagation
from lab.machines import groups

# a busy machine takes many times the few seconds of an idle one
_BOOT_S = 180.0
_OFF_S = 180.0
_POLL_S = 0.02
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_HEARD_S = 180.0
# what the timers of a bare Debian write, at midnight and twice a day (dpkg, apt)
DAILY = ("/var/backups", "/var/cache/apt", "/var/lib/apt/daily_lock")

# A tmpfs on /run/systemd: nspawn finds no other systemd to ask. `exec` all the way.
_BOOT = """
set -e
home=$1 lower=$2 name=$3 groups=$4
mount -t overlay overlay \
  -o "lowerdir=$lower,upperdir=$home/upper,workdir=$home/work" "$home/root"
mkdir -p /run/systemd
mount -t tmpfs tmpfs /run/systemd
for group in $groups; do echo $$ > "$group/cgroup.procs"; done
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
exec systemd-nspawn --quiet --boot --directory="$home/root" --machine="$name" \
  --register=no --keep-unit --console=pipe --kill-signal=SIGRTMIN+3 \
  --link-journal=no --resolv-conf=off --timezone=off
"""


class Machine:
    """One machine; `stop` it when done.

    Args:
        home: an empty folder of its own; `home/upper` is all it changed.
        lower: the bare root below, never written to.

    """

    def __init__(self, home: Path, lower: Path) -> None:
        self.home, self._lower = home, lower
        self._name = f"writeback-{os.getpid()}-{home.name}"[:60].replace("_", "-")
        self._nspawn: process.Process | None = None
        self._leader = 0
        self.boots = 0
        for folder in ("upper", "work", "root"):
            (home / folder).mkdir(parents=True, exist_ok=True)

    @property
    def upper(self) -> Path:
        """Where everything is that was changed since the bare root."""
        return self.home / "upper"

    @property
    def leader(self) -> int:
        """Its process 1, as this machine counts processes; 0 when it is off."""
        return self._leader

    def boot(self) -> Self:
        """Boot, and return when everything that starts with the machine has started."""
        kind = propagation()
        if kind != "private":  # user_namespaces(7): EPERM
            what = (
                "A machine whose service has users of its own can't boot in a chroot."
            )
            raise LabError(what, "Run this on the machine itself, or in a container.")
        own = groups.of(self._name)
        groups.make(own)
        argv = [
            # a killed test run leaves no machine: SIGTERM has nspawn end it in order,
            # where its own end by SIGKILL would leave the machine running
            *("setpriv", "--pdeathsig", "TERM"),
            *("unshare", "--mount", "--propagation", kind),
            *("sh", "-c", _BOOT, "boot"),
            *(str(self.home), str(self._lower), self._name, " ".join(map(str, own))),
        ]
        self._nspawn = process.start(
            argv, self.home / "console.log", dies_with_us=False
        )
        deadline = time.monotonic() + _BOOT_S
        try:
            self._leader = self._find_leader(deadline)
            self._wait_for_systemd(deadline)
        except BaseException:
            self.pull_plug()
            raise
        self.boots += 1
        return self

    def run(
        self, *argv: str, stdin: str | bytes = "", seconds: float = 300.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as root on it; what it says is UTF-8."""
        return subprocess.run(
            self.entering(*argv),
            input=stdin.decode() if isinstance(stdin, bytes) else stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )

    def entering(self, *argv: str) -> list[str]:
        """Give the argv that runs a command as root on it."""
        entered = ["nsenter", "-t", str(self._leader), "-a"]
        return [*entered, "env", "-i", _PATH, "HOME=/root", "LANG=C.UTF-8", *argv]

    def output(self, *argv: str, stdin: str = "") -> str:
        """Run a command that must succeed; give what it said."""
        done = self.run(*argv, stdin=stdin)
        if done.returncode:
            text = f"{done.stdout}\n{done.stderr}".strip()
            raise AssertionError(f"{argv[0]} ended with {done.returncode}: {text}")
        return done.stdout

    def journal(self, word: str, *options: str) -> str:
        """Give what journalctl says once a word is in it: it is written a while later.

        Args:
            word: waited for.
            options: of journalctl.

        """
        deadline = time.monotonic() + _HEARD_S
        while word not in (text := self.output("journalctl", "--no-pager", *options)):
            assert time.monotonic() < deadline, f"not in the journal: {word}"
            time.sleep(_POLL_S)
        return text

    def put(self, path: str, content: bytes, *, mode: int = 0o644) -> None:
        """Write a file on it, whole."""
        script = 'mkdir -p "$(dirname "$1")" && cat > "$1" && chmod "$2" "$1"'
        argv = self.entering("sh", "-c", script, "put", path, f"{mode:o}")
        subprocess.run(argv, input=content, check=True)

    def read(self, path: str) -> str:
        """Read a file on it."""
        return self.output("cat", path)

    def files(self, *exclude: str) -> dict[str, str]:
        """List everything on it: path -> kind, mode, owner, group, target.

        Args:
            exclude: paths that are left out with all below.

        """
        pruned: list[str] = []
        for path in ("/proc", "/sys", "/dev", "/run", "/tmp", *exclude):
            pruned += ["-path", path, "-prune", "-o"]
        form = "%p\t%y %m %u %g %l\\n"
        # what runs there takes files of its own away meanwhile
        looking = ("find", "/", "-ignore_readdir_race", "-xdev")
        listed = self.output(*looking, *pruned, "-printf", form)
        return dict(line.split("\t", 1) for line in listed.splitlines())

    def reboot(self) -> None:
        """Shut down in order, and boot again on what was written."""
        self.shut_down()
        self.boot()

    def shut_down(self) -> None:
        """End it as an administrator does; returns when it is off."""
        if self._leader:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._leader, signal.SIGRTMIN + 3)
        if self._nspawn is not None and not self._nspawn.gone_within(_OFF_S):
            raise LabError("The machine does not shut down.", self._console())
        self._gone()

    def pull_plug(self) -> None:
        """End every process on it at once."""
        if self._leader:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._leader, signal.SIGKILL)
        if self._nspawn is not None:
            with contextlib.suppress(LabError, ProcessLookupError):
                self._nspawn.signal(signal.SIGKILL)
            self._nspawn.gone_within(_OFF_S)
        self._gone()

    def stop(self) -> None:
        """End it if it runs, and forget what was written."""
        self.pull_plug()
        shutil.rmtree(self.home, ignore_errors=True)

    def copy(self, home: Path) -> "Machine":
        """Copy its disk to a machine of its own, as a clone in a hypervisor does."""
        other = Machine(home, self._lower)
        shutil.rmtree(other.upper)
        argv = ["cp", "-a", "--reflink=auto", str(self.upper), str(other.upper)]
        # or files come and go meanwhile
        with groups.frozen(groups.of(self._name)):
            subprocess.run(argv, check=True)
        return other

    def _gone(self) -> None:
        self._nspawn, self._leader = None, 0
        for group in groups.of(self._name):
            groups.remove(group, _OFF_S)

    def _find_leader(self, deadline: float) -> int:
        """Find its process 1 among the children of systemd-nspawn's."""
        assert self._nspawn is not None
        pid = self._nspawn.pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        while True:
            with contextlib.suppress(OSError):
                for child in children.read_text().split():
                    if _is_first(child):
                        return int(child)
            self._check_time(deadline)

    def _wait_for_systemd(self, deadline: float) -> None:
        while self.run("test", "-S", "/run/systemd/private").returncode:
            self._check_time(deadline)
        waited = max(1.0, deadline - time.monotonic())
        self.run("systemctl", "is-system-running", "--wait", seconds=waited)

    def _check_time(self, deadline: float) -> None:
        assert self._nspawn is not None
        if self._nspawn.gone_within(_POLL_S) or time.monotonic() > deadline:
            raise LabError("The machine does not boot.", self._console())

    def _console(self) -> str:
        text = (self.home / "console.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-15:])


def _is_first(pid: str) -> bool:
    """Say whether a process is number 1 of a namespace of its own (proc(5), NSpid)."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    numbers = next(line for line in status if line.startswith("NSpid:")).split()
    return len(numbers) > 2 and numbers[-1] == "1"


@contextlib.contextmanager
def machine(home: Path, lower: Path) -> Iterator[Machine]:
    """Boot a machine, and leave nothing of it."""
    booted = Machine(home, lower)
    try:
        yield booted.boot()
    finally:
        booted.stop()


def differences(
    before: Mapping[str, str], after: Mapping[str, str], known: Sequence[str]
) -> dict[str, tuple[str | None, str | None]]:
    """Give what differs between two lists of files but for what is known to.

    Args:
        before: as `Machine.files` gave it.
        after: the same, later.
        known: paths that the system itself writes, with all below.

    """
    changed = {}
    for path in sorted({*before, *after}):
        if any(path == each or path.startswith(f"{each}/") for each in known):
            continue
        if before.get(path) != after.get(path):
            changed[path] = (before.get(path), after.get(path))
    return changed
