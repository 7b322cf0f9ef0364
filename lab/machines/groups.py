"""The control groups of one machine: made, frozen, and removed when it is off."""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

_TOP = Path("/sys/fs/cgroup")
_POLL_S = 0.02
_FROZEN_S = 60.0


def of(name: str) -> list[Path]:
    """Name the groups of a machine's own; hybrid hierarchies have two."""
    tops = [_TOP / each for each in ("systemd", "unified")]
    own = [top / name for top in tops if top.is_dir()]
    return own or [_TOP / name]


def make(groups: Sequence[Path]) -> None:
    """Make them, for its first process."""
    for group in groups:
        group.mkdir(exist_ok=True)


@contextlib.contextmanager
def frozen(groups: Sequence[Path]) -> Iterator[None]:
    """Halt all that runs in them, where there is a cgroup v2 that can."""
    switches = [group / "cgroup.freeze" for group in groups]
    switches = [switch for switch in switches if switch.exists()]
    try:
        for switch in switches:
            switch.write_text("1")
            _wait_for_frost(switch.with_name("cgroup.events"))
        yield
    finally:
        for switch in switches:
            switch.write_text("0")


def _wait_for_frost(events: Path) -> None:
    deadline = time.monotonic() + _FROZEN_S
    while "frozen 1" not in events.read_text():
        assert time.monotonic() < deadline
        time.sleep(_POLL_S)


def remove(top: Path, seconds: float) -> None:
    """Remove a tree of them, once the last process has left it."""
    deadline = time.monotonic() + seconds
    while top.is_dir() and time.monotonic() < deadline:
        for folder, _, _ in os.walk(top, topdown=False):
            with contextlib.suppress(OSError):
                Path(folder).rmdir()
        time.sleep(_POLL_S)
