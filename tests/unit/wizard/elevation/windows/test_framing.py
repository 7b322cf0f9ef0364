"""Frames that are none are not read on, and none takes more room or time than one."""

import pytest

from wizard.elevation.codec import LONGEST
from wizard.elevation.windows import framing
from wizard.elevation.windows.framing import (
    ANSWERED,
    ASKED,
    LARGEST,
    BadFrame,
    Frame,
    Kind,
    frames,
    parts,
    read_action,
    spell_action,
)


class Bytes:
    """Comes in parts of some size; silence comes after it, or the end."""

    def __init__(self, data: bytes, size: int = 1 << 20, *, silent: bool = False):
        self.rest, self.size, self.silent, self.most = data, size, silent, 0

    def __call__(self, size: int, seconds: float | None) -> bytes:
        self.most = max(self.most, size)
        got, self.rest = self.rest[: min(size, self.size)], self.rest[size:]
        if not got and self.silent:
            assert seconds is not None, "it would wait for good"
            raise TimeoutError
        return got


ONE = Frame(7, Kind.CALL, b"text")


def test_frames_come_back_the_same_and_end_with_the_pipe() -> None:
    sent = [ONE, Frame(7, Kind.STOP), Frame(2**32 - 1, Kind.SEALED, b"x" * LARGEST)]
    data = b"".join(each.spell() for each in sent)
    assert [*frames(Bytes(data), ASKED)] == sent


def test_no_more_is_asked_for_than_a_frame_has() -> None:
    data = Frame(1, Kind.CALL, b"x" * 300_000).spell()
    source = Bytes(data)
    assert len([*frames(source, ASKED)]) == 1
    assert source.most <= 64 * 1024


@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        ONE.spell()[:-1],
        ONE.spell()[:5],
        Frame(1, Kind.SAID, b"x").spell(),
        framing._HEAD.pack(1, 9, 0),
        framing._HEAD.pack(1, Kind.CALL, LARGEST + 1),
        framing._HEAD.pack(1, Kind.CALL, 2**32 - 1),
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(BadFrame):
        [*frames(Bytes(data), ASKED)]


def test_a_size_is_refused_before_any_of_it_is_read() -> None:
    source = Bytes(framing._HEAD.pack(1, Kind.CALL, LARGEST + 1) + b"x" * 100)
    with pytest.raises(BadFrame):
        next(frames(source, ASKED))
    assert len(source.rest) == 100


@pytest.mark.parametrize("cut", range(1, len(ONE.spell())))
def test_what_was_begun_and_goes_silent_is_given_up(cut: int) -> None:
    source = Bytes(ONE.spell()[:cut], silent=True)
    with pytest.raises(BadFrame):
        next(frames(source, ASKED))


def test_what_comes_too_slowly_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(100))
    monkeypatch.setattr("time.monotonic", lambda: float(next(now)))
    with pytest.raises(BadFrame):
        next(frames(Bytes(Frame(1, Kind.CALL, b"x" * 50).spell(), 1), ASKED))


def test_a_long_line_is_said_in_parts() -> None:
    line = b"x" * (2 * LARGEST + 1)
    said = [*parts(3, line)]
    assert [len(each.data) for each in said] == [LARGEST, LARGEST, 1]
    data = b"".join(each.spell() for each in said)
    assert b"".join(each.data for each in frames(Bytes(data), ANSWERED)) == line


def test_the_longest_call_fits_a_frame() -> None:
    assert len(spell_action("change", "x" * LONGEST)) == LARGEST


def test_an_action_comes_back_the_same() -> None:
    assert read_action(spell_action("watch", "é")) == ("watch", "é")


@pytest.mark.parametrize("data", [b"", b"\x03{}", b"\xff{}", b"\x00\xff"])
def test_what_is_no_action_is_refused(data: bytes) -> None:
    with pytest.raises(BadFrame):
        read_action(data)
