"""Where the build reads and where it keeps its things: below .lab, unseen by git."""

from pathlib import Path

INSTALLER = Path(__file__).resolve().parent
REPOSITORY = INSTALLER.parent
DIST = REPOSITORY / "dist"
BUILD = REPOSITORY / ".lab/build"

CONSTRAINTS = INSTALLER / "constraints.txt"
LOCK = INSTALLER / "lock.txt"
PYPROJECT = REPOSITORY / "pyproject.toml"
# What the frozen programs are made of: nothing else of the repository gets in.
SOURCES = ("agent", "relay", "resources", "rollout", "wire", "wizard")
