"""Answers of a wizard that was left: kept without secrets, and trusted by nobody."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.certificate_chain import issued
from tests.unit.wizard.answered import CANARY, CODE, EXPRESS, SETTINGS, express
from wizard.flow.answer_values import value_of
from wizard.flow.conversion import answers_of, settings_of
from wizard.flow.kept_answers import MAX_BYTES, KeptAnswers, state_file
from wizard.flow.model import SECRETS, Answers

URL = {"relay.url": "https://relay.corp.test"}


@pytest.fixture
def kept(tmp_path: Path) -> KeptAnswers:
    return KeptAnswers(tmp_path / "state/writeback/answers.json")


def put(kept: KeptAnswers, mode: int = 0o600, **changed: Any) -> None:
    whole = {
        "version": 1,
        "page": "directory",
        "at": "2026-11-29T12:00:00+00:00",
        "answers": URL,
    }
    kept.path.parent.mkdir(parents=True, exist_ok=True)
    kept.path.write_text(json.dumps(whole | changed))
    kept.path.chmod(mode)


def test_what_is_kept_is_read_back(kept: KeptAnswers) -> None:
    kept.keep("directory", express())
    left = kept.read()

    assert left is not None
    assert left.page == "directory"
    assert left.values["directory.controllers"] == EXPRESS["directory.controllers"]
    assert left.values["input.admin_user"] == EXPRESS["input.admin_user"]


def test_a_trusted_authority_is_kept_and_what_is_none_is_not(
    kept: KeptAnswers,
) -> None:
    pem = issued("Corp Root CA").pem
    kept.keep("directory", express(directory__ca_certificate=pem))
    left = kept.read()
    assert left is not None
    assert left.values["directory.ca_certificate"] == pem
    assert settings_of(express().having(left.values)).directory.ca_certificate == pem

    put(kept, answers=URL | {"directory.ca_certificate": "nothing"})
    left = kept.read()
    assert left is not None
    assert "directory.ca_certificate" not in left.values


def test_no_secret_is_kept(kept: KeptAnswers) -> None:
    kept.keep(
        "account", express(input__account_password=EXPRESS["input.admin_password"])
    )
    text = kept.path.read_text()

    assert CANARY not in text
    assert CODE not in text
    assert not set(json.loads(text)["answers"]) & set(SECRETS)


def test_nobody_else_reads_it(kept: KeptAnswers) -> None:
    kept.keep("directory", express())

    assert kept.path.stat().st_mode & 0o777 == 0o600
    assert kept.path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in kept.path.parent.iterdir()] == ["answers.json"]


def test_every_answer_of_settings_comes_back(kept: KeptAnswers) -> None:
    answers = Answers(dict(answers_of(SETTINGS)))
    kept.keep("features", answers)
    left = kept.read()

    assert left is not None
    for path in ("directory.controllers", "scope.containers", "scope.pilot_group"):
        assert left.values[path] == answers.get(path)
    assert left.values["features.read_password_settings"] is False


def test_what_is_asked_of_several_comes_back_and_nothing_else(
    kept: KeptAnswers,
) -> None:
    kinds, proofs = "self_service.kinds", "self_service.proofs"
    kept.keep("self_service", Answers({kinds: ("sms", "totp"), proofs: 1}))
    left = kept.read()
    assert left is not None
    assert left.values == {kinds: ("sms", "totp"), proofs: 1}
    for path, wrong in ((kinds, ["fax"]), (kinds, "sms"), (kinds, [1]), (proofs, 3)):
        with pytest.raises((TypeError, ValueError)):
            value_of(path, wrong)


@pytest.mark.parametrize("path", ["relay.url", "relay.proxy"])
def test_a_password_in_an_address_is_not_kept(kept: KeptAnswers, path: str) -> None:
    kept.keep("relay", express().having({path: f"https://ann:{CANARY}@corp.test"}))

    assert CANARY not in kept.path.read_text()


def test_it_is_forgotten_once_it_was_applied(kept: KeptAnswers) -> None:
    kept.keep("directory", express())
    kept.forget()
    kept.forget()

    assert kept.read() is None


@pytest.mark.parametrize(
    "changed",
    [
        {"version": 2},
        {"version": None},
        {"page": "nowhere"},
        {"page": []},
        {"page": "apply"},
        {"at": "yesterday"},
        {"at": "2999-01-01T00:00:00+00:00"},
        {"at": "2026-11-29T12:00:00"},
        {"at": 5},
        {"at": "0001-01-01T00:00:00+23:59"},
        {"answers": []},
        {"answers": {}},
        {"answers": {"relay.url": 5}},
        {"answers": {"input.admin_password": CANARY}},
    ],
)
def test_what_is_not_of_use_is_no_answer(
    kept: KeptAnswers, changed: dict[str, Any]
) -> None:
    put(kept)
    assert kept.read() is not None
    put(kept, **changed)

    assert kept.read() is None


def test_a_bad_answer_is_left_out_and_the_rest_is_read(kept: KeptAnswers) -> None:
    bad = {
        "mode": "other",
        "directory.controllers": [{"host": "no name"}],
        "scope.containers": "CN=Users",
        "nothing.here": "x",
        "features.unlock": 1,
        "input.enrolment_code": CODE,
    }
    put(kept, answers=URL | bad)
    left = kept.read()

    assert left is not None
    assert left.values == URL


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_what_others_could_have_written_is_not_read(
    kept: KeptAnswers, mode: int
) -> None:
    put(kept, mode)

    assert kept.read() is None


def test_a_link_a_pipe_and_what_is_too_large_are_not_read(kept: KeptAnswers) -> None:
    put(kept)
    elsewhere = kept.path.with_name("elsewhere")
    kept.path.rename(elsewhere)
    kept.path.symlink_to(elsewhere)
    assert kept.read() is None
    kept.path.unlink()
    os.mkfifo(kept.path, 0o600)
    assert kept.read() is None
    kept.path.unlink()
    put(kept, answers=URL | {"agent": "a" * MAX_BYTES})
    assert kept.read() is None
    kept.path.write_text("[" * 100_000)
    assert kept.read() is None


def test_the_folder_is_the_persons_own() -> None:
    assert state_file({"XDG_STATE_HOME": "/home/ann/s"}) == Path(
        "/home/ann/s/writeback/answers.json"
    )
    ours = Path.home() / ".local/state/writeback/answers.json"
    assert state_file({"XDG_STATE_HOME": "relative"}) == ours
    assert state_file({}) == ours
