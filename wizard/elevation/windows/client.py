"""The window's side: one helper for as long as the window is open, and many calls."""

import itertools
import queue
import threading
from collections.abc import Generator, Mapping
from contextlib import closing, suppress
from typing import Any

from wire.text import Text
from wizard.elevation import codec
from wizard.elevation.answer import hear
from wizard.elevation.errors import NotAllowed, NotReached
from wizard.elevation.methods import Action, Method
from wizard.elevation.windows.framing import (
    ANSWERED,
    CALLS,
    BadFrame,
    Frame,
    Kind,
    spell_action,
)
from wizard.elevation.windows.pipe_end import PipeEnd
from wizard.elevation.windows.start import Helper, start_helper
from wizard.elevation.windows.win32_pipes import ElevationWin32

_POLL_S = 0.1  # how soon a stop is passed on
_MOST = 64 * 1024 * 1024  # bytes of one call that nobody took yet


class HelperClient:
    """The helper, as its callers reach it; started at the first call."""

    def __init__(self, win32: ElevationWin32) -> None:
        self._win32 = win32
        self._lock = threading.Lock()
        self._asked = 0
        self._refused: NotAllowed | NotReached | None = None
        self._calls: Calls | None = None

    def ask(self, method: Method, arguments: Mapping[str, Any]) -> Any:
        """Have the helper do what a method does; see `answer.Client`."""
        calls = self._reached(method.action, self._asked)
        text = spell_action(method.action, codec.spell_call(method, arguments))
        sealed = codec.spell_sealed(method, arguments)
        with closing(calls.lines(text, sealed, arguments.get("stop"))) as lines:
            return hear(method, arguments, lines)

    def close(self) -> None:
        """Have the helper end; a later call starts another."""
        with self._lock:
            self._drop()

    def _reached(self, action: Action, asked: int) -> "Calls":
        """Give the helper's calls; whoever waited for an answer of Windows has it."""
        with self._lock:
            if self._calls is not None and self._calls.open:
                return self._calls
            if action == "watch":  # again and again: nobody is asked meanwhile
                raise NotReached(
                    Text("The set-up service of this machine can't be reached.")
                )
            if self._refused is not None and asked != self._asked:
                raise self._refused
            self._drop()
            self._refused = None
            try:
                helper = start_helper(self._win32)
            except (NotAllowed, NotReached) as error:
                self._refused = error
                raise
            finally:
                self._asked += 1
            self._calls = Calls(self._win32, helper)
            return self._calls

    def _drop(self) -> None:
        if self._calls is not None:
            self._calls.close()
            self._calls = None


class Calls:
    """The calls on one pipe, told apart by their numbers."""

    def __init__(self, win32: ElevationWin32, helper: Helper) -> None:
        self._win32, self._helper = win32, helper
        self._end = PipeEnd(win32, helper.pipe)
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._under_way: dict[int, _Answer] = {}
        self.open = True
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def lines(
        self, text: bytes, sealed: bytes, stop: threading.Event | None
    ) -> Generator[bytes, None, None]:
        """Begin a call, and give the lines that come; pass a stop on.

        Who leaves before its end stops it.
        """
        answer = _Answer()
        with self._lock:
            # in the order of their numbers
            number = next(self._numbers) % CALLS
            if self.open:
                self._under_way[number] = answer
                self._end.send(
                    Frame(number, Kind.CALL, text), Frame(number, Kind.SEALED, sealed)
                )
            else:
                answer.end()
        try:
            while (line := answer.next(_POLL_S)) is not None:
                if line:
                    yield line
                if stop is not None and stop.is_set():
                    self._stop(number, answer)
        finally:
            self._under_way.pop(number, None)
            if not answer.ended:
                self._stop(number, answer)

    def close(self) -> None:
        """End them all, and so the helper."""
        self._end.close()
        self._reading.join()

    def _stop(self, number: int, answer: "_Answer") -> None:
        if not answer.stopped:
            answer.stopped = True
            self._end.send(Frame(number, Kind.STOP))

    def _read(self) -> None:
        with suppress(BadFrame):
            for frame in self._end.received(ANSWERED):
                answer = self._under_way.get(frame.call)
                if answer is None:  # nobody waits for it any more
                    continue
                if frame.kind is Kind.END:
                    answer.end()
                else:
                    answer.take(frame.data)
        with self._lock:
            self.open = False
            for each in [*self._under_way.values()]:
                each.end()
        self._end.close()
        # until now nobody could have its number
        self._win32.close_handle(self._helper.process)


class _Answer:
    """What came of one call, in lines."""

    def __init__(self) -> None:
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._rest = b""
        self._held = 0
        self.stopped = self.ended = False

    def take(self, data: bytes) -> None:
        """Take what came; BadFrame where it is more than anybody answers with."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        self._held += sum(map(len, whole))
        for line in whole:
            self._lines.put(line)
        if self._held + len(self._rest) > _MOST:
            raise BadFrame

    def end(self) -> None:
        """Nothing more comes."""
        self.ended = True
        self._lines.put(None)

    def next(self, seconds: float) -> bytes | None:
        """Give the next line; an empty one where none came in time, None at the end."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            return b""
        self._held -= len(line or b"")
        return line
