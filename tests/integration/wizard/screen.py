"""A screen without a monitor (Xvfb), and a keyboard for it (xdotool)."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

_PATIENCE_S = 60.0
_AGAIN_S = 1.0
_POLL_S = 0.05


class Screen:
    """One X display, and the program's window on it."""

    def __init__(self, number: str) -> None:
        self.display = f":{number}"
        self._window = ""

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Self]:
        """Start a display of its own number, and end it."""
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-noreset"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert server.stdout is not None
            yield cls(server.stdout.readline().strip())
        finally:
            server.terminate()
            server.wait()
            assert server.stdout is not None
            server.stdout.close()

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to show itself here."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("QT_")}
        return {**kept, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}

    def find_window(self, name: str) -> None:
        """Wait for a window and give it the keyboard."""

        def found() -> bool:
            ids = self._do("search", "--onlyvisible", "--name", name).split()
            self._window = ids[0] if ids else ""
            return bool(ids)

        _wait(found, f"a window named {name}")
        # there is no window manager that would do it
        self._do("windowfocus", "--sync", self._window)
        _wait(self._has_keyboard, f"the keyboard in {name}")

    def title(self) -> str:
        """The window's title."""
        return self._do("getwindowname", self._window).strip()

    def press(self, *keys: str) -> None:
        """Press keys, such as Tab, Return, alt+i."""
        self._do("key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type text, letter by letter."""
        self._do("type", "--delay", "5", text)

    def press_to(self, key: str, title: str) -> None:
        """Press a key once, where it is heard at any time; wait for another title."""
        self.press(key)
        _wait(lambda: title in self.title(), title)

    def press_until(self, key: str, title: str) -> None:
        """Press a key, again where its button was off, until the title is another."""
        self.press_till(key, lambda: title in self.title(), title)

    def press_till(self, key: str, condition: Callable[[], bool], what: str) -> None:
        """Press a key, again where its button was off, until something is so.

        One that was only heard late is heard twice: not for a key that the page to
        come takes too.
        """
        deadline, pressed = time.monotonic() + _PATIENCE_S, 0.0
        while not condition():
            assert time.monotonic() < deadline, f"at {self.title()} in vain: {what}"
            if time.monotonic() - pressed > _AGAIN_S:
                self.press(key)
                pressed = time.monotonic()
            time.sleep(_POLL_S)

    def _has_keyboard(self) -> bool:
        return self._do("getwindowfocus").strip() == self._window

    def _do(self, *arguments: str) -> str:
        argv = ["xdotool", *arguments]
        environment = {**os.environ, "DISPLAY": self.display}
        done = subprocess.run(
            argv, env=environment, capture_output=True, text=True, check=False
        )
        return done.stdout


def _wait(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(_POLL_S)
