"""`writeback directory check`: each domain controller tried, as a table."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from agent.config.settings import Settings
from wizard.checks.controller_facts import ControllerFacts, Inspection
from wizard.cli.command import SECRETS, SETTINGS, Command, Group
from wizard.cli.invocation import inspect_directory
from wizard.cli.output import Exit, Result, checks_data
from wizard.cli.signals import stopped_by_signal
from wizard.controller.controller import Controller
from wizard.inputs import Inputs

_FEW = 3  # names of a certificate
_COLUMNS = (
    *("certificate", "TLS", "sign-in", "writable", "policy hints", "clock", "level"),
)


def check(controller: Controller, settings: Settings, inputs: Inputs) -> Result:
    """Try each controller; what falls short is a finding."""
    with stopped_by_signal("Stopping.") as stop:
        inspect = controller.checks.inspect_controllers
        inspection = inspect(settings.directory, inputs, stop)
    code = Exit.FINDINGS if inspection.falls_short else Exit.DONE
    data = {
        "domain": inspection.domain,
        "controllers": [_facts(facts) for facts in inspection.controllers],
        "notes": checks_data(inspection.notes),
    }
    return Result(code, "\n".join(_lines(inspection)), data)


def _lines(inspection: Inspection) -> Iterator[str]:
    rows = [
        ("controller", *_COLUMNS),
        *(_row(facts) for facts in inspection.controllers),
    ]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(wide) for cell, wide in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
    for facts in inspection.controllers:
        yield from _certificate(facts)
        for cell in facts.to_do:
            yield ""
            yield f"{cell.state:<8} {facts.host}: {cell.detail}"
            if cell.remedy:
                yield f"{'':<8} {cell.remedy}"
    for note in inspection.notes:
        yield ""
        yield f"{note.state:<8} {note.detail}"
        if note.remedy:
            yield f"{'':<8} {note.remedy}"


def _certificate(facts: ControllerFacts) -> Iterator[str]:
    """Say whom the certificates are for and by whom they are issued, down the chain."""
    for number, each in enumerate(facts.chain):
        if number == 0:
            names = list(facts.subject_names)
            others = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
            yield ""
            yield f"{facts.host}: for {', '.join(names[:_FEW])}{others}"
        yield f"  {each.subject}, to {each.not_after:%Y-%m-%d}, issued by {each.issuer}"


def _row(facts: ControllerFacts) -> tuple[str, ...]:
    words = {cell.name: cell.word for cell in facts.cells}
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
        },
        "tls": facts.tls,
        "policy_hints": facts.hints,
        "writable": facts.writable,
        "clock_offset_s": facts.clock_offset_s,
        "functional_level": facts.level,
        "controller_level": facts.own_level,
        "connect_ms": facts.handshake_ms,
        "sign_in_ms": facts.ms,
        "to_do": _to_do(facts),
    }


def _to_do(facts: ControllerFacts) -> Sequence[dict[str, str]]:
    return [
        {
            "what": cell.name,
            "state": cell.state,
            "detail": cell.detail,
            "remedy": cell.remedy,
        }
        for cell in facts.to_do
    ]


HELP = "try each domain controller: certificate, TLS, policy hints, clock"
CHECK = Command(
    "check",
    HELP,
    (SETTINGS, SECRETS),
    lambda call: inspect_directory(call, partial(check, call.controller)),
)
DIRECTORY = Group("directory", HELP, (CHECK,))
