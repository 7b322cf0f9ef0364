"""The parts that a reset needs, a row each: agent, relay, controllers, people. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from wire.text import EMPTY, Text, day, moment, plural
from wizard.health.reading import ControllerCertificate, PeopleCount
from wizard.results import AgentStatus, Check, Installed, State
from wizard.trusted_authority import authority_checks

# an authority wants time to issue a certificate
SOON = timedelta(days=30)


def parts(
    installed: Installed,
    people: PeopleCount | None,
    certificates: Sequence[ControllerCertificate],
    now: datetime,
) -> tuple[Check, ...]:
    """Give the rows, in the order a request passes them."""
    return (
        _agent(installed, now),
        _relay(installed),
        *_controllers(installed, certificates, now),
        *authority_checks(installed.settings.directory, now),
        *_people(people, installed.status),
    )


def days_left(certificate: ControllerCertificate, now: datetime) -> int | None:
    """Give how many whole days a certificate is good for; negative: it is past."""
    return None if certificate.until is None else (certificate.until - now).days


def _agent(installed: Installed, now: datetime) -> Check:
    status, name = installed.status, installed.settings.agent
    title = Text("Agent {name}", name=name)
    if not status.running:
        return Check("agent", title, "failed", Text("Does not run"))
    if not status.answers:
        return Check("agent", title, "failed", Text("Runs, but does not answer"))
    state: State = "ok" if status.ready else "warning"
    words = Text("Ready") if status.ready else Text("Runs, but is not ready")
    return Check("agent", title, state, _since(words, status, now))


def _since(words: Text, status: AgentStatus, now: datetime) -> Text:
    if status.since is None:
        return words
    begin = moment(status.since.astimezone(now.tzinfo))
    days = max(0, (now - status.since).days)
    if not days:
        return Text(
            "{state} since {time}, version {version}",
            state=words,
            time=begin,
            version=status.version,
        )
    return Text(
        "{state} since {time} ({days} d), version {version}",
        state=words,
        time=begin,
        days=days,
        version=status.version,
    )


def _relay(installed: Installed) -> Check:
    status = installed.status
    title = Text("Relay {url}", url=installed.settings.relay.url)
    if not (status.running and status.answers):
        return Check("relay", title, "info", Text("Not known"))
    if status.relay_connected:
        return Check("relay", title, "ok", Text("Connected"))
    return Check("relay", title, "failed", Text("Not connected"))


def _controllers(
    installed: Installed, certificates: Sequence[ControllerCertificate], now: datetime
) -> Iterator[Check]:
    seen = {each.host: each for each in certificates}
    for controller in installed.settings.directory.controllers:
        host = controller.host
        certificate = seen.get(host)
        yield _controller(host, installed.status, certificate, now)


def _controller(
    host: str,
    status: AgentStatus,
    certificate: ControllerCertificate | None,
    now: datetime,
) -> Check:
    title = Text("Controller {host}", host=host)
    used = status.directory_connected and status.controller.lower() == host.lower()
    if certificate is None:
        detail = Text("In use") if used else Text("Its certificate is not read yet")
        return Check("controller", title, "ok" if used else "info", detail)
    if certificate.trouble:
        trouble, remedy = certificate.trouble, certificate.remedy
        return Check("controller", title, "warning", trouble, remedy)
    shown = certificate_words(certificate, now)
    detail = Text("In use. {certificate}", certificate=shown) if used else shown
    state = _state_of(certificate, now)
    return Check("controller", title, state, detail, certificate.remedy)


def _state_of(certificate: ControllerCertificate, now: datetime) -> State:
    if certificate.distrust or is_past(certificate, now):
        return "failed"
    return "warning" if is_soon(certificate, now) else "ok"


def certificate_words(certificate: ControllerCertificate, now: datetime) -> Text:
    """Say how long a certificate is good, and that it is not trusted where it isn't."""
    if certificate.distrust:
        return Text("Its certificate is not trusted: {why}", why=certificate.distrust)
    left = days_left(certificate, now)
    if left is None or certificate.until is None:
        return EMPTY
    end = day(certificate.until)
    if is_past(certificate, now):
        return Text("Its certificate ended on {day}", day=end)
    return plural(
        "Certificate until {day} ({count} day)",
        "Certificate until {day} ({count} days)",
        left,
        day=end,
    )


def is_past(certificate: ControllerCertificate, now: datetime) -> bool:
    """Say whether a certificate is good no longer."""
    return certificate.until is not None and certificate.until <= now


def is_soon(certificate: ControllerCertificate, now: datetime) -> bool:
    """Say whether it is time to renew a certificate."""
    return certificate.until is not None and certificate.until - now <= SOON


def _people(people: PeopleCount | None, status: AgentStatus) -> Iterator[Check]:
    title = Text("People")
    if people is None:
        return
    if people.trouble:
        yield Check("people", title, "warning", people.trouble)
        return
    counted = Text(
        "The directory lets {works} of {people} be reset",
        works=people.works,
        people=people.people,
    )
    bad = bool(people.short or not people.works or status.nobody)
    yield Check("people", title, "warning" if bad else "ok", counted)
