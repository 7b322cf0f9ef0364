"""`writeback directory check`: each domain controller tried, as a table."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from agent.config.settings import Settings
from wire.printable import padded, places
from wire.text import Text, day
from wizard.checks.controller_facts import FACTS, ControllerFacts, Inspection
from wizard.cli.command import SECRETS, SETTINGS, Command, Group
from wizard.cli.invocation import inspect_directory
from wizard.cli.output import Exit, Result, checks_data, finding, lines
from wizard.cli.signals import STOPPING, stopped_by_signal
from wizard.controller.controller import Controller
from wizard.inputs import Inputs
from wizard.translation import say

_FEW = 3  # names of a certificate
# by the names of the facts
_COLUMNS = (
    *("certificate", "TLS", "sign-in", "writable"),
    *("policy hints", "clock", "level"),
)


def check(controller: Controller, settings: Settings, inputs: Inputs) -> Result:
    """Try each controller; what falls short is a finding."""
    with stopped_by_signal(STOPPING) as stop:
        inspect = controller.checks.inspect_controllers
        inspection = inspect(settings.directory, inputs, stop)
    code = Exit.FINDINGS if inspection.falls_short else Exit.DONE
    data = {
        "domain": inspection.domain,
        "controllers": [_facts(facts) for facts in inspection.controllers],
        "notes": checks_data(inspection.notes),
    }
    return Result(code, lines(*_lines(inspection)), data)


def _lines(inspection: Inspection) -> Iterator[str]:
    rows = [
        (say(Text("controller")), *(say(FACTS[name]) for name in _COLUMNS)),
        *(_row(facts) for facts in inspection.controllers),
    ]
    widths = [max(places(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        cells = (padded(cell, wide) for cell, wide in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
    for facts in inspection.controllers:
        yield from _certificate(facts)
        for cell in facts.to_do:
            yield ""
            what = Text("{host}: {what}", host=facts.host, what=cell.detail)
            yield from finding(cell.state, what, cell.remedy)
        yield from _authority(facts)
    for note in inspection.notes:
        yield ""
        yield from finding(note.state, note.detail, note.remedy)


def _certificate(facts: ControllerFacts) -> Iterator[str]:
    """Say whom the certificates are for and by whom they are issued, down the chain."""
    host, names = facts.host, ", ".join(facts.subject_names[:_FEW])
    head = Text("{host}: for {names}", host=host, names=names)
    if (more := len(facts.subject_names) - _FEW) > 0:
        head = Text("{names} and {count} more", names=head, count=more)
    if facts.chain:
        yield from ("", head)
    for each in facts.chain:
        issued = Text("issued by {issuer}", issuer=each.issuer)
        until = Text("to {date}", date=day(each.not_after))
        yield f"  {each.subject}, {say(until)}, {say(issued)}"


def _authority(facts: ControllerFacts) -> Iterator[str]:
    """Say how to trust who could be trusted, once the fingerprint was compared."""
    offer = facts.offer
    if offer is None or offer.distrust:
        return
    shown = offer.certificate
    subject, sha256 = shown.subject, shown.sha256
    yield from (
        "",
        Text("SHA-256 of {subject}: {sha256}", subject=subject, sha256=sha256),
    )
    yield Text("To trust it, put this into the settings:")
    yield from ("  directory:", "    ca_certificate: |")
    yield from (f"      {line}" for line in offer.pem.splitlines())


def _row(facts: ControllerFacts) -> tuple[str, ...]:
    words = {cell.name: say(cell.word) for cell in facts.cells}
    return (facts.host, *(words.get(name, "") for name in _COLUMNS))


def _facts(facts: ControllerFacts) -> dict[str, Any]:
    ends = facts.not_after
    return {
        "host": facts.host,
        "address": facts.address,
        "source": facts.source,
        "in_dns": facts.in_dns,
        "state": facts.state,
        "certificate": {
            "names": list(facts.subject_names),
            "issuer": facts.issuer,
            "not_after": ends.isoformat() if ends else None,
            "trusted": facts.trusted,
            "chain": [each.subject for each in facts.chain],
            "authority": _offered(facts),
        },
        "tls": facts.tls,
        "policy_hints": facts.hints,
        "writable": facts.writable,
        "clock_offset_s": facts.clock_offset_s,
        "functional_level": facts.level,
        "controller_level": facts.own_level,
        "connect_ms": facts.handshake_ms,
        "sign_in_ms": facts.ms,
        "to_do": [
            {"what": c.name, "state": c.state, "detail": c.detail, "remedy": c.remedy}
            for c in facts.to_do
        ],
    }


def _offered(facts: ControllerFacts) -> dict[str, str] | None:
    """Give who could be trusted, as directory.ca_certificate takes it; None: nobody."""
    offer = facts.offer
    if offer is None or offer.distrust:
        return None
    shown = offer.certificate
    return {"subject": shown.subject, "sha256": shown.sha256, "pem": offer.pem}


HELP = Text("try each domain controller: certificate, TLS, policy hints, clock")
CHECK = Command(
    "check",
    HELP,
    (SETTINGS, SECRETS),
    lambda call: inspect_directory(call, partial(check, call.controller)),
    reads=True,
)
DIRECTORY = Group("directory", HELP, (CHECK,))
