"""The program as the package brought it, as dpkg or rpm knows it."""

from hashlib import md5
from pathlib import Path

import pytest

from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wizard.host.systemd.package import InstalledPackage, changed_by_rpm
from wizard.plan.step import Target
from wizard.steps.file_ownership import FileOwnership

NAME = "writeback-agent"
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
    assert InstalledPackage(NAME, root).damaged() == ()


@pytest.mark.parametrize("name", FILES[:3])
def test_a_changed_or_lost_part_of_the_program_is_told(root: Path, name: str) -> None:
    (root / name).write_text("changed")
    assert InstalledPackage(NAME, root).damaged() == (root / name,)
    (root / name).unlink()
    assert InstalledPackage(NAME, root).damaged() == (root / name,)


def test_what_is_to_be_edited_and_what_dpkg_may_leave_out_is_no_damage(
    root: Path,
) -> None:
    (root / "etc/default/writeback-agent").write_text("WRITEBACK_LOG_LEVEL=DEBUG")
    for name in FILES[4:]:
        (root / name).unlink()
    assert InstalledPackage(NAME, root).damaged() == ()


_VERIFIED = """\
S.5....T.  c /etc/default/writeback-agent
.......T.    /usr/lib/writeback-agent/_internal/base_library.zip
S.5....T.    /usr/lib/writeback-agent/writeback-agent
.M.......    /usr/lib/systemd/system/writeback-agent.service
..?......    /usr/lib/writeback-agent/writeback-setupd
missing     /usr/share/polkit-1/actions/org.writeback.setup1.policy
missing   d /usr/share/man/man8/writeback-agent.8.gz
missing     /usr/lib/writeback-agent/a file (Permission denied)
"""


def test_what_rpm_finds_changed_is_told_but_for_times_and_what_is_edited() -> None:
    assert changed_by_rpm(_VERIFIED) == (
        "usr/lib/writeback-agent/writeback-agent",
        "usr/lib/systemd/system/writeback-agent.service",
        "usr/lib/writeback-agent/writeback-setupd",
        "usr/share/polkit-1/actions/org.writeback.setup1.policy",
        "usr/lib/writeback-agent/a file",
    )


def an_rpm(folder: Path, script: str) -> tuple[str]:
    """Give a program that answers as rpm does."""
    program = folder / "rpm"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return (str(program),)


@pytest.mark.parametrize(
    "script",
    [
        "echo package writeback-agent is not installed; exit 1",
        # it knows the package, and can't compare
        'test "$1" = --query || { echo error: no database >&2; exit 1; }',
        'test "$1" = --query || { echo no such lines; exit 1; }',
    ],
)
def test_what_neither_knows_is_not_compared(tmp_path: Path, script: str) -> None:
    assert InstalledPackage(NAME, tmp_path, an_rpm(tmp_path, script)).damaged() is None
    assert InstalledPackage(NAME, tmp_path, (str(tmp_path / "none"),)).damaged() is None


def test_where_dpkg_does_not_know_it_rpm_is_asked(tmp_path: Path) -> None:
    whole = an_rpm(tmp_path, "exit 0")
    assert InstalledPackage(NAME, tmp_path, whole).damaged() == ()
    lines = "echo '..5......    /usr/lib/writeback-agent/a'; exit 1"
    changed = an_rpm(tmp_path, f'test "$1" = --query || {{ {lines}; }}')
    found = InstalledPackage(NAME, tmp_path, changed).damaged()
    assert found == (tmp_path / "usr/lib/writeback-agent/a",)


def test_that_nothing_was_compared_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = FakeHost(tmp_path / "machine")
    host.package = InstalledPackage("writeback-agent")
    monkeypatch.setattr(InstalledPackage, "damaged", lambda _: None)
    (row,) = FileOwnership().verify(Target(SETTINGS, on(host)))
    assert (row.title, row.state) == ("Program", "info")
    assert "Not compared" in row.detail
