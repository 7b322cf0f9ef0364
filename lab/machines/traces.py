"""Secrets in clear: searched for on a machine's disk, in its journal, its processes.

What no journey may leave: a person's new password, the administrator's, each enrolment
code that was given out, and the password of the service account; as UTF-8, and as
the directory takes it (UTF-16LE).
"""

import os
import stat
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from lab.machines.server import CANARY, Server

_SEALED = "/etc/writeback/credentials/directory-password.cred"
# beside the disk: what is in memory and looks like files
_IN_MEMORY = ("run", "tmp", "dev/shm")
# systemd opens a service's secrets there, for root and the service
_OPENED = "run/credentials"
_BETWEEN_S = 0.005


def secrets_of(here: Server) -> dict[str, str]:
    """Name what must not be found; the account's password while there is one."""
    secrets = {"canary": CANARY, "administrator": here.lab.admin_password}
    secrets |= {f"code {at}": code for at, code in enumerate(here.relay.codes)}
    if here.machine.run("test", "-e", _SEALED).returncode == 0:
        opening = ("systemd-creds", "decrypt", "--name=directory-password")
        secrets["account"] = here.machine.output(*opening, _SEALED, "-")
    return secrets


def leaves_no_secret(here: Server, **more: str) -> None:
    """Search everything that was written since the bare root, and all that runs.

    Args:
        here: where.
        more: what else must not be found, each by a name.

    """
    needles = _spelled({**secrets_of(here), **more})
    for path in _files(here):
        with suppress(FileNotFoundError):  # it ended while this looked
            assert _found(needles, path.read_bytes()) == [], path
    telling = here.machine.entering("journalctl", "--output=export", "--no-pager")
    exported = subprocess.run(telling, capture_output=True, check=True).stdout
    assert len(exported) > 1000
    assert _found(needles, exported) == []
    assert _found(needles, b"\0".join(_shown(here))) == []


@contextmanager
def watched(here: Server) -> Iterator[None]:
    """Search what processes show of themselves again and again, while they run."""
    needles, stop = _spelled(secrets_of(here)), threading.Event()
    seen, bad = set[bytes](), list[str]()

    def look() -> None:
        for shown in _shown(here):
            if shown not in seen:
                seen.add(shown)
                bad.extend(_found(needles, shown))

    def watch() -> None:
        while not stop.wait(_BETWEEN_S):
            look()
        look()  # the agent is there still, if this was kept from looking before

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    # the program itself was seen
    assert any(b"writeback" in each for each in seen)
    assert bad == []


def _spelled(secrets: Mapping[str, str]) -> dict[str, bytes]:
    forms = {"": "utf-8", " in UTF-16": "utf-16-le"}
    return {
        f"{name}{form}": secret.encode(encoding)
        for name, secret in secrets.items()
        for form, encoding in forms.items()
    }


def _found(needles: Mapping[str, bytes], content: bytes) -> list[str]:
    return [name for name, needle in needles.items() if needle in content]


def _files(here: Server) -> Iterator[Path]:
    root = Path(f"/proc/{here.machine.leader}/root")
    folders = [here.machine.upper, *(root / each for each in _IN_MEMORY)]
    for folder in folders:
        # unlike rglob it goes past a folder that ended while this looked
        for inside, _, names in os.walk(folder):
            if Path(inside).is_relative_to(root / _OPENED):
                continue
            for path in (Path(inside) / name for name in names):
                with suppress(FileNotFoundError):
                    if stat.S_ISREG(path.lstat().st_mode):
                        yield path


def _shown(here: Server) -> Iterator[bytes]:
    """Give the words and the environment of every process on a machine."""
    own = Path(f"/proc/{here.machine.leader}/ns/pid").readlink()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended while this looked
            if (process / "ns/pid").readlink() == own:
                yield (process / "cmdline").read_bytes()
                yield (process / "environ").read_bytes()
