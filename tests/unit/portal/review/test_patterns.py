"""Each pattern is found in a history that holds it, and nothing in a quiet one."""

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.audit.event import Event, EventKind, Recorded
from portal.review.finding import Finding, Pattern
from portal.review.patterns import review

HOUR, DAY = 3600, 86_400
NOON = 1_800_014_400  # 2027-01-15 12:00 UTC
THIEF = "198.51.100.66"
K = EventKind
SEED = int(os.environ.get("WRITEBACK_SEED", "0")) or random.SystemRandom().getrandbits(
    32
)


class History:
    """Events that happen one after the other."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a history, not a secret
        self.events: list[Event] = []
        self._visits = self._texts = 0

    def add(
        self, kind: EventKind, at: int, person: str | None, address: str, **fields: Any
    ) -> None:
        code, visit = fields.pop("code", ""), fields.pop("visit", "")
        self.events.append(Event(kind, at, visit, person, None, code, fields, address))

    def visit(self) -> str:
        self._visits += 1
        return f"visit-{self._visits}"

    def begin(self, at: int, person: str, address: str, **looked_up: Any) -> str:
        visit = self.visit()
        self.add(K.VISIT_BEGUN, at, None, address, visit=visit, name=f"name {person}")
        known = {"password_age_days": self.random.randrange(300)} | looked_up
        self.add(K.LOOKED_UP, at, person, address, visit=visit, code="ok", **known)
        return visit

    def reset(self, at: int, person: str, address: str, **looked_up: Any) -> None:
        """Let somebody reset their password by two methods."""
        visit = self.begin(at, person, address, **looked_up)
        if self.random.random() < 0.3:
            self.add(
                K.METHOD_REFUSED, at + 20, person, address, visit=visit, method="totp"
            )
        self.add(K.METHOD_USED, at + 40, person, address, visit=visit, method="totp")
        self.add(
            K.CODE_SENT,
            at + 50,
            person,
            address,
            visit=visit,
            method="email",
            code="ok",
        )
        self.add(K.METHOD_USED, at + 80, person, address, visit=visit, method="email")
        self.events.append(
            Event(
                K.PASSWORD_RESET,
                at + 90,
                f"audit-{visit}",
                person,
                None,
                "ok",
                {"visit": visit},
                address,
            )
        )

    def text_message(self, at: int, person: str, address: str) -> None:
        """Let somebody prove who they are by text message, and leave it at that."""
        visit = self.begin(at, person, address)
        self._texts += 1
        country = ("DE", "AT", "CH")[self._texts % 3]
        sent = {"method": "sms", "code": "ok", "country": country}
        self.add(K.CODE_SENT, at + 5, person, address, visit=visit, **sent)
        self.add(K.METHOD_USED, at + 30, person, address, visit=visit, method="sms")

    def helped(self, at: int, person: str, actor: str, address: str) -> None:
        """Let the help desk reset somebody's password."""
        self.events.append(
            Event(K.PASSWORD_RESET, at, f"case-{at}", person, actor, "ok", {}, address)
        )

    def recorded(self) -> list[Recorded]:
        ordered = sorted(self.events, key=lambda event: event.at)
        return [
            Recorded(number, event, "key", "hash", "digest")
            for number, event in enumerate(ordered, 1)
        ]


def quiet(seed: int, least: int) -> History:
    """Have people of an office register by day, reset now and then, sign in."""
    history, at = History(seed), NOON
    while len(history.events) < least:
        at += history.random.randrange(60, 900)
        number = history.random.randrange(3000)
        person, address = f"person {number}", f"203.0.{number // 250}.{number % 250}"
        if history.random.random() < 0.5:
            history.reset(at, person, address)
        elif history.random.random() < 0.5:
            history.text_message(at, person, address)
        elif history.random.random() < 0.1:
            helper = f"helper {history.random.randrange(8)}"
            history.helped(at, f"{person} {at}", helper, address)
        else:
            history.add(K.SIGNED_IN, at, person, address, visit=history.visit())
    return history


def _failures(history: History, at: int) -> None:
    visit = history.begin(at, "victim", "192.0.2.1")
    for second in range(3):
        history.add(
            K.METHOD_REFUSED,
            at + second,
            "victim",
            "192.0.2.1",
            visit=visit,
            method="totp",
        )
    history.reset(at + HOUR, "victim", THIEF)


