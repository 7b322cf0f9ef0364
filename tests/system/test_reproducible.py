"""The same sources give the same packages, byte for byte."""

import secrets
from pathlib import Path

import pytest

from installer import source_hash
from installer.build import build, checksum
from installer.package_specs import RECIPES
from installer.paths import REPOSITORY
from lab.chroot.progress import silent

# all packages are frozen once more
pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", list(RECIPES))
def test_a_second_build_gives_the_same_bytes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    source_hash.copy(REPOSITORY, tmp_path / "first")
    source_hash.copy(tmp_path / "first", tmp_path / "second")
    sums = []
    for each in ("first", "second"):
        # packed by nobody, it keeps what was built before from being taken
        (tmp_path / each / "wire/salt").write_text(secrets.token_hex())
        files = build([name], "9.9.9", silent, repository=tmp_path / each)
        sums.append({path.name: checksum(path) for path in files})
    assert sums[0] == sums[1]
