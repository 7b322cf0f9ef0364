"""Secrets: kept for one account, shown nowhere."""

import copy
import logging
import pickle
import traceback
from pathlib import Path

import pytest
from keyring.errors import PasswordDeleteError

from agent.config.secret_store import (
    NAMES,
    RootOnlyFiles,
    SecretsUnavailable,
    in_folder,
)
from wire.secret import Secret

CANARY = "Canary-7f3a-Passw0rd!"


def test_a_secret_comes_back(tmp_path: Path) -> None:
    kept = in_folder(tmp_path / "secrets")
    for name in NAMES:
        kept.put(name, Secret(name + CANARY))
    assert [kept.get(name) for name in NAMES] == [Secret(n + CANARY) for n in NAMES]


def test_a_secret_is_replaced_and_forgotten(tmp_path: Path) -> None:
    kept = in_folder(tmp_path / "secrets")
    kept.put("one", Secret("first"))
    kept.put("one", Secret(CANARY))
    assert kept.get("one") == Secret(CANARY)
    kept.remove("one")
    kept.remove("one")
    assert kept.get("one") is None
    assert not (tmp_path / "secrets").exists()


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    in_folder(tmp_path / "secrets").put("one", Secret(CANARY))
    (file,) = (tmp_path / "secrets").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    kept = in_folder(tmp_path / "secrets")
    kept.put("one", Secret(CANARY))
    (file,) = (tmp_path / "secrets").iterdir()
    file.chmod(mode)
    with pytest.raises(SecretsUnavailable, match=f"{mode:o}") as refused:
        kept.get("one")
    assert CANARY not in str(refused.value)


def test_a_damaged_file_is_named_and_never_quoted(tmp_path: Path) -> None:
    kept = in_folder(tmp_path / "secrets")
    kept.put("one", Secret(CANARY))
    (file,) = (tmp_path / "secrets").iterdir()
    file.write_bytes(b"\xff" + CANARY.encode())
    with pytest.raises(SecretsUnavailable, match="damaged") as refused:
        kept.get("one")
    assert CANARY not in "".join(traceback.format_exception(refused.value))


def test_a_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    kept = in_folder(tmp_path / "secrets")
    kept.put("one", Secret(CANARY))
    (tmp_path / "secrets").chmod(0o755)
    with pytest.raises(SecretsUnavailable):
        kept.get("one")
    with pytest.raises(SecretsUnavailable):
        kept.put("two", Secret(CANARY))


def test_nothing_is_left_when_writing_fails(tmp_path: Path) -> None:
    kept = RootOnlyFiles(tmp_path / "secrets")
    (tmp_path / "secrets/writeback-agent.one").mkdir(parents=True)
    (tmp_path / "secrets").chmod(0o700)
    with pytest.raises(OSError, match="writeback-agent"):
        kept.set_password("writeback-agent", "one", CANARY)
    assert [p.name for p in (tmp_path / "secrets").iterdir()] == ["writeback-agent.one"]


def test_forgetting_what_is_not_there_is_said_to_keyring(tmp_path: Path) -> None:
    with pytest.raises(PasswordDeleteError):
        RootOnlyFiles(tmp_path).delete_password("writeback-agent", "none")


def test_a_secret_shows_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(CANARY)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").info("%s %r", secret, [secret])
    shown = f"{secret} {secret!r} {[secret]} {{'a': secret}} {caplog.text}"
    assert CANARY not in shown
    assert secret.reveal() == CANARY


def test_a_secret_is_compared_by_value_and_never_copied_to_bytes() -> None:
    assert Secret(CANARY) == Secret(CANARY)
    assert Secret(CANARY) != Secret("other")
    assert Secret(CANARY) != CANARY
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            write(Secret(CANARY))


def test_what_is_of_no_use_is_there_and_is_copied_as_it_is(tmp_path: Path) -> None:
    kept, folder = in_folder(tmp_path / "secrets"), tmp_path / "secrets"
    kept.copy("one", "other")
    assert not folder.exists()
    kept.put("one", Secret(CANARY))
    one, other = (folder / f"writeback-agent.{name}" for name in ("one", "other"))
    one.write_bytes(b"\xff")
    one.chmod(0o644)
    assert (kept.holds("one"), kept.holds("other")) == (True, False)
    kept.put("other", Secret(CANARY))
    kept.copy("one", "other")
    kept.copy("none", "other")
    assert (other.read_bytes(), other.stat().st_mode) == (b"\xff", one.stat().st_mode)
