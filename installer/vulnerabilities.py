"""Looks up what is known to be wrong with what the packages are built from.

By pip-audit, PyPA's own, in the database that OSV keeps (osv.dev). Without a network
it is skipped, in a word: a build is no worse than before, and whoever builds knows.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from installer.errors import BuildError
from installer.paths import LOCK
from lab.chroot.progress import Say

_TIMEOUT_S = 15
_AT_ALL_S = 300


def look_up(say: Say, *, url: str | None = None, lock: Path = LOCK) -> bool:
    """Say whether it was looked up; BuildError names what is known to be vulnerable.

    `url` is of another database that speaks as OSV does, `lock` of what is looked up.
    """
    found = _asked(url, lock)
    if found is None:
        say("known vulnerabilities were not looked up: no network to osv.dev")
        return False
    if known := list(_known(found)):
        raise BuildError(
            "The packages would hold what is known to be vulnerable:\n"
            + "\n".join(known),
            "Pin a version that is mended in installer/constraints.txt, and run "
            "python -m installer.lock; or build with --no-audit.",
        )
    say("no vulnerability is known of what the packages are built from")
    return True


def _asked(url: str | None, lock: Path) -> str | None:
    argv = [sys.executable, "-m", "pip_audit", "--requirement", str(lock)]
    argv += ["--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    argv += ["--vulnerability-service", "osv", "--format", "json"]
    argv += ["--timeout", str(_TIMEOUT_S), *(["--osv-url", url] if url else [])]
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, check=False, timeout=_AT_ALL_S
        )
    except subprocess.TimeoutExpired:
        return None
    # it ends with 1 for what it found, and for a network that is not there
    return done.stdout if done.stdout.startswith("{") else None


def _known(found: str) -> Iterator[str]:
    for each in json.loads(found)["dependencies"]:
        for fault in each.get("vulns", ()):
            mended = ", ".join(fault["fix_versions"]) or "none yet"
            held = f"{each['name']} {each['version']}"
            yield f"{held}: {fault['id']} (mended in {mended})"
