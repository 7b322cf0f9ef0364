"""The longest stall of the wizard's window, page by page, with very much to show.

Measured by the walk of the window's own tests over 20,000 people, 100 domain
controllers and 5,000 containers, in processor time of the GUI thread: see
tests/fixtures/loop_watch.py. It runs as a process of its own, without a screen.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping

from lab.places import REPOSITORY


def measure() -> dict[str, float]:
    """Walk all pages once."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fixtures.stalls"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=REPOSITORY,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        check=True,
    )
    return figures(json.loads(done.stdout))


def figures(pages: Mapping[str, float]) -> dict[str, float]:
    """Name the milliseconds of each page, and the longest of all."""
    rows = {f"stall_{page}_ms": ms for page, ms in pages.items()}
    return rows | {"stall_longest_ms": max(pages.values())}
