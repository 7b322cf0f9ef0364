"""What the MSI is made of is pinned by its hash, as Windows needs it."""

import re
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from installer import lock_file
from installer.errors import BuildError
from installer.paths import CONSTRAINTS
from installer.windows import fetch, pins
from installer.windows.lock import wanted

WINDOWS = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}


def test_the_lock_has_what_windows_needs_and_nothing_of_linux() -> None:
    locked = lock_file.versions(pins.LOCK)
    for each in map(Requirement, wanted()):
        name = canonicalize_name(each.name)
        if each.marker is None or each.marker.evaluate(WINDOWS):
            assert locked[name] in each.specifier, name
        else:
            assert name not in locked
    assert {"pywin32", "pywin32-ctypes"} <= set(locked)
    assert not {"jeepney", "secretstorage", "uvloop"} & set(locked)


def test_windows_has_the_versions_that_everything_was_tested_with() -> None:
    text = CONSTRAINTS.read_text() + pins.CONSTRAINTS.read_text()
    pinned: dict[str, str] = {
        canonicalize_name(name): version
        for name, version in re.findall(r"^(\S+)==(\S+)$", text, re.MULTILINE)
    }
    locked = lock_file.versions(pins.LOCK)
    assert {name: pinned.get(name) for name in locked} == locked


@pytest.mark.parametrize("path", [pins.LOCK, pins.CPYTHON])
def test_each_is_pinned_by_one_hash(path: Path) -> None:
    lines = [
        each for each in path.read_text().splitlines() if each[:1] not in ("", "#")
    ]
    assert lines
    assert len(lock_file.hashes(path)) == len(lines)
    assert all(len(each) == 1 for each in lock_file.hashes(path).values())


def wheel(folder: Path, *names: str) -> Path:
    path = folder / "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            file.writestr(name, name)
    return path


def test_a_wheel_is_unpacked_without_its_programs(tmp_path: Path) -> None:
    held = ("thing/a.py", "thing-1.0.data/scripts/run.py", "thing-1.0.dist-info/RECORD")
    fetch.unpack(wheel(tmp_path, *held), tmp_path / "to")
    found = {
        path.relative_to(tmp_path / "to").as_posix()
        for path in (tmp_path / "to").rglob("*")
        if path.is_file()
    }
    assert found == {"thing/a.py", "thing-1.0.dist-info/RECORD"}


@pytest.mark.parametrize(
    "name", ["../a.py", "/a.py", "thing/../../a.py", "thing\\a.py", "t.data/data/a"]
)
def test_nothing_is_laid_elsewhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(BuildError):
        fetch.unpack(wheel(tmp_path, name), tmp_path / "to")
    assert not (tmp_path / "a.py").exists()
