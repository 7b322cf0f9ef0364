"""Health on a terminal and as data: the same that the window shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from wire.printable import padded
from wire.text import Text, day, listed, moment, plural
from wizard.cli.output import STATES, widest
from wizard.health.answers import Answer, Kind
from wizard.health.concerns import Concern
from wizard.health.health import Health
from wizard.health.week import Counts, Day, Week
from wizard.results import Check, KeyAge
from wizard.translation import number, say

KINDS = {
    Kind.DONE: Text("done"),
    Kind.REFUSED: Text("refused"),
    Kind.FAILED: Text("failed"),
}
_BARS = {Kind.DONE: "#", Kind.REFUSED: "-", Kind.FAILED: "!"}
_INKS = {Kind.DONE: "ok", Kind.REFUSED: "warning", Kind.FAILED: "failed"}
_WIDE = 30  # characters of the longest bar
_LAST = 8  # answers on a screen


@dataclass(frozen=True)
class Line:
    """One line of a screen: a word of a state, where it has one, and what is so."""

    text: str = ""
    state: str = ""
    mark: str = ""


def health_lines(health: Health) -> Iterator[Line]:
    """Say how an agent is, most important first."""
    yield _marked(health.state, say(health.headline))
    for concern in health.concerns:
        yield from _concern(concern)
    yield Line()
    yield from _week(health.week, health.at)
    yield Line()
    for part in health.parts:
        yield _part(part)
    if health.keys:
        yield from (Line(), Line(say(Text("Keys and password:"))))
        yield from (Line(f"{'':<{_indent()}}{_key(key)}") for key in health.keys)
    yield from _last(health.week.last, health.at)


def _marked(state: str, text: str) -> Line:
    return Line(text, state, padded(say(STATES[state]), _indent()))


def _concern(concern: Concern) -> Iterator[Line]:
    yield _marked(concern.state, say(concern.title))
    for text in (concern.detail, concern.remedy):
        for each in say(text).splitlines():
            yield Line(f"{'':<{_indent()}}{each}")


def _part(part: Check) -> Line:
    what, how = part.title, part.detail
    return _marked(part.state, say(Text("{part}: {state}", part=what, state=how)))


def _key(key: KeyAge) -> str:
    assert key.since is not None
    since = day(key.since)
    if key.next is None:
        return say(Text("{key} since {day}", key=key.title, day=since))
    return say(
        Text(
            "{key} since {day}, the next due on {next}",
            key=key.title,
            day=since,
            next=day(key.next),
        )
    )


def _week(week: Week, now: datetime) -> Iterator[Line]:
    counts = week.counts
    head = plural(
        "{count} answer in seven days", "{count} answers in seven days", counts.all
    )
    if not counts.all:
        yield Line(say(_NOTHING))
        return
    kinds = listed(map(partial(_legend, counts), KINDS), ", ")
    yield Line(say(Text("{head}: {kinds}", head=head, kinds=kinds)))
    if week.since is not None:
        time = moment(week.since.astimezone(now.tzinfo))
        yield Line(say(Text("There are more than are read: since {time}.", time=time)))
    most = max(each.counts.all for each in week.days)
    for each in week.days:
        date, count = say(day(each.date)), number(each.counts.all)
        yield Line(f"  {date:<10}  {count:>7}  {bar(each, most)}")
    if week.p50_ms is not None and week.p95_ms is not None:
        p50, p95 = round(week.p50_ms), round(week.p95_ms)
        yield Line(
            say(Text("Answered in: p50 {p50} ms, p95 {p95} ms", p50=p50, p95=p95))
        )


def _legend(counts: Counts, kind: Kind) -> Text:
    sign, count, word = _BARS[kind], counts.of(kind), KINDS[kind]
    return Text("{sign} {count} {kind}", sign=sign, count=count, kind=word)


_NOTHING = Text("Nothing was answered in seven days.")


def bar(shown: Day, most: int) -> str:
    """Draw one day; what there is at all has a sign at least."""
    return "".join(
        sign * _long(shown.counts.of(kind), most) for kind, sign in _BARS.items()
    )


def _long(count: int, most: int) -> int:
    return max(1, round(count * _WIDE / most)) if count else 0


def _last(answers: Sequence[Answer], now: datetime) -> Iterator[Line]:
    if not answers:
        return
    yield from (Line(), Line(say(Text("Last answers:"))))
    for answer in answers[:_LAST]:
        time = say(moment(answer.at.astimezone(now.tzinfo), seconds=True))
        what = f"{time}  {say(answer.operation)}  {answer.person}"
        why = "" if answer.kind is Kind.DONE else f"  {say(answer.reason)}"
        mark = padded(say(KINDS[answer.kind]), _indent())
        yield Line(f"{what}{why}", _INKS[answer.kind], mark)


def health_data(health: Health) -> dict[str, Any]:
    """Give it for programs."""
    people = health.people
    return {
        "at": health.at.isoformat(timespec="seconds"),
        "summary": health.headline,
        "state": health.state,
        "concerns": [_concern_data(each) for each in health.concerns],
        "people": people
        and {
            "works": people.works,
            "people": people.people,
            "short": people.short,
            "at": people.at.isoformat(timespec="seconds"),
            "trouble": people.trouble,
        },
        "parts": [
            {"id": p.id, "state": p.state, "title": p.title, "detail": p.detail}
            for p in health.parts
        ],
        "keys": {key.id: _key_data(key) for key in health.keys},
        "week": _week_data(health.week),
    }


def _concern_data(concern: Concern) -> dict[str, str]:
    return {
        "id": concern.id,
        "state": concern.state,
        "title": concern.title,
        "detail": concern.detail,
        "remedy": concern.remedy,
    }


def _key_data(key: KeyAge) -> dict[str, str | None]:
    return {
        "since": key.since.isoformat() if key.since else None,
        "next": key.next.isoformat() if key.next else None,
    }


def _week_data(week: Week) -> dict[str, Any]:
    return {
        "days": [
            {
                "date": each.date.isoformat(),
                **{kind.value: each.counts.of(kind) for kind in Kind},
            }
            for each in week.days
        ],
        "p50_ms": week.p50_ms,
        "p95_ms": week.p95_ms,
        "since": week.since.isoformat() if week.since else None,
        "unreadable": week.unreadable,
        "trouble": week.trouble,
        "last": [_answer_data(answer) for answer in week.last],
    }


def _answer_data(answer: Answer) -> dict[str, Any]:
    return {
        "at": answer.at.isoformat(timespec="milliseconds"),
        "id": answer.id,
        "op": answer.op,
        "code": answer.code,
        "kind": answer.kind.value,
        "person": answer.person,
        "reason": answer.reason,
        "detail": answer.detail,
        "ms": answer.ms,
    }


def _indent() -> int:
    """Give the places of a state and the blank behind it."""
    return widest((*STATES.values(), *KINDS.values())) + 1
