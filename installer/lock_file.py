"""The lock: what packages are built from, each by the hash of its wheel. Read here."""

import re
from collections.abc import Mapping
from pathlib import Path

from installer.paths import LOCK

_LINE = re.compile(r"^(\S+)==(\S+) --hash=sha256:([0-9a-f]{64})$", re.MULTILINE)


def versions(lock: Path = LOCK) -> Mapping[str, str]:
    """Give the version of each distribution, by its normalized name."""
    return {name: version for name, version, _ in _LINE.findall(lock.read_text())}


def hashes(lock: Path = LOCK) -> Mapping[str, tuple[str, ...]]:
    """Give the SHA-256 of each distribution's wheels, in hexadecimal digits."""
    found: dict[str, tuple[str, ...]] = {}
    for name, _, digest in _LINE.findall(lock.read_text()):
        found[name] = (*found.get(name, ()), digest)
    return found
