"""Where it is pinned what the MSI is made of, each file by its hash."""

from installer.paths import BUILD, INSTALLER

HERE = INSTALLER / "windows"
CONSTRAINTS = HERE / "constraints.txt"
LOCK = HERE / "lock.txt"
CPYTHON = HERE / "cpython.txt"
KEPT = BUILD / "windows"

# of CPython for Windows; wheels are taken for it
PYTHON = "3.13"
TAG = PYTHON.replace(".", "")
# the wheel that holds the programs which start ours: none of its Python is packed
LAUNCHERS = "distlib"
