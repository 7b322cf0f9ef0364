"""How long it takes from the start of a process until its first window is painted.

The wizard beside a bare window: the same theme, rail and footer with nothing in them;
and beside a window of PySide6's own. Each is a process of its own (`painted.py`), in
turns, so that whatever else the machine does falls on all of them; told are medians.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROUNDS = 9
KINDS = ("wizard", "frame", "qt")
_PROGRAM = Path(__file__).with_name("painted.py")


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Start each in turns: without a screen, and on a virtual one where Xvfb is."""
    rows = _measured("offscreen", {"QT_QPA_PLATFORM": "offscreen"}, rounds)
    if shutil.which("Xvfb"):
        with _virtual_screen() as display:
            environment = {"QT_QPA_PLATFORM": "xcb", "DISPLAY": display}
            rows |= _measured("xcb", environment, rounds)
    return rows


def figures(taken: Mapping[str, list[float]]) -> dict[str, float]:
    """Put together what is told: medians in milliseconds, the wizard's as ratios."""
    middle = {kind: median(values) for kind, values in taken.items()}
    rows = {f"{kind}_ms": round(middle[kind], 1) for kind in KINDS}
    ratios = {
        f"ratio_to_{kind}": round(middle["wizard"] / middle[kind], 2)
        for kind in KINDS[1:]
    }
    return rows | ratios


def _measured(
    name: str, environment: Mapping[str, str], rounds: int
) -> dict[str, float]:
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with TemporaryDirectory(prefix="writeback-window-") as home:
        # the first of each finds its files on the disk, and is left out
        for turn in range(rounds + 1):
            for kind in KINDS:
                ms = first_paint(kind, home, environment)
                taken[kind] += [ms] if turn else []
    return {f"{name}_{row}": value for row, value in figures(taken).items()}


def first_paint(kind: str, home: str, environment: Mapping[str, str]) -> float:
    """Start one, and give the milliseconds until its window is painted."""
    argv = [sys.executable, str(_PROGRAM), kind]
    argv += [home] if kind == "wizard" else []
    start = time.monotonic()
    done = subprocess.run(
        argv,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | environment,
        check=True,
    )
    return (float(done.stdout) - start) * 1000


@contextlib.contextmanager
def _virtual_screen() -> Iterator[str]:
    """Give the name of a display that nobody sees."""
    reader, writer = os.pipe()
    argv = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x1024x24"]
    argv += ["-nolisten", "tcp"]
    screen = subprocess.Popen(argv, pass_fds=(writer,), stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as said:
            yield f":{said.readline().strip()}"
    finally:
        screen.terminate()
        screen.wait()