def _new_method(history: History, at: int) -> None:
    history.add(K.METHOD_ADDED, at, "victim", THIEF, visit="v", method="totp")
    history.reset(at + HOUR // 2, "victim", THIEF)


def _names(history: History, at: int) -> None:
    for number in range(12):
        visit = history.visit()
        history.add(
            K.VISIT_BEGUN, at + number * 60, None, THIEF, visit=visit, name=f"n{number}"
        )


def _resets(history: History, at: int) -> None:
    for number in range(25):
        history.reset(at + number * 5, f"one of many {number}", f"192.0.2.{number}")


def _idle(history: History, at: int) -> None:
    history.reset(at, "victim", THIEF, password_age_days=900)


def _disabled(history: History, at: int) -> None:
    history.reset(at, "victim", THIEF, disabled=True)


def _two_proof(history: History, at: int) -> None:
    history.reset(at, "victim", THIEF, two_proof=True)


def _untyped(history: History, at: int) -> None:
    for number in range(3):
        when = at + number * HOUR
        visit = history.begin(when, "victim", THIEF)
        history.add(
            K.CODE_SENT, when, "victim", THIEF, visit=visit, method="email", code="ok"
        )


def _night(history: History, at: int) -> None:
    night = at - at % DAY + 2 * HOUR
    history.add(K.REGISTERED, night, "victim", THIEF, visit="v")


def _helper(history: History, at: int) -> None:
    for number in range(15):
        history.helped(at + number * 300, f"one of many {number}", "talked", THIEF)


def _called_twice(history: History, at: int) -> None:
    for hours in (0, 5):
        history.helped(at + hours * HOUR, "victim", f"helper {hours}", THIEF)


def _far_away(history: History, at: int) -> None:
    visit = history.begin(at, "victim", THIEF)
    sent = {"method": "sms", "code": "ok", "country": "XX"}
    history.add(K.CODE_SENT, at + 5, "victim", THIEF, visit=visit, **sent)
    history.add(K.METHOD_USED, at + 9, "victim", THIEF, visit=visit, method="sms")


CASES: dict[Callable[[History, int], None], Pattern] = {
    _failures: Pattern.FAILURES_THEN_SUCCESS,
    _new_method: Pattern.RESET_AFTER_NEW_METHOD,
    _names: Pattern.MANY_NAMES,
    _resets: Pattern.MANY_RESETS,
    _idle: Pattern.UNUSUAL_ACCOUNT,
    _disabled: Pattern.UNUSUAL_ACCOUNT,
    _two_proof: Pattern.UNUSUAL_ACCOUNT,
    _untyped: Pattern.UNTYPED_CODES,
    _night: Pattern.REGISTERED_AT_NIGHT,
    _helper: Pattern.HELPED_OFTEN,
    _called_twice: Pattern.HELPED_TWICE,
    _far_away: Pattern.NEW_COUNTRY,
}


def _all() -> Iterator[Any]:
    for stage, pattern in CASES.items():
        yield pytest.param(stage, pattern, id=stage.__name__.strip("_"))


@pytest.mark.parametrize(("stage", "pattern"), [*_all()])
def test_a_pattern_is_found_and_nothing_else(
    stage: Callable[[History, int], None], pattern: Pattern
) -> None:
    print(f"WRITEBACK_SEED={SEED}")
    history = quiet(SEED, 1500)
    stage(history, history.events[700].at)
    (found,) = review(history.recorded())
    assert found.pattern is pattern
    assert all((found.what, found.why, found.advice))
    _shows(found, history)


def _shows(found: Finding, history: History) -> None:
    """See that the events of a finding are those that were staged."""
    by_number = {each.number: each.event for each in history.recorded()}
    own = found.events
    if found.pattern is Pattern.MANY_RESETS:  # who resets meanwhile is one of them
        own = tuple(n for n in own if "many" in str(by_number[n].person))
        assert len(own) == 25
    for number in own:
        event = by_number[number]
        staged = event.address in (THIEF, "192.0.2.1") or "many" in str(event.person)
        assert staged, event


def test_nothing_is_found_in_a_quiet_history() -> None:
    print(f"WRITEBACK_SEED={SEED}")
    recorded = quiet(SEED, 10_000).recorded()
    assert len(recorded) >= 10_000
    assert review(recorded) == []
