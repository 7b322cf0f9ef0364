"""Writes the lock for Windows anew: each wheel by its hash.

To be run when constraints or what the product needs have changed. Which wheels those
are is resolved by uv: pip weighs markers by the system that it runs on, and would bring
what is Linux's and forget what is Windows'. uv decides here alone; a build needs none.
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from installer.errors import BuildError
from installer.lock import lines_of
from installer.paths import CONSTRAINTS as ALL_CONSTRAINTS
from installer.paths import PYPROJECT
from installer.windows import fetch
from installer.windows.pins import CONSTRAINTS, LAUNCHERS, LOCK, PYTHON

_UV = "uv==0.13.9"
_HEAD = """\
# What the MSI is built from: each wheel by its hash (pip --require-hashes).
# Written by `python -m installer.windows.lock` from constraints.txt here and in the
# folder above; never by hand.
"""


def wanted() -> list[str]:
    """List what is resolved: the product with its window, and what starts programs."""
    project = tomllib.loads(PYPROJECT.read_text())["project"]
    wizard = project["optional-dependencies"]["wizard"]
    return [*project["dependencies"], *wizard, LAUNCHERS]


def resolved(tools: Path) -> list[str]:
    """Give each name and version that Windows takes, as uv resolves it."""
    target = ("--target", str(tools), "--no-deps", "--only-binary=:all:", _UV)
    _run([sys.executable, "-m", "pip", "install", "--quiet", *target])
    argv = [str(tools / "bin/uv"), "pip", "compile", "-", "--no-config", "--quiet"]
    argv += ["--python-platform", "x86_64-pc-windows-msvc", "--only-binary=:all:"]
    argv += ["--python-version", PYTHON, "--no-header", "--no-annotate"]
    for path in (ALL_CONSTRAINTS, CONSTRAINTS):
        argv += ["--constraint", str(path)]
    return _run(argv, "\n".join(wanted())).split()


def main() -> int:
    """Resolve, fetch, and write what came."""
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder, "wheels")
        try:
            fetch.download(wheels, *resolved(Path(folder, "tools")))
        except BuildError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        LOCK.write_text(_HEAD + lines_of(wheels))
    return 0


def _run(argv: list[str], given: str = "") -> str:
    done = subprocess.run(
        argv, input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError("The wheels could not be resolved.", done.stderr)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
