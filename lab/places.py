"""Where the lab keeps its things: all below .lab, which git does not see."""

import hashlib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
LAB = REPOSITORY / ".lab"
ROOT = LAB / "root"
SNAPSHOT = LAB / "snapshot"
INSTANCE = LAB / "instance"
RELAY = LAB / "relay"
PORTAL = LAB / "portal"
DESCRIPTION = LAB / "lab.json"
MACHINE = LAB / "machine"
LOCK = LAB / "lock"

# What goes into a snapshot: a change of any of these makes a new one.
_INGREDIENTS = (
    "authority.py",
    "domain.py",
    "people.py",
    "samba_root.py",
    "inside/populate.py",
    "inside/provision.py",
)


def fingerprint() -> str:
    """The hash of the sources that a snapshot is made by."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in _INGREDIENTS:
        digest.update((here / name).read_bytes())
    return digest.hexdigest()
