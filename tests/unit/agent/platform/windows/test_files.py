"""Windows' files are replaced whole, with their descriptor, and never behind a link."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.platform.windows import descriptors, sddl
from agent.platform.windows.files import WindowsFiles
from agent.platform.windows.win32 import Opening
from tests.fixtures.windows.fake_win32 import ANYBODY_READS, ME, FakeWin32

ADA = "S-1-5-21-1-2-3-1104"


class Clock:
    """Time that passes when it is waited for."""

    def __init__(self) -> None:
        self.at = 0.0

    def pause(self, seconds: float) -> None:
        assert seconds > 0
        self.at += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def files(win32: FakeWin32, clock: Clock) -> WindowsFiles:
    return WindowsFiles(win32, now=lambda: clock.at, pause=clock.pause)


def test_what_is_for_its_user_is_so_from_its_first_byte(
    files: WindowsFiles, win32: FakeWin32, tmp_path: Path
) -> None:
    made: list[tuple[str, str | None]] = []
    open_file = win32.open_file

    def opened(path: str, how: Opening, sddl: str | None = None) -> int:
        made.append((path, sddl))
        return open_file(path, how, sddl)

    win32.open_file = opened  # type: ignore[method-assign]
    files.replace(tmp_path / "a", b"one", mode=0o600)
    ((path, given),) = made
    assert path != str(tmp_path / "a")
    assert given == descriptors.file_of(ME)
    # what was moved is what was made
    assert sddl.same(win32.sddl_of(str(tmp_path / "a")), descriptors.file_of(ME))
    assert (tmp_path / "a").read_bytes() == b"one"


def test_any_other_has_what_its_folder_hands_down(
    files: WindowsFiles, win32: FakeWin32, tmp_path: Path
) -> None:
    win32.set_sddl(tmp_path, descriptors.folder_read_by(ADA))
    files.replace(tmp_path / "a", b"one", mode=0o644)
    found = win32.sddl_of(str(tmp_path / "a"))
    assert set(sddl.allowed(sddl.read(found), sddl.READ_DATA)) == {
        *(sddl.SYSTEM, sddl.ADMINISTRATORS, ADA)
    }
    assert ADA not in set(sddl.allowed(sddl.read(found), sddl.WRITING))


def test_one_that_is_open_elsewhere_is_waited_for(
    files: WindowsFiles, win32: FakeWin32, clock: Clock, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    win32.open_elsewhere[str(path)] = 5
    files.replace(path, b"one", mode=0o640)
    assert path.read_bytes() == b"one"
    assert 0 < clock.at < 2


def test_but_not_for_long_and_nothing_is_left(
    files: WindowsFiles, win32: FakeWin32, clock: Clock, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"before")
    win32.open_elsewhere[str(path)] = 10_000
    with pytest.raises(PermissionError):
        files.replace(path, b"one", mode=0o640)
    assert 2 <= clock.at < 2.2
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    assert path.read_bytes() == b"before"


def test_a_copy_has_the_same_readers(
    files: WindowsFiles, win32: FakeWin32, tmp_path: Path
) -> None:
    files.replace(tmp_path / "a", b"one", mode=0o600)
    files.copy(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"one"
    a, b = (win32.sddl_of(str(tmp_path / name)) for name in "ab")
    assert descriptors.strangers(a, ME) == descriptors.strangers(b, ME) == frozenset()
    assert sddl.read(b).protected
    with pytest.raises(FileNotFoundError):
        files.copy(tmp_path / "none", tmp_path / "b")


def open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


@pytest.mark.parametrize(
    "found",
    [
        f"O:{ADA}D:P(A;;FA;;;SY)(A;;FR;;;{ADA})",
        "O:BAD:AI(A;;FR;;;WD)(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)",
        ANYBODY_READS,
    ],
    ids=["protected", "with one more", "of the folder"],
)
def test_a_copy_lets_the_same_people_do_the_same(
    files: WindowsFiles, win32: FakeWin32, tmp_path: Path, found: str
) -> None:
    """Also where that is too many: who looks at it has to see so."""
    (tmp_path / "a").write_bytes(b"one")
    win32.set_sddl(tmp_path / "a", found)
    files.copy(tmp_path / "a", tmp_path / "b")
    copied = win32.sddl_of(str(tmp_path / "b"))
    assert sddl.same(copied[copied.index("D:") :], found[found.index("D:") :])
    # nobody but an administrator makes another the owner
    assert copied.startswith("O:BA")


Opener = Callable[[WindowsFiles, Path], int]
OPENERS: dict[str, Opener] = {
    "to read": lambda files, path: files.open_to_read(path, follow=False),
    "to write": lambda files, path: files.open_to_write(path, mode=0o600),
    "to append": lambda files, path: files.open_to_write(path, mode=0o640, append=True),
}


@pytest.mark.parametrize("opener", OPENERS.values(), ids=OPENERS)
def test_a_link_is_refused(files: WindowsFiles, tmp_path: Path, opener: Opener) -> None:
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    before = open_files()
    with pytest.raises(OSError, match="is no regular file"):
        opener(files, tmp_path / "link")
    assert open_files() == before
    os.close(opener(files, tmp_path / "a"))


def test_a_link_that_somebody_names_is_followed(
    files: WindowsFiles, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    with os.fdopen(files.open_named(tmp_path / "link"), "rb") as file:
        assert file.read() == b"one"
    (tmp_path / "link").unlink()
    with pytest.raises(FileNotFoundError):
        files.open_named(tmp_path / "link")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is no regular file"):
        files.open_named(tmp_path / "pipe")


def test_a_file_is_made_once(files: WindowsFiles, tmp_path: Path) -> None:
    os.close(files.create(tmp_path / "a", mode=0o600))
    with pytest.raises(FileExistsError):
        files.create(tmp_path / "a", mode=0o600)


@pytest.mark.parametrize(
    ("text", "own", "administrators", "read", "written"),
    [
        (f"O:{ME}D:P(A;;FA;;;{ME})", True, False, False, False),
        (f"O:{ME}D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;OW)", True, False, False, False),
        (ANYBODY_READS, False, True, True, False),
        (f"O:{ME}D:(A;;FW;;;BU)", True, False, True, True),
        (f"O:{ADA}D:(A;;FA;;;OW)", False, False, True, True),
        (f"O:{ME}", True, False, True, True),
        ("O:BAD:(XA;;FX;;;WD;(@User.a==1))", False, False, True, True),
    ],
)
def test_who_else_has_to_do_with_a_file(
    files: WindowsFiles,
    win32: FakeWin32,
    tmp_path: Path,
    *,
    text: str,
    own: bool,
    administrators: bool,
    read: bool,
    written: bool,
) -> None:
    (tmp_path / "a").write_bytes(b"one")
    win32.set_sddl(tmp_path / "a", text)
    handle = files.open_to_read(tmp_path / "a", follow=False)
    found = files.exposure(handle)
    os.close(handle)
    assert found.regular
    assert (found.own, found.of_administrator) == (own, administrators)
    assert (found.read_by_others, found.written_by_others) == (read, written)


def test_what_an_elevated_process_makes_is_its_persons_own(
    files: WindowsFiles, win32: FakeWin32, tmp_path: Path
) -> None:
    win32.sid, win32.elevated = ADA, True
    files.replace(tmp_path / "a", b"one", mode=0o600)
    found = win32.sddl_of(str(tmp_path / "a"))
    assert sddl.read(found).owner == sddl.ADMINISTRATORS
    # or what runs beside it with the same account's limited token could open it
    assert descriptors.strangers(found) == frozenset()
    handle = files.open_to_read(tmp_path / "a", follow=False)
    assert files.exposure(handle).own
    win32.elevated = False
    assert not files.exposure(handle).own
    os.close(handle)


@pytest.mark.parametrize("elevated", [True, False])
def test_what_is_for_the_service_too_is_for_no_user(
    files: WindowsFiles, win32: FakeWin32, tmp_path: Path, *, elevated: bool
) -> None:
    """Also in a folder that hands down more, as C:\\ProgramData does."""
    win32.elevated = elevated
    win32.sid = ADA if elevated else ME
    files.replace(tmp_path / "a", b"one", mode=0o640)
    found = win32.sddl_of(str(tmp_path / "a"))
    assert descriptors.strangers(found, ME) == frozenset()
    assert descriptors.strangers(found) == {ME}
    written = descriptors.strangers(found, mask=sddl.WRITING)
    assert written == (frozenset() if elevated else {ME})


def test_secrets_that_others_read_are_told_with_who_they_are(
    files: WindowsFiles, win32: FakeWin32, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"one")
    win32.set_sddl(tmp_path / "a", descriptors.file_of(ME))
    assert files.readers(tmp_path / "a") == ""
    win32.set_sddl(tmp_path / "a", ANYBODY_READS)
    assert "S-1-5-32-545" in files.readers(tmp_path / "a")
    win32.set_sddl(tmp_path / "a", "O:BAD:(XA;;FX;;;WD;(@User.a==1))")
    assert "can be read by others" in files.readers(tmp_path / "a")
    with pytest.raises(FileNotFoundError):
        files.readers(tmp_path / "none")


def test_who_owns_secrets_may_read_them(
    files: WindowsFiles, win32: FakeWin32, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"one")
    kept = f"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;{ME})"
    for owner in ("BA", "SY", ME):
        win32.set_sddl(tmp_path / "a", f"O:{owner}{kept}")
        assert files.readers(tmp_path / "a") == ""
    win32.set_sddl(tmp_path / "a", f"O:{ADA}{kept}")
    assert ADA in files.readers(tmp_path / "a")


def test_the_machines_own_administrator_has_files_of_their_own(
    files: WindowsFiles, win32: FakeWin32, tmp_path: Path
) -> None:
    """Whom Windows writes as LA."""
    win32.sid = f"{win32.domain}-500"
    files.replace(tmp_path / "a", b"one", mode=0o600)
    assert files.readers(tmp_path / "a") == ""
    handle = files.open_to_read(tmp_path / "a", follow=False)
    assert files.exposure(handle).own
    os.close(handle)
    files.copy(tmp_path / "a", tmp_path / "b")
    assert files.readers(tmp_path / "b") == ""


def test_a_file_that_can_not_be_looked_at_is_closed_again(
    files: WindowsFiles,
    win32: FakeWin32,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or it could not be replaced any more, for as long as the process lives."""

    def refused(_handle: int) -> bool:
        raise OSError(5, "Access is denied")

    (tmp_path / "a").write_bytes(b"one")
    before = open_files()
    monkeypatch.setattr(win32, "is_plain_file", refused)
    with pytest.raises(OSError, match="Access is denied"):
        files.open_to_read(tmp_path / "a", follow=False)
    assert open_files() == before
