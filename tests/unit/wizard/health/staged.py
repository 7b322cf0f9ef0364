"""Weeks as agents have had them: records, and what was read with them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from agent.request.audit import event_of
from wire.operation import Operation
from wire.outcomes import Code
from wizard.health.audit_records import Budget
from wizard.health.reading import ControllerCertificate, PeopleCount, Reading
from wizard.health.week import Week, week_of
from wizard.results import Installed, KeyAge

NOW = datetime(2026, 11, 24, 10, 42, 31, tzinfo=timezone(timedelta(hours=1)))
NAMES = (
    "anna.keller@corp.test",
    "beat.graf@corp.test",
    "chiara.rossi@corp.test",
    "david.meyer@corp.test",
    "elif.yilmaz@corp.test",
)
Record = Mapping[str, Any]


def answered(
    at: datetime = NOW,
    code: str = "ok",
    *,
    op: Operation | None = Operation.RESET,
    ms: object = 84.0,
    **more: object,
) -> dict[str, Any]:
    """The record of an answer, as an agent writes it."""
    name = str(more.pop("person", NAMES[0]))
    event = event_of(Code(code), op) if code in set(Code) else 0
    return {
        "seq": 1,
        "at": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "id": "1b671a64-40d5-491e-99b0-da01ff1f3341",
        "event": int(event),
        "event_name": getattr(event, "name", ""),
        "code": code,
        "detail": "",
        "op": op,
        "jti": "7f1c9f0e",
        "user": {"by": "upn", "value": name},
        "dn": f"CN={name.split('@', maxsplit=1)[0]},OU=People,DC=corp,DC=test",
        "portal": "https://portal.corp.test",
        "proofs": [],
        "agent": "sync-01",
        "controller": "dc1.corp.test",
        "steps": [],
        "ms": {"verify": 0.9, "directory": 71.2, "total": ms},
        "answer_of": None,
        **more,
    }


def weekly(per_day: Sequence[int], bad: Mapping[int, str]) -> Iterator[Record]:
    """Records of days, the last is today; each so many one comes out otherwise."""
    number = 0
    for back, count in enumerate(reversed(per_day)):
        for each in range(count):
            at = NOW - timedelta(days=back, minutes=4 + each * 5)
            codes = [code for every, code in bad.items() if number % every == every - 1]
            code = codes[0] if codes else "ok"
            ms = 62.0 + (number * 37) % 90 + (400 if number % 25 == 0 else 0)
            yield answered(at, code, ms=ms, person=NAMES[number % len(NAMES)])
            number += 1


GOOD = tuple(
    weekly((38, 44, 41, 6, 3, 52, 21), {19: "too_short", 31: "in_history", 77: "ok"})
)
BAD_NIGHT = tuple(
    weekly((38, 44, 41, 6, 3, 52, 60), {3: "permission_denied", 11: "too_short"})
)


def week(records: Sequence[Record] = GOOD, now: datetime = NOW) -> Week:
    """The week that records make."""
    ordered = sorted(records, key=lambda record: str(record["at"]), reverse=True)
    return week_of(ordered, now, Budget())


def reading(installed: Installed, records: Sequence[Record] = GOOD) -> Reading:
    """What was read of an installation at the moment of these tests."""
    return Reading(replace(installed, fingerprint=""), week(records), NOW)


PEOPLE = PeopleCount(1204, 1250, 0, NOW)


def certificate(host: str = "dc1.corp.test", days: int = 97) -> ControllerCertificate:
    """A certificate that is good for so many days more."""
    return ControllerCertificate(host, NOW + timedelta(days=days, hours=1))


CERTIFICATES = (certificate(), certificate("dc2.corp.test", 214))
KEYS = (
    KeyAge("signing_key", "Signing key", NOW - timedelta(days=203)),
    KeyAge(
        "sealing_key",
        "Sealing key",
        NOW - timedelta(days=12),
        NOW + timedelta(days=18),
    ),
    KeyAge(
        "directory_password",
        "Directory password",
        NOW - timedelta(days=31),
        NOW + timedelta(days=149),
    ),
)
