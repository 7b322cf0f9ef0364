"""`writeback status --watch`: how the agent is, shown anew as it changes."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from wire.failure import Failure
from wire.text import EMPTY, Text, moment
from wizard.cli.health_text import Line, health_data, health_lines
from wizard.cli.live_screen import LiveScreen
from wizard.cli.output import Exit, Result
from wizard.cli.signals import stopped_by_signal
from wizard.controller.controller import Controller
from wizard.health.health import Health, age_words, health_of
from wizard.health.reading import ControllerCertificate, PeopleCount, Reading
from wizard.translation import say

EVERY_S = 5.0
_SLOW_S = 3600.0  # between two readings of what signs in to the directory
_AGAIN_S = 300.0  # after one that failed
_GONE = Text("Password writeback is not set up on this machine any more.")
_Value = TypeVar("_Value")
Show = Callable[["Sight"], None]


@dataclass(frozen=True)
class Sight:
    """What is known now: the last good reading, and why none came after it."""

    health: Health | None
    trouble: Text
    now: datetime

    def same_as(self, other: "Sight | None") -> bool:
        """Say whether there is nothing new since."""
        if other is None or self.trouble != other.trouble:
            return False
        return self.health is not None and self.health.same_as(other.health)


class SlowReading(Generic[_Value]):
    """What takes long to read: done in a thread of its own, once an hour.

    What can't be read is the last good one, and is tried again sooner; before the first
    one it is what `failed` makes of the reason.
    """

    def __init__(
        self, read: Callable[[], _Value | None], failed: Callable[[Text], _Value | None]
    ) -> None:
        self._read, self._failed = read, failed
        self._value: _Value | None = None
        self._due = 0.0
        self._thread: threading.Thread | None = None

    def value(self) -> _Value | None:
        """Give what is known, and have it read where that is due; never waits."""
        running = self._thread is not None and self._thread.is_alive()
        if not running and time.monotonic() >= self._due:
            self._due = time.monotonic() + _SLOW_S
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        return self._value

    def _run(self) -> None:
        try:
            found = self._read()
        except (Failure, OSError) as error:
            why = error.whole if isinstance(error, Failure) else Text("No answer.")
            self._due = time.monotonic() + _AGAIN_S
            found = self._failed(why) if self._value is None else None
        if found is not None:
            self._value = found


class Watch:
    """Looks at an agent again and again, until it is stopped."""

    def __init__(self, controller: Controller, stop: threading.Event) -> None:
        self._health, self._stop = controller.health, stop
        self._reading: Reading | None = None
        self._people = SlowReading(self._count, _not_counted)
        self._certificates = SlowReading[tuple[ControllerCertificate, ...]](
            controller.health.certificates, lambda _why: None
        )

    def _count(self) -> PeopleCount | None:
        return self._health.count_people(report=lambda _people: None, stop=self._stop)

    def look(self) -> Sight:
        """Read once more."""
        trouble = EMPTY
        try:
            reading = self._health.read()
        except (Failure, OSError) as error:
            reading = None
            trouble = error.whole if isinstance(error, Failure) else Text("No answer.")
        else:
            trouble = EMPTY if reading else _GONE
        self._reading = reading or self._reading
        now = datetime.now().astimezone()
        if self._reading is None:
            return Sight(None, trouble, now)
        people, certificates = self._people.value(), self._certificates.value() or ()
        return Sight(health_of(self._reading, people, certificates), trouble, now)

    def run(self, show: Show, every_s: float) -> None:
        """Show what is new until it is stopped."""
        while True:
            show(self.look())
            if self._stop.wait(every_s):
                return


def watch(controller: Controller, *, as_json: bool, every_s: float = EVERY_S) -> Result:
    """Show how the agent is until Ctrl-C, which ends it well."""
    show = _json_lines() if as_json else _on(LiveScreen.of_this_process())
    with stopped_by_signal(EMPTY) as stop:
        try:
            Watch(controller, stop).run(show, every_s)
        except BrokenPipeError:  # the reader has seen enough
            stop.set()
            sys.stdout = None
    return Result(Exit.DONE, EMPTY, {})


def _not_counted(why: Text) -> PeopleCount:
    return PeopleCount(0, 0, 0, datetime.now().astimezone(), why)


def _on(screen: LiveScreen) -> Show:
    def draw(sight: Sight) -> None:
        if screen.redraws or not sight.same_as(shown[-1]):
            shown[-1] = sight
            screen.show(sight_lines(sight, live=screen.redraws))

    shown: list[Sight | None] = [None]
    return draw


def sight_lines(sight: Sight, *, live: bool) -> Iterator[Line]:
    """Say what is known now; `live`: on a screen that is drawn again and again."""
    at = moment(sight.now, seconds=True)
    shown = Text("Writeback at {time}. Ctrl-C ends.", time=at) if live else at
    yield Line(say(shown))
    if sight.trouble:
        health = sight.health
        old = (
            age_words(health.at, sight.now, sight.trouble) if health else sight.trouble
        )
        yield Line(say(old), "warning", "! ")
    if sight.health:
        yield from health_lines(sight.health)


def _trouble(sight: Sight) -> Text:
    if sight.health is None:
        return sight.trouble
    return age_words(sight.health.at, sight.now, sight.trouble)


def _json_lines() -> Show:
    def write(sight: Sight) -> None:
        if not sight.same_as(shown[-1]):
            shown[-1] = sight
            print(json.dumps(sight_data(sight)), flush=True)

    shown: list[Sight | None] = [None]
    return write


def sight_data(sight: Sight) -> dict[str, Any]:
    """Give what is known now for programs."""
    known = health_data(sight.health) if sight.health else {}
    return {
        **known,
        "now": sight.now.isoformat(timespec="seconds"),
        "trouble": sight.trouble,
    }
