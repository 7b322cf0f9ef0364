"""Secrets are sealed, in files with the descriptor that they were made with."""

from pathlib import Path

import pytest

from agent.config.secret_store import SecretsUnavailable
from agent.config.service_credentials import ServiceCredentials
from agent.platform.interface import CredentialUnusable
from agent.platform.windows import descriptors
from agent.platform.windows.credentials import SealedCredentials, of_service
from agent.platform.windows.service_sid import service_sid
from lab.sandbox import CANARY
from tests.fixtures.windows.fake_win32 import FakeWin32
from wire.secret import Secret

SERVICE = service_sid()
NAME = "agent-keys"


def credentials(
    win32: FakeWin32, folder: Path, installation: str = "one"
) -> SealedCredentials:
    return SealedCredentials(win32, folder, service=SERVICE, installation=installation)


@pytest.fixture
def kept(win32: FakeWin32, tmp_path: Path) -> SealedCredentials:
    kept = credentials(win32, tmp_path)
    kept.put(NAME, CANARY.encode())
    return kept


def test_a_secret_is_sealed_and_comes_back(
    kept: SealedCredentials, tmp_path: Path
) -> None:
    assert ServiceCredentials(kept).get(NAME) == Secret(CANARY)
    assert kept.read("other") is None
    (path,) = tmp_path.iterdir()
    assert CANARY.encode() not in path.read_bytes()
    kept.put(NAME, b"another")
    assert kept.read(NAME) == b"another"
    kept.remove(NAME)
    kept.remove(NAME)
    assert kept.read(NAME) is None


def test_no_secret_passes_for_another(
    kept: SealedCredentials, win32: FakeWin32, tmp_path: Path
) -> None:
    kept.place(NAME).rename(kept.place("relay-listen-key"))
    with pytest.raises(CredentialUnusable, match="relay-listen-key can't be opened"):
        kept.read("relay-listen-key")
    kept.put(NAME, CANARY.encode())
    with pytest.raises(CredentialUnusable):
        credentials(win32, tmp_path, "two").read(NAME)


def test_one_of_another_machine_or_a_damaged_one_does_not_open(
    kept: SealedCredentials, win32: FakeWin32
) -> None:
    win32.machine_key = b"another machine"
    with pytest.raises(SecretsUnavailable, match="another machine") as refused:
        ServiceCredentials(kept).get(NAME)
    assert CANARY not in str(refused.value)
    win32.machine_key = b"this machine"
    place = kept.place(NAME)
    content = place.read_bytes()
    place.write_bytes(content[:-1])
    with pytest.raises(CredentialUnusable):
        kept.read(NAME)


@pytest.mark.parametrize(
    "found",
    [
        "O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;{sid})(A;;FR;;;BU)",
        "O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;WD;;;BU)",
        "O:BAD:AI(A;ID;FA;;;SY)(A;ID;FR;;;BU)(A;ID;FR;;;{sid})",
        "O:S-1-5-21-1-2-3-1104D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;{sid})",
        "O:BAD:P(XA;;FR;;;{sid})",
        "O:BA",
    ],
    ids=["a reader", "who gives rights", "inherited", "owner", "condition", "no DACL"],
)
def test_other_permissions_are_refused_and_not_mended(
    kept: SealedCredentials, win32: FakeWin32, found: str
) -> None:
    text = found.format(sid=SERVICE)
    win32.set_sddl(kept.place(NAME), text)
    with pytest.raises(SecretsUnavailable, match="other permissions") as refused:
        ServiceCredentials(kept).get(NAME)
    assert CANARY not in str(refused.value)
    assert win32.sddl_of(str(kept.place(NAME))) == text


@pytest.mark.parametrize(
    "found",
    [
        "O:BAD:PAI(A;;0x120089;;;{sid})(A;;FA;;;S-1-5-18)(A;;FA;;;BA)",
        "O:BAD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FR;;;{sid})",
        "O:SYD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FRFW;;;{sid})",
        "O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)",
    ],
    ids=["another spelling", "inherited", "from a backup", "the service is missing"],
)
def test_one_that_lets_nobody_else_in_is_of_use(
    kept: SealedCredentials, win32: FakeWin32, found: str
) -> None:
    win32.set_sddl(kept.place(NAME), found.format(sid=SERVICE))
    assert kept.read(NAME) == CANARY.encode()


def test_one_that_this_process_may_not_open_is_told(
    kept: SealedCredentials, win32: FakeWin32, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str, *_: object) -> int:
        raise PermissionError(13, "Access is denied.", path)

    monkeypatch.setattr(win32, "open_file", refuse)
    with pytest.raises(CredentialUnusable, match="be read: Access is denied"):
        kept.read(NAME)


def test_a_link_in_its_place_is_not_opened(
    kept: SealedCredentials, win32: FakeWin32, tmp_path: Path
) -> None:
    place, aside = kept.place(NAME), tmp_path / "aside"
    place.rename(aside)
    place.symlink_to(aside)
    with pytest.raises(OSError, match="is no regular file"):
        kept.read(NAME)


def test_a_process_of_no_service_has_none(win32: FakeWin32, tmp_path: Path) -> None:
    given = {
        "WRITEBACK_CREDENTIALS": str(tmp_path),
        "WRITEBACK_INSTALLATION": "one",
    }
    assert of_service(win32, SERVICE, given) is not None
    for name in given:
        assert of_service(win32, SERVICE, {**given, name: ""}) is None


def test_it_is_made_for_the_service_alone(
    kept: SealedCredentials, win32: FakeWin32
) -> None:
    found = win32.sddl_of(str(kept.place(NAME)))
    assert descriptors.strangers(found, SERVICE) == frozenset()


@pytest.mark.parametrize("owner", ["", "O:BU", f"O:{SERVICE}"])
def test_one_that_is_not_the_administrators_is_refused(
    kept: SealedCredentials,
    win32: FakeWin32,
    monkeypatch: pytest.MonkeyPatch,
    owner: str,
) -> None:
    found = owner + descriptors.file_read_by(SERVICE)
    monkeypatch.setattr(win32, "sddl_of_open", lambda _handle: found)
    with pytest.raises(CredentialUnusable, match="other permissions"):
        kept.read(NAME)
