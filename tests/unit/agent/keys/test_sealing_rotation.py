"""The agent's sealing key rolls, the former one opens for a while and is destroyed."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from agent.keys.sealing_rotation import OPENS_FOR_S, ROLLS_EVERY_S, SealingRotation
from wire import messages
from wire.keys import PrivateKeys, PublicKeys
from wire.outcomes import Code, Refused

DAY_S = 24 * 3600
START = 1_790_000_000


class Clock:
    """A clock that is set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = float(START)
        monkeypatch.setattr(time, "time", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "sealing-keys.jwe"


STORED = PrivateKeys.generate()
PORTAL = PrivateKeys.generate()


def kid(rotation: SealingRotation) -> str:
    return str(rotation.keys().sealing.thumbprint())


def sealed(public: PublicKeys) -> bytes:
    return messages.seal_request({"hello": 1}, PORTAL, public)


def opens(rotation: SealingRotation, token: bytes) -> bool:
    code = None
    try:
        messages.unseal(token, rotation.keys())
    except Refused as refused:
        code = refused.code
    assert code in (None, Code.STALE_KEY)
    return code is None


def test_who_the_agent_is_does_not_change(path: Path, clock: Clock) -> None:
    rotation = SealingRotation(path, STORED)
    before = rotation.keys().public.fingerprint
    clock.now += ROLLS_EVERY_S
    rotation.tend()
    assert rotation.keys().public.fingerprint == before == STORED.public.fingerprint


def test_the_key_is_of_the_agents_own_making_from_the_start(path: Path) -> None:
    """The stored key seals the file alone: credentials can't be destroyed here."""
    rotation = SealingRotation(path, STORED)
    assert kid(rotation) != STORED.sealing.thumbprint()


def test_a_portal_that_knows_the_key_of_before_is_opened_to(
    path: Path, clock: Clock
) -> None:
    token = sealed(STORED.public)
    rotation = SealingRotation(path, STORED)
    assert opens(rotation, token)
    clock.now += OPENS_FOR_S
    rotation.tend()
    assert not opens(rotation, token)


def test_it_rolls_after_thirty_days_and_not_before(path: Path, clock: Clock) -> None:
    rotation = SealingRotation(path, STORED)
    first = kid(rotation)
    assert rotation.age().made == START
    assert rotation.age().next == START + 30 * DAY_S
    clock.now += 30 * DAY_S - 60
    rotation.tend()
    assert kid(rotation) == first
    clock.now += 60
    rotation.tend()
    assert kid(rotation) != first
    assert rotation.age().made == START + 30 * DAY_S


def test_the_former_key_opens_as_long_as_a_request_may_live(
    path: Path, clock: Clock
) -> None:
    rotation = SealingRotation(path, STORED)
    token = sealed(rotation.keys().public)
    clock.now += ROLLS_EVERY_S
    rotation.tend()
    assert opens(rotation, token)
    # what was sealed by a clock that is ahead, and is taken after its time
    clock.now += 120 + 30 + 30 - 1
    rotation.tend()
    assert opens(rotation, token)
    clock.now += 1
    rotation.tend()
    assert not opens(rotation, token)


def test_a_later_theft_of_everything_opens_little(path: Path, clock: Clock) -> None:
    """Who has all that is on the disk and the credentials, by then."""
    rotation = SealingRotation(path, STORED)
    recorded = sealed(rotation.keys().public)
    clock.now += ROLLS_EVERY_S
    rotation.tend()
    clock.now += OPENS_FOR_S
    rotation.tend()
    stolen = SealingRotation(path, STORED)
    assert not opens(stolen, recorded)
    kids = {key.thumbprint() for key in stolen.keys().openers}
    assert kids == {kid(rotation)}


def test_it_survives_a_restart(path: Path, clock: Clock) -> None:
    rotation = SealingRotation(path, STORED)
    clock.now += ROLLS_EVERY_S
    rotation.tend()
    token = sealed(STORED.public), sealed(rotation.keys().public)
    again = SealingRotation(path, STORED)
    assert kid(again) == kid(rotation)
    assert again.age() == rotation.age()
    assert opens(again, token[1])


def test_a_former_key_is_destroyed_also_where_it_was_stopped_meanwhile(
    path: Path, clock: Clock
) -> None:
    rotation = SealingRotation(path, STORED)
    token = sealed(rotation.keys().public)
    clock.now += ROLLS_EVERY_S
    rotation.tend()
    clock.now += DAY_S
    assert not opens(SealingRotation(path, STORED), token)


def test_two_processes_that_hand_over_have_the_same_keys(
    path: Path, clock: Clock
) -> None:
    before = SealingRotation(path, STORED)
    clock.now += ROLLS_EVERY_S
    successor = SealingRotation(path, STORED)
    assert kid(before) == kid(successor)
    # the one before answers what is sealed to the key that the other has made
    assert opens(before, sealed(successor.keys().public))
    before.tend()
    assert kid(before) == kid(successor)


def test_many_that_roll_at_once_make_one_key(path: Path, clock: Clock) -> None:
    rotations = [SealingRotation(path, STORED) for _ in range(8)]
    clock.now += ROLLS_EVERY_S
    threads = [threading.Thread(target=each.tend) for each in rotations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({kid(each) for each in rotations}) == 1
    assert len(rotations[0].keys().openers) == 2


def test_another_process_waits_for_its_turn(path: Path) -> None:
    SealingRotation(path, STORED)
    code = (
        "import fcntl, sys; lock = open(sys.argv[1], 'a');"
        "fcntl.flock(lock, fcntl.LOCK_EX); print('held', flush=True);"
        "sys.stdin.read(1)"
    )
    lock = str(path.with_suffix(".lock"))
    with subprocess.Popen(
        [sys.executable, "-c", code, lock],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == b"held\n"
        made: list[SealingRotation] = []
        waiting = threading.Thread(
            target=lambda: made.append(SealingRotation(path, STORED))
        )
        waiting.start()
        assert not made
        other.stdin.write(b".")
        other.stdin.close()
        waiting.join()
    assert len(made) == 1


def test_at_will_it_rolls_once(path: Path, clock: Clock) -> None:
    first = kid(SealingRotation(path, STORED))
    clock.now += DAY_S
    asked = int(clock.now)
    rolled = SealingRotation(path, STORED, replace_before=asked)
    assert kid(rolled) != first
    clock.now += DAY_S
    assert kid(SealingRotation(path, STORED, replace_before=asked)) == kid(rolled)


def test_wishes_for_the_future_do_not_roll_for_ever(path: Path, clock: Clock) -> None:
    rotation = SealingRotation(path, STORED, replace_before=START + 10 * DAY_S)
    first = kid(rotation)
    rotation.tend()
    assert kid(rotation) == first


def test_no_more_keys_are_told_than_others_take(path: Path, clock: Clock) -> None:
    for _ in range(6):
        clock.now += 1
        rotation = SealingRotation(path, STORED, replace_before=int(clock.now))
    assert PublicKeys.of(rotation.keys().public.jwks()) is not None


def test_a_key_of_a_clock_that_was_ahead_is_replaced(path: Path, clock: Clock) -> None:
    clock.now += 400 * DAY_S
    first = kid(SealingRotation(path, STORED))
    clock.now = float(START)
    rotation = SealingRotation(path, STORED)
    assert kid(rotation) != first
    assert rotation.age().made == START
    clock.now += OPENS_FOR_S
    rotation.tend()
    assert len(rotation.keys().openers) == 1


def test_the_file_shows_no_key_and_nobody_else_reads_it(path: Path) -> None:
    rotation = SealingRotation(path, STORED)
    text = path.read_text()
    secret = str(rotation.keys().sealing.as_dict(private=True)["d"])
    assert secret not in text
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"..", b"[" * 50_000, os.urandom(200), b"eyJhbGciOiJub25lIn0...."],
)
def test_a_damaged_file_is_replaced(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    rotation = SealingRotation(path, STORED)
    again = SealingRotation(path, STORED)
    assert kid(again) == kid(rotation) != STORED.sealing.thumbprint()


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"keys": [], "made": 1, "until": {}},
        {"keys": [{"kty": "EC"}], "made": 1, "until": {}},
        {"keys": STORED.public.jwks()[1:], "made": 1, "until": {}},
        {"keys": STORED.sealing_jwks(), "made": "x", "until": {}},
        {"keys": STORED.sealing_jwks(), "made": 1, "until": []},
        {"keys": STORED.sealing_jwks(), "made": 1, "until": {"a": None}},
    ],
)
def test_content_of_another_form_is_replaced(
    path: Path, content: dict[str, object]
) -> None:
    from wire import jose

    path.parent.mkdir()
    token = jose.seal_token(
        json.dumps(content).encode(), STORED.sealing, "writeback-sealing-keys+jwe"
    )
    path.write_bytes(token)
    rotation = SealingRotation(path, STORED)
    assert kid(rotation) != STORED.sealing.thumbprint()


