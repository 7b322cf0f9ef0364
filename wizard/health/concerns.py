"""What needs attention, gravest first, each with its way out. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wire.failure import sentence
from wire.outcomes import Code
from wire.text import EMPTY, Text, TextAttribute, day, in_lines, plural
from wizard.health.parts import certificate_words, days_left, is_past, is_soon
from wizard.health.reading import ControllerCertificate, PeopleCount
from wizard.health.week import Week
from wizard.results import AgentStatus, Installed, KeyAge
from wizard.trusted_authority import authority_checks

# tasks of the wizard, and what the page itself does; empty where nothing here helps
WayOut = Literal[
    "",
    "close_breaker",
    "explain",
    "options",
    "permissions",
    "rekey",
    "repair",
    "rotate",
    "writeback",
]
_MANY, _SHARE = 10, 25  # answers, percent: a bad night, and not three typing mistakes
_ROTATION = {
    "shared_keys": Text("Replace them: writeback rotate-keys"),
    "directory_password": Text("Replace it: writeback rotate-password"),
}


@dataclass(frozen=True)
class Concern:
    """One thing that needs attention; the id is stable, for scripts.

    `remedy` says what to do on a terminal, or away from this machine; `code` is that
    of the answers that it is about, where it is about one.
    """

    id: str
    title: TextAttribute = TextAttribute()
    state: Literal["failed", "warning"] = "warning"
    detail: TextAttribute = TextAttribute("")
    remedy: TextAttribute = TextAttribute("")
    way_out: WayOut = ""
    code: str = ""


def concerns(
    installed: Installed,
    week: Week,
    people: PeopleCount | None,
    certificates: Sequence[ControllerCertificate],
    now: datetime,
) -> tuple[Concern, ...]:
    """Give all of them; what stops everybody stands before what stops some."""
    found = (
        *_stopped(installed),
        *_connections(installed),
        *_of_reach(installed.status),
        *_of_certificates(certificates, now),
        *_of_authority(installed, now),
        *_of_answers(week),
        *_of_people(people),
        *_edited(installed),
        *_due(installed.keys, now),
        *_of_records(week),
    )
    return tuple(sorted(found, key=lambda concern: concern.state != "failed"))


def _stopped(installed: Installed) -> Iterator[Concern]:
    status = installed.status
    if installed.copied:
        yield _COPY
    elif not status.running:
        yield _NOT_RUNNING
    elif not status.answers:
        yield _FROZEN
    if status.breaker_is_open:
        yield _BREAKER
    elif status.attention and not installed.copied:
        yield Concern(
            "attention", Text("Attention"), "warning", sentence(status.attention)
        )
    if not status.writeback:
        yield _OFF


_COPY = Concern(
    "copy",
    "This server is a copy",
    "failed",
    "Its agent does not start, as the one that was enrolled may go on. New keys gives "
    "it keys of its own.",
    "Give it keys of its own: writeback rekey",
    "rekey",
)
_NOT_RUNNING = Concern(
    "stopped",
    "The agent does not run",
    "failed",
    "Nobody can be reset. Repair starts it, or says why it can't.",
    "Start it, or find out why it can't: writeback repair",
    "repair",
)
_FROZEN = Concern(
    "frozen",
    "The agent does not answer",
    "failed",
    "It runs, but it is frozen. systemd ends it and starts it anew; Repair does at "
    "once.",
    "systemd starts it anew; at once does: writeback repair",
    "repair",
)
_BREAKER = Concern(
    "breaker",
    "Writes are stopped: the breaker is open",
    "failed",
    "A portal had too many different people reset in five minutes; nothing is written "
    "any more. Find out in the last answers what it did first.",
    "Find out what the portal did, then: writeback breaker close",
    "close_breaker",
)
_OFF = Concern(
    "off",
    "Password writeback is off",
    "warning",
    "The agent stays connected and answers that reset is off.",
    "Set features.password_writeback in the settings, then: writeback apply",
    "writeback",
)


def _connections(installed: Installed) -> Iterator[Concern]:
    status = installed.status
    if installed.copied or not (status.running and status.answers):
        return
    remedy = Text("Look at every part: writeback verify")
    if not status.relay_connected:
        title = Text("The relay is not reached")
        yield Concern(
            "relay", title, "failed", sentence(status.relay), remedy, "options"
        )
    if not status.directory_connected:
        title = Text("No domain controller answers")
        yield Concern(
            "directory", title, "failed", sentence(status.directory), remedy, "options"
        )


def _of_reach(status: AgentStatus) -> Iterator[Concern]:
    if status.nobody:
        title = Text("Nobody can be reset")
        remedy = Text("See who is refused, and why: writeback permissions check")
        yield Concern(
            "nobody", title, "failed", sentence(status.nobody), remedy, "permissions"
        )


def _of_certificates(
    certificates: Sequence[ControllerCertificate], now: datetime
) -> Iterator[Concern]:
    for each in certificates:
        host, words = each.host, certificate_words(each, now)
        if each.trouble:
            title = Text("{host} does not answer", host=host)
            yield Concern("controller", title, "warning", each.trouble, each.remedy)
        elif each.distrust or is_past(each, now):
            title = Text("{host} is not trusted", host=host)
            yield Concern("certificate", title, "failed", words, each.remedy or _RENEW)
        elif is_soon(each, now):
            title = plural(
                "The certificate of {host} ends in {count} day",
                "The certificate of {host} ends in {count} days",
                days_left(each, now) or 0,
                host=host,
            )
            yield Concern("certificate", title, "warning", _ENDS, _RENEW)


def _of_authority(installed: Installed, now: datetime) -> Iterator[Concern]:
    for row in authority_checks(installed.settings.directory, now):
        if row.state in ("failed", "warning"):
            state: Literal["failed", "warning"] = (
                "failed" if row.state == "failed" else "warning"
            )
            yield Concern(
                "authority", row.title, state, row.detail, row.remedy, "options"
            )


_ENDS = Text("From then on no password is written by this controller.")
_RENEW = Text(
    "Renew it at the controller; while its authority stays, nothing is to do here."
)


def _of_answers(week: Week) -> Iterator[Concern]:
    counts = week.recent
    bad = counts.refused + counts.failed
    if bad < _MANY or bad * 100 < counts.all * _SHARE or week.most is None:
        return
    title = Text(
        "{bad} of {all} requests of the last 24 hours did not succeed",
        bad=bad,
        all=counts.all,
    )
    detail = Text(
        "Most often ({count}): {reason}",
        count=week.most_count,
        reason=week.most.reason,
    )
    granted = week.most.code == Code.PERMISSION_DENIED
    way_out: WayOut = "permissions" if granted else "explain"
    state: Literal["failed", "warning"] = (
        "failed" if counts.failed > counts.done else ("warning")
    )
    most = week.most
    yield Concern(
        "refusals", title, state, detail, most.remedy, way_out, code=most.code
    )


def _of_people(people: PeopleCount | None) -> Iterator[Concern]:
    if people is None or people.trouble or not people.short:
        return
    title = plural(
        "{count} person can't be reset for want of a permission",
        "{count} people can't be reset for want of a permission",
        people.short,
    )
    remedy = Text("See who, and grant it: writeback permissions check")
    yield Concern("permissions", title, "warning", EMPTY, remedy, "permissions")


def _edited(installed: Installed) -> Iterator[Concern]:
    if installed.drift:
        yield Concern(
            "drift",
            Text("The settings file was edited by hand since it was applied"),
            "warning",
            in_lines(installed.drift),
            Text("Look at it and take it over: writeback apply"),
            "repair",
        )


def _due(keys: Sequence[KeyAge], now: datetime) -> Iterator[Concern]:
    for key in keys:
        remedy = _ROTATION.get(key.id)
        if remedy is None or key.next is None or now <= key.next:
            continue
        title = Text("{key}: due since {day}", key=key.title, day=day(key.next))
        yield Concern(f"due_{key.id}", title, "warning", EMPTY, remedy, "rotate")


def _of_records(week: Week) -> Iterator[Concern]:
    remedy = Text("Look at them: writeback audit verify")
    if week.trouble:
        title = Text("The audit records can't be read")
        yield Concern("records", title, "warning", week.trouble, remedy)
    elif week.unreadable:
        title = plural(
            "{count} line of the audit file is no record",
            "{count} lines of the audit file are no records",
            week.unreadable,
        )
        yield Concern("records", title, "warning", EMPTY, remedy)
