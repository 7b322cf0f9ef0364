"""Attempts in a row: each timed; after one that failed the rest are skipped."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from wire.failure import Failure
from wire.text import EMPTY, Text
from wizard.results import Check, State


class Failed(Failure):
    """An attempt that did not succeed, or did with a reservation.

    In state "warning" it does not keep the later attempts from being made; `field` is
    the dotted path of the answer that is wrong, `more` long text for a details view.
    """

    def __init__(
        self,
        what: Text,
        remedy: Text,
        *,
        state: State = "failed",
        more: Text = EMPTY,
        field: str | None = None,
    ) -> None:
        super().__init__(what, remedy)
        self.state, self.more, self.field = state, more, field

    def check(self, name: str, title: Text, ms: float | None = None) -> Check:
        """Give the row that tells of it."""
        outcome = (self.state, self.what, self.remedy, self.more)
        return Check(name, title, *outcome, ms, self.field)


@dataclass(frozen=True)
class Attempt:
    """One thing to try; `act` gives what came back, or raises `Failed`."""

    id: str
    title: Text
    act: Callable[[], Text]


def attempt_all(
    attempts: Sequence[Attempt], stop: threading.Event
) -> tuple[Check, ...]:
    """Try each; a failure or `stop` ends it, and the rest are told as skipped."""
    return tuple(_each(attempts, stop))


def _each(attempts: Sequence[Attempt], stop: threading.Event) -> Iterator[Check]:
    skipped = EMPTY
    for attempt in attempts:
        if not skipped and stop.is_set():
            skipped = Text("Stopped.")
        if skipped:
            yield Check(attempt.id, attempt.title, "skipped", skipped)
            continue
        check = _one(attempt)
        yield check
        if check.state == "failed":
            skipped = Text("Not tried, as the one before failed.")


def _one(attempt: Attempt) -> Check:
    began = time.perf_counter()
    try:
        detail = attempt.act()
    except Failed as error:
        return error.check(attempt.id, attempt.title, since(began))
    return Check(attempt.id, attempt.title, "ok", detail, ms=since(began))


def since(began: float) -> float:
    """Give the milliseconds since a moment of `time.perf_counter`."""
    return round((time.perf_counter() - began) * 1000, 1)
