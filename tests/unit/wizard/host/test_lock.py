"""The lock, with two processes: looking is not holding."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from wizard.errors import Busy
from wizard.host.lock import held, is_held

LOOKS = """
import sys
from pathlib import Path
from wizard.host.lock import is_held
path = Path(sys.argv[1])
print("looking", flush=True)
while True:
    is_held(path)
"""
HOLDS = """
import sys
from pathlib import Path
from wizard.host.lock import held
with held(Path(sys.argv[1]), "anna"):
    print("held", flush=True)
    sys.stdin.read()
"""
TIMES = 2000


@contextmanager
def another(script: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process, which has said that it is at it."""
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def test_who_looks_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with another(LOOKS, path) as looking:
        for _ in range(TIMES):
            with held(path):
                pass
        assert looking.poll() is None


def test_another_that_holds_it_is_told_by_name(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert is_held(path) is None
    with another(HOLDS, path) as holding:
        for _ in range(2):  # looking changes nothing
            busy = is_held(path)
            assert busy is not None
            assert busy.who == f"anna (process {holding.pid})"
        with pytest.raises(Busy, match="anna"), held(path):
            pass
    # it ended with the process, also one that was killed
    assert is_held(path) is None
    with held(path):
        pass
    assert is_held(path) is None


def test_its_own_is_held_too(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held(path):
        busy = is_held(path)
        assert busy is not None
        assert f"(process {os.getpid()})" in busy.who


def test_what_is_started_meanwhile_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with ExitStack() as started:
        with held(path):
            child = started.enter_context(subprocess.Popen(["sleep", "60"]))
        assert is_held(path) is None
        child.kill()
