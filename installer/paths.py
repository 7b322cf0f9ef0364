"""Where the build reads and where it keeps its things: below .lab, unseen by git."""

from pathlib import Path

INSTALLER = Path(__file__).resolve().parent
REPOSITORY = INSTALLER.parent
DIST = REPOSITORY / "dist"
BUILD = REPOSITORY / ".lab/build"

CONSTRAINTS = INSTALLER / "constraints.txt"
LOCK = INSTALLER / "lock.txt"
PYPROJECT = REPOSITORY / "pyproject.toml"
# What the frozen programs of each package are made of: nothing else of the repository
# gets in, and a change elsewhere freezes none of them anew.
SOURCES_OF = {
    "agent": ("agent", "resources", "rollout", "wire", "wizard"),
    "wizard": ("agent", "resources", "rollout", "wire", "wizard"),
    "relay": ("relay", "wire"),
    "portal": ("portal", "resources", "rollout", "wire"),
}
SOURCES = tuple(sorted({name for names in SOURCES_OF.values() for name in names}))
