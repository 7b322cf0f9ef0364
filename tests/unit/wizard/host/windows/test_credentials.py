"""Secrets on Windows: sealed for one installation, in files for the service."""

from pathlib import Path

import pytest

from agent.config.secret_store import AGENT_KEYS, DIRECTORY_PASSWORD, SecretsUnavailable
from agent.platform.windows import descriptors, sddl
from agent.platform.windows.credentials import SealedCredentials, installation_in
from agent.platform.windows.service_host.__main__ import given
from agent.platform.windows.service_sid import service_sid
from tests.fixtures.windows.fake_services import FakeServices
from wire.secret import Secret
from wizard.host.stored_secrets import keep_previous, put_back
from wizard.host.windows.credentials import WindowsCredentials
from wizard.host.windows.host import WindowsHost

CANARY = "canary-of-a-secret"
NAME = DIRECTORY_PASSWORD


@pytest.fixture
def store(host: WindowsHost) -> WindowsCredentials:
    assert isinstance(host.secrets, WindowsCredentials)
    return host.secrets


def test_a_secret_is_kept_and_removed_with_its_folder(
    store: WindowsCredentials,
) -> None:
    assert store.get(NAME) is None
    store.put(NAME, Secret(CANARY))
    assert store.get(NAME) == Secret(CANARY)
    assert store.holds(NAME)
    assert store.stored_at(NAME) is not None
    store.remove(NAME)
    store.remove(NAME)
    assert not store.folder.exists()
    assert store.stored_at(NAME) is None


def test_the_service_opens_what_the_wizard_sealed(
    win32: FakeServices, host: WindowsHost, store: WindowsCredentials
) -> None:
    store.put(NAME, Secret(CANARY))
    told = given(host.places.home)
    agent = SealedCredentials(
        win32,
        Path(told["WRITEBACK_CREDENTIALS"]),
        service=service_sid(),
        installation=told["WRITEBACK_INSTALLATION"],
    )
    assert agent.read(NAME) == CANARY.encode()


def test_each_folder_and_file_is_made_for_the_service(
    win32: FakeServices, host: WindowsHost, store: WindowsCredentials
) -> None:
    store.put(NAME, Secret(CANARY))
    readable = descriptors.folder_read_by(service_sid())
    for folder in (host.places.home, store.folder):
        assert sddl.same(win32.sddl_of(str(folder)), readable)
    for path in store.folder.iterdir():
        found = win32.sddl_of(str(path))
        assert sddl.same(found, "O:BA" + descriptors.file_read_by(service_sid()))
        assert CANARY.encode() not in path.read_bytes()


def test_the_id_is_made_once_and_anew_with_the_next_installation(
    store: WindowsCredentials,
) -> None:
    store.put(NAME, Secret(CANARY))
    first = installation_in(store.folder)
    store.put(AGENT_KEYS, Secret(CANARY))
    store.remove(NAME)
    assert installation_in(store.folder) == first != ""
    store.remove(AGENT_KEYS)
    store.put(NAME, Secret(CANARY))
    assert installation_in(store.folder) != first


@pytest.mark.parametrize("text", ["", "0123456789abcdef", "ü"])
def test_an_id_that_is_damaged_is_kept_with_what_is_sealed_for_it(
    store: WindowsCredentials, text: str
) -> None:
    store.put(NAME, Secret(CANARY))
    path = store.folder / "installation"
    whole = path.read_text()
    path.write_text(text)
    with pytest.raises(SecretsUnavailable, match="installation is damaged"):
        store.put(AGENT_KEYS, Secret(CANARY))
    with pytest.raises(SecretsUnavailable, match="installation is damaged"):
        store.get(NAME)
    assert store.holds(NAME)
    assert store.stored_at(NAME)
    path.write_text(whole)
    assert store.get(NAME) == Secret(CANARY)


def test_an_id_that_can_not_be_read_now_is_kept(
    store: WindowsCredentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(NAME, Secret(CANARY))
    before = (store.folder / "installation").read_bytes()

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Access is denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_text", refuse)
        with pytest.raises(SecretsUnavailable, match="Access is denied"):
            store.put(AGENT_KEYS, Secret(CANARY))
    assert (store.folder / "installation").read_bytes() == before


def test_a_lost_id_is_not_made_anew_over_what_is_sealed(
    store: WindowsCredentials,
) -> None:
    store.put(NAME, Secret(CANARY))
    (store.folder / "installation").unlink()
    with pytest.raises(SecretsUnavailable, match="installation can't be read"):
        store.put(AGENT_KEYS, Secret(CANARY))
    store.remove(NAME)
    store.put(AGENT_KEYS, Secret(CANARY))
    assert store.get(AGENT_KEYS) == Secret(CANARY)


def test_one_that_others_could_read_is_refused(
    win32: FakeServices, store: WindowsCredentials
) -> None:
    store.put(NAME, Secret(CANARY))
    (path,) = store.folder.glob("*.dpapi")
    win32.set_sddl(path, f"{win32.sddl_of(str(path))}(A;;FR;;;BU)")
    with pytest.raises(SecretsUnavailable, match="other permissions"):
        store.get(NAME)


def test_one_that_is_no_text_is_told(
    win32: FakeServices, store: WindowsCredentials
) -> None:
    store.put(NAME, Secret(CANARY))
    sealed = SealedCredentials(
        win32,
        store.folder,
        service=service_sid(),
        installation=installation_in(store.folder),
    )
    sealed.put(NAME, b"\xff")
    with pytest.raises(SecretsUnavailable, match="is damaged"):
        store.get(NAME)


def test_a_copy_of_a_machine_has_none(
    win32: FakeServices, store: WindowsCredentials
) -> None:
    store.put(NAME, Secret(CANARY))
    win32.machine_key = b"another machine"
    with pytest.raises(SecretsUnavailable):
        store.get(NAME)
    copy = WindowsCredentials(win32, store.folder, is_copy=lambda: True)
    assert copy.get(NAME) is None


def test_what_is_replaced_can_be_put_back(store: WindowsCredentials) -> None:
    store.put(NAME, Secret(CANARY))
    keep_previous(NAME, store)
    store.put(NAME, Secret("another"))
    put_back(NAME, store)
    assert store.get(NAME) == Secret(CANARY)
    assert not store.holds(f"{NAME}-previous")


def test_what_is_copied_as_it_is_opens_under_its_own_name(
    store: WindowsCredentials,
) -> None:
    store.put(NAME, Secret(CANARY))
    store.copy(NAME, "other")
    store.copy("none", "other-still")
    with pytest.raises(SecretsUnavailable):
        store.get("other")
    store.copy("other", NAME)
    assert store.get(NAME) == Secret(CANARY)
    assert not store.holds("other-still")
