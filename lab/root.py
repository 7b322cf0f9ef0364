"""The Debian root that holds Samba 4.24, built once from the machine's own mirror.

Samba 4.24 is the first release that offers and enforces the policy-hints control as
Active Directory does; it comes from trixie-backports and runs on any Debian host.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from lab.errors import LabError
from lab.steps import Say

# Part of the stamp: raise it when the packages below change.
VERSION = "samba-4.24-trixie-1"
SUITE = "trixie"
BACKPORTS = "trixie-backports"
PACKAGES = "samba-ad-dc,samba-ad-provision,python3-samba,ldb-tools,iproute2"
NEEDED_BYTES = 1_500_000_000
_KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)
_APT = Path("/etc/apt")


def ensure_root(root: Path, say: Say) -> None:
    """Build the root unless one of this version is there already."""
    stamp = root / "etc/writeback-lab"
    if stamp.is_file() and stamp.read_text() == VERSION:
        return
    _check_can_build(root)
    say("building a Debian root with Samba 4.24 (half a minute)")
    shutil.rmtree(root, ignore_errors=True)
    building = root.with_name(f"{root.name}.new")
    shutil.rmtree(building, ignore_errors=True)
    _debootstrap(building)
    (building / "lab").mkdir()
    (building / "etc/writeback-lab").write_text(VERSION)
    building.rename(root)


def _check_can_build(root: Path) -> None:
    if os.geteuid() != 0:
        raise LabError("The lab needs root to build its Samba root.", "Use sudo.")
    if shutil.which("mmdebstrap") is None:
        raise LabError("mmdebstrap is missing.", "Run ./dev lab up, it installs it.")
    root.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(root.parent).free
    if free < NEEDED_BYTES:
        raise LabError(
            f"{root.parent} has {free // 1_000_000} MB free.",
            f"The lab needs {NEEDED_BYTES // 1_000_000} MB: make room there.",
        )


def _debootstrap(target: Path) -> None:
    origin = f"[signed-by={archive_keys()}] {mirror(_APT)}"
    argv = [
        *("mmdebstrap", "--mode=root", "--variant=minbase"),
        f'--aptopt=APT::Default-Release "{BACKPORTS}"',
        *(f"--include={PACKAGES}", SUITE, str(target)),
        f"deb {origin} {SUITE} main",
        f"deb {origin} {BACKPORTS} main",
    ]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = "\n".join(done.stderr.splitlines()[-15:])
        raise LabError("mmdebstrap could not build the Samba root.", tail)


def archive_keys() -> Path:
    for path in _KEYRINGS:
        if path.is_file():
            return path
    raise LabError(
        "Debian's archive keys are missing.", "apt-get install debian-archive-keyring"
    )


def mirror(apt: Path) -> str:
    """The first mirror of Debian itself among the machine's apt sources.

    Raises LabError where there is none: the lab asks no other host on its own.
    """
    for uri, suites in _sources(apt):
        # A suite like bookworm, neither bookworm-security nor another vendor's.
        if any(suite in _DEBIAN for suite in suites):
            return uri.rstrip("/")
    raise LabError(
        f"No Debian mirror among the apt sources in {apt}.",
        "Add one, for example: deb http://deb.debian.org/debian trixie main",
    )


_DEBIAN = frozenset(
    {"bullseye", "bookworm", "trixie", "forky", "sid"}
    | {"oldstable", "stable", "testing", "unstable"}
)


def _sources(apt: Path) -> Iterator[tuple[str, list[str]]]:
    parts = apt / "sources.list.d"
    for path in sorted(parts.glob("*.sources")):
        yield from _deb822(path.read_text())
    for path in [apt / "sources.list", *sorted(parts.glob("*.list"))]:
        if path.is_file():
            yield from _one_line(path.read_text())


def _deb822(text: str) -> Iterator[tuple[str, list[str]]]:
    """Read deb822 stanzas (sources.list(5)); comments and folded lines included."""
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    for stanza in "\n".join(lines).split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line[:1].isspace():
                fields[name] = f"{fields.get(name, '')} {line}"
            elif ":" in line:
                name, _, value = line.partition(":")
                name = name.strip().lower()
                fields[name] = value
        enabled = fields.get("enabled", "yes").strip().lower() != "no"
        if enabled and "deb" in fields.get("types", "").split():
            for uri in fields.get("uris", "").split():
                yield uri, fields.get("suites", "").split()


def _one_line(text: str) -> Iterator[tuple[str, list[str]]]:
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words[:1] != ["deb"]:
            continue
        if words[1].startswith("["):
            end = next(i for i, word in enumerate(words) if word.endswith("]"))
            del words[1 : end + 1]
        if len(words) >= 3:
            yield words[1], [words[2]]