def test_the_keys_of_another_identity_are_not_taken_over(path: Path) -> None:
    other = PrivateKeys.generate()
    theirs = kid(SealingRotation(path, other))
    assert kid(SealingRotation(path, STORED)) != theirs


def test_a_folder_that_takes_no_file_ends_nothing(
    path: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A full disk: it serves with what is in memory, and keeps that later."""
    from agent.keys import sealing_file

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(sealing_file, "write_atomically", full)
        with caplog.at_level(logging.WARNING):
            rotation = SealingRotation(path, STORED)
        first = kid(rotation)
        assert first != STORED.sealing.thumbprint()
        clock.now += 60
        rotation.tend()
        assert kid(rotation) == first
    assert "No space left" in caplog.text
    rotation.tend()
    assert kid(SealingRotation(path, STORED)) == first


def test_a_key_that_can_not_be_kept_is_not_told(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent.keys import sealing_file

    rotation = SealingRotation(path, STORED)
    first = kid(rotation)
    clock.now += ROLLS_EVERY_S

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(sealing_file, "write_atomically", full)
        rotation.tend()
    assert kid(rotation) == first
    rotation.tend()
    assert kid(rotation) != first


def test_each_new_key_is_told_once(path: Path, clock: Clock) -> None:
    made: list[str] = []
    rotation = SealingRotation(path, STORED, replaced=made.append)
    assert made == [kid(rotation)]
    rotation.tend()
    SealingRotation(path, STORED, replaced=made.append)
    assert len(made) == 1
    clock.now += ROLLS_EVERY_S
    rotation.tend()
    assert made[1:] == [kid(rotation)]
