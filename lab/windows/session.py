"""One session of Wine: a prefix of its own, a screen, commands with an end.

It lives in namespaces of its own for processes and mounts: when it is closed, or who
opened it dies, nothing of it is left. The network is this machine's, so that what
listens on 127.0.0.x here is reached from there.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from lab.chroot.errors import LabError
from lab.chroot.mounts import propagation
from lab.chroot.progress import Say
from lab.windows import fonts, icu, registry, root

# seconds: of one command where none is said, and of what makes the session
LIMIT_S, SETUP_S = 120.0, 600.0
_PREFIX = "/prefix"
_SCREEN = ":77"
_ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "DISPLAY": _SCREEN,
    "XDG_RUNTIME_DIR": "/tmp",
    "WINEPREFIX": _PREFIX,
    "WINEDEBUG": "-all",
    # no .NET and no browser: Wine would ask on the screen whether to fetch them
    "WINEDLLOVERRIDES": "mscoree,mshtml=",
}
# The first process of the namespace says so once all is mounted, and waits.
_BEGIN = """
set -e
root=$1 work=$2 prefix=$3
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/run"
mount --bind "$work" "$root/w"
mount --bind "$prefix" "$root/prefix"
echo ready
exec sleep infinity
"""
_SHOW = f"""
Xvfb {_SCREEN} -screen 0 2000x1500x24 -nolisten tcp -nolisten local -ac &
until [ -S /tmp/.X11-unix/X{_SCREEN[1:]} ]; do sleep 0.05; done
"""
# Wine's own processes, which stay, hold nothing of the first command then.
_STAY = "wineserver -p && wine cmd /c exit"


@dataclass(frozen=True, slots=True)
class Done:
    """What a command ended with, and what it said."""

    code: int
    output: str
    errors: str


class Session:
    """Wine as it runs; `work` is the folder that it sees as Z:\\w."""

    def __init__(self, leader: int, work: Path) -> None:
        self._leader, self.work = leader, work

    def run(
        self,
        *argv: str,
        limit_s: float = LIMIT_S,
        environment: Mapping[str, str] | None = None,
        given: str = "",
    ) -> Done:
        """Run a command in the root: `wine ...`, or any of Linux.

        Args:
            argv: the command; `given` is its standard input.
            limit_s: after which it is killed.
            environment: besides the session's own; WINEDEBUG for Wine's messages.

        Raises:
            LabError: it did not end in time.

        """
        names = {**_ENVIRONMENT, **(environment or {})}
        inside = [
            *("nsenter", "--target", str(self._leader), "--mount", "--pid"),
            *("chroot", str(root.ROOT), "env", "-i"),
            *(f"{name}={value}" for name, value in names.items()),
            *("timeout", "--signal=KILL", str(limit_s), *argv),
        ]
        # Files: what is started and stays would hold a pipe open.
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            done = subprocess.run(
                inside, input=given.encode(), stdout=output, stderr=errors, check=False
            )
            output.seek(0)
            errors.seek(0)
            said = [each.read().decode(errors="replace") for each in (output, errors)]
        # `timeout` kills itself as it kills the command, and chroot has become it
        if done.returncode in (-9, 137):
            last = "\n".join((said[0] + said[1]).splitlines()[-15:])
            raise LabError(f"{argv[0]} {argv[1:2]} ran for {limit_s:.0f} s.", last)
        return Done(done.returncode, *said)

    def checked(self, *argv: str, limit_s: float = LIMIT_S, given: str = "") -> str:
        """Run a command and give what it said; LabError where it failed."""
        done = self.run(*argv, limit_s=limit_s, given=given)
        if done.code:
            last = "\n".join((done.output + done.errors).splitlines()[-15:])
            raise LabError(f"{argv[0]} failed with {done.code} in Wine's root.", last)
        return done.output

    def set_registry(self, key: str, values: registry.Values) -> None:
        """Set values of a key, such as HKEY_CURRENT_USER\\Environment."""
        with tempfile.NamedTemporaryFile("w", suffix=".reg", dir=self.work) as file:
            file.write(registry.file_of(key, values))
            file.flush()
            self.checked("wine", "regedit", "/S", self.windows(Path(file.name)))

    def restart(self) -> None:
        """Start Wine anew, which reads some of the registry at its start alone."""
        self.run("wineserver", "--kill")
        self.run("wineserver", "--wait")
        self.checked("sh", "-c", _STAY, limit_s=SETUP_S)

    def windows(self, path: Path) -> str:
        """Give a file below `work` by the name that programs of Windows know."""
        return windows_path(path.relative_to(self.work))


def windows_path(inside: Path | PurePosixPath) -> str:
    """Give a path below the session's folder as Windows names it."""
    return str(PureWindowsPath("Z:\\w", *inside.parts))


@contextmanager
def session(work: Path, say: Say) -> Iterator[Session]:
    """Open a session on a new copy of the prefix, and end all of it.

    `work` is a folder of who asks. Another one waits until this one is closed.
    """
    with root.held():
        root.ensure_root(say)
        kept = root.KEPT / "prefix"
        if _stamp(kept) != root.prefix_fingerprint():
            _make_prefix(kept, say)
        with tempfile.TemporaryDirectory(dir=root.KEPT, prefix="session-") as name:
            own = Path(name, "prefix")
            say("copying Wine's prefix")
            shutil.copytree(kept, own, symlinks=True)
            with _begun(work, own) as begun:
                begun.checked("sh", "-c", _STAY, limit_s=SETUP_S)
                yield begun


def _stamp(prefix: Path) -> str:
    stamp = prefix / "writeback-lab"
    return stamp.read_text() if stamp.is_file() else ""


def _make_prefix(kept: Path, say: Say) -> None:
    say("making Wine's prefix (half a minute)")
    shutil.rmtree(kept, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=root.KEPT, prefix="making-") as name:
        new, work = Path(name, "prefix"), Path(name, "work")
        new.mkdir()
        work.mkdir()
        with _begun(work, new) as begun:
            begun.checked("wineboot", "--init", limit_s=SETUP_S)
            begun.set_registry(fonts.REPLACED_KEY, fonts.REPLACED)
            begun.set_registry(fonts.METRICS_KEY, fonts.METRICS)
            system = f"{_PREFIX}/drive_c/windows/system32"
            begun.checked("sh", "-c", icu.BUILD, "icu", system, given=icu.SOURCE)
            begun.checked("wineserver", "--kill")
            begun.run("wineserver", "--wait")  # then all of it is on the disk
        (new / "writeback-lab").write_text(root.prefix_fingerprint())
        new.rename(kept)


@contextmanager
def _begun(work: Path, prefix: Path) -> Iterator[Session]:
    away = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    begin = ["sh", "-c", _BEGIN, "wine", str(root.ROOT), str(work), str(prefix)]
    leash = ["setpriv", "--pdeathsig", "KILL"]
    with subprocess.Popen(
        [*leash, *away, "--propagation", propagation(), *begin],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as outer:
        try:
            if not outer.stdout or outer.stdout.readline() != "ready\n":
                raise LabError("Wine's root could not be entered.", "Run it as root.")
            children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children").read_text()
            begun = Session(int(children.split()[0]), work)
            begun.checked("sh", "-c", _SHOW)
            yield begun
        finally:
            outer.kill()
