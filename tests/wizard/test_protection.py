"""The program as the package brought it, by the checksums that dpkg keeps."""

from hashlib import md5
from pathlib import Path

import pytest

from wizard.systemd.protection import damaged

PROGRAM = "usr/lib/writeback-agent/writeback-agent"
FILES = (
    PROGRAM,
    "usr/lib/systemd/system/writeback-agent.service",
    "usr/share/polkit-1/actions/org.writeback.setup1.policy",
    "etc/default/writeback-agent",
    "usr/share/doc/writeback-agent/copyright",
    "usr/share/man/man8/writeback-agent.8.gz",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root where the package is installed."""
    lines = []
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(name)
        lines.append(
            f"{md5(name.encode(), usedforsecurity=False).hexdigest()}  {name}\n"
        )
    sums = tmp_path / "var/lib/dpkg/info/writeback-agent.md5sums"
    sums.parent.mkdir(parents=True)
    sums.write_text("".join(lines))
    return tmp_path


def test_what_the_package_brought_is_whole(root: Path) -> None:
    assert damaged("writeback-agent", root) == ()


@pytest.mark.parametrize("name", FILES[:3])
def test_a_changed_or_lost_part_of_the_program_is_told(root: Path, name: str) -> None:
    (root / name).write_text("changed")
    assert damaged("writeback-agent", root) == (root / name,)
    (root / name).unlink()
    assert damaged("writeback-agent", root) == (root / name,)


def test_what_is_to_be_edited_and_what_dpkg_may_leave_out_is_no_damage(
    root: Path,
) -> None:
    (root / "etc/default/writeback-agent").write_text("WRITEBACK_LOG_LEVEL=DEBUG")
    for name in FILES[4:]:
        (root / name).unlink()
    assert damaged("writeback-agent", root) == ()


def test_without_dpkg_nothing_is_compared(tmp_path: Path) -> None:
    assert damaged("writeback-agent", tmp_path) == ()
