"""Folders below that of all programs' data are nobody else's from the first moment."""

from pathlib import Path

import pytest

from agent.platform.windows import descriptors, sddl
from agent.platform.windows.files import WindowsFiles
from tests.fixtures.windows.fake_win32 import ANYBODY_READS, ME, FakeWin32

ADA = "S-1-5-21-1-2-3-1104"


@pytest.fixture
def ours(win32: FakeWin32, tmp_path: Path) -> Path:
    win32.programs = str(tmp_path)
    return tmp_path / "Writeback"


def found(win32: FakeWin32, path: Path) -> str:
    return win32.sddl_of(str(path))


def test_the_service_makes_what_it_alone_changes(win32: FakeWin32, ours: Path) -> None:
    WindowsFiles(win32).make_folder(ours / "agent/below")
    for path in (ours, ours / "agent", ours / "agent/below"):
        assert sddl.same(found(win32, path), descriptors.folder_changed_by(ME))
    WindowsFiles(win32).make_folder(ours / "agent/below")


@pytest.mark.parametrize(
    ("mode", "made"),
    [
        (0o777, descriptors.folder_read_by(ME)),
        (0o750, descriptors.folder_read_by(ME)),
        (0o700, descriptors.folder_of_administrators()),
    ],
)
def test_an_administrator_makes_what_the_service_reads_or_not(
    win32: FakeWin32, ours: Path, mode: int, made: str
) -> None:
    win32.sid, win32.elevated = ADA, True
    WindowsFiles(win32).make_folder(ours, mode)
    assert sddl.same(found(win32, ours), made)


@pytest.mark.parametrize(
    "there",
    [
        ANYBODY_READS,
        f"O:{ADA}{descriptors.folder_read_by(ME)}",
        f"O:BA{descriptors.folder_read_by(ADA)}",
        f"O:BA{descriptors.folder_read_by(ME)}(A;OICI;FR;;;BU)",
        "O:BA",
        "junk",
    ],
    ids=["inherited", "another owner", "another", "one more", "no DACL", "unknown"],
)
def test_one_that_others_could_have_made_is_refused(
    win32: FakeWin32, ours: Path, there: str
) -> None:
    ours.mkdir()
    win32.set_sddl(ours, there)
    for path in (ours, ours / "agent"):
        with pytest.raises(PermissionError, match="others could have made") as refused:
            WindowsFiles(win32).make_folder(path)
        assert refused.value.filename == str(ours)
    assert [*ours.iterdir()] == []


@pytest.mark.parametrize("owner", ["BA", "SY", ME])
def test_ours_is_taken_whoever_of_us_made_it(
    win32: FakeWin32, ours: Path, owner: str
) -> None:
    ours.mkdir()
    win32.set_sddl(ours, f"O:{owner}{descriptors.folder_read_by(ME)}")
    WindowsFiles(win32).make_folder(ours)


def test_a_reparse_point_in_its_place_is_refused(
    win32: FakeWin32, ours: Path, tmp_path: Path
) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    win32.set_sddl(aside, f"O:BA{descriptors.folder_changed_by(ME)}")
    ours.symlink_to(aside)
    with pytest.raises(PermissionError):
        WindowsFiles(win32).make_folder(ours / "agent")
    assert [*aside.iterdir()] == []


def test_elsewhere_a_folder_is_made_as_its_person_makes_any(
    win32: FakeWin32, ours: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        WindowsFiles(win32).make_folder(tmp_path / "trial/state")
    assert (tmp_path / "trial/state").is_dir()
    assert not ours.exists()


def test_under_an_account_the_service_makes_what_its_own_sid_names(
    win32: FakeWin32, ours: Path
) -> None:
    """So that another account of the service finds what this one made."""
    win32.sid, win32.groups = ADA, (ME,)
    files = WindowsFiles(win32)
    files.make_folder(ours / "agent")
    win32.set_sddl(ours, f"O:{ADA}{descriptors.folder_changed_by(ME)}")
    files.make_folder(ours / "agent")
    assert sddl.same(found(win32, ours / "agent"), descriptors.folder_changed_by(ME))
    for mode in (0o600, 0o640):
        files.replace(ours / "agent/file", b"x", mode=mode)
        made = found(win32, ours / "agent/file")
        assert sddl.same(made, descriptors.file_changed_by(ME))
        assert not files.readers(ours / "agent/file")
        with (ours / "agent/file").open("rb") as file:
            seen = files.exposure(file.fileno())
        assert not seen.read_by_others
        assert not seen.written_by_others


def test_a_folder_of_a_persons_is_none_of_an_administrator(
    win32: FakeWin32, ours: Path
) -> None:
    win32.sid, win32.elevated = ADA, True
    ours.mkdir()
    win32.set_sddl(ours, f"O:{ADA}{descriptors.folder_read_by(ME)}")
    with pytest.raises(PermissionError):
        WindowsFiles(win32).make_folder(ours)


def more(sid: str, rights: str, flags: str = "OICI") -> str:
    return f"O:BA{descriptors.folder_read_by(ME)}(A;{flags};{rights};;;{sid})"


def test_an_administrator_takes_one_that_others_may_read_to_mend_it(
    win32: FakeWin32, ours: Path
) -> None:
    ours.mkdir()
    win32.set_sddl(ours, more("BU", "FR"))
    with pytest.raises(PermissionError):  # the service itself mends nothing
        WindowsFiles(win32).make_folder(ours)
    win32.sid, win32.elevated = ADA, True
    WindowsFiles(win32).make_folder(ours / "journal", 0o700)
    assert sddl.same(
        found(win32, ours / "journal"), descriptors.folder_of_administrators()
    )


@pytest.mark.parametrize(
    "there",
    [
        more("BU", "FW"),
        more("BU", "FA", "OICIIO"),
        more("BU", "FR").replace("O:BA", f"O:{ADA}"),
        more("CO", "FA", "OICIIO"),
        "O:BA",
    ],
    ids=["written", "written below", "another owner", "whoever makes", "no DACL"],
)
def test_an_administrator_takes_none_where_others_may_write(
    win32: FakeWin32, ours: Path, there: str
) -> None:
    win32.sid, win32.elevated = ADA, True
    ours.mkdir()
    win32.set_sddl(ours, there)
    with pytest.raises(PermissionError, match="others could have") as refused:
        WindowsFiles(win32).make_folder(ours)
    assert refused.value.filename == str(ours)
