"""`writeback audit verify`: the audit records as they were written, or not."""

import re

from agent.audit.chain import HASH_LENGTH
from agent.audit.verification import Report, verify
from wire.text import Text
from wizard.cli.command import Argument, Command, Group
from wizard.cli.errors import BadUsage
from wizard.cli.invocation import Invocation
from wizard.cli.output import Exit, Result, lines

_HASH = re.compile(f"[0-9a-f]{{{HASH_LENGTH}}}")


def _verify(invocation: Invocation) -> Result:
    places, expected = invocation.host.places, invocation.arguments.hash or ""
    if expected and not _HASH.fullmatch(expected):
        what = Text("--hash is not the hash of a record.")
        remedy = Text("Give the 64 hexadecimal digits of a field hash.")
        raise BadUsage(what, remedy)
    try:
        report = verify(places.audit, places.audit_head, expected)
    except OSError as error:
        folder = str(places.audit.parent)
        why = str(error.strerror)
        text = Text("{path} can't be read: {why}.", path=folder, why=why)
        return Result(Exit.FINDINGS, text, {"error": text})
    code = Exit.DONE if report.sound else Exit.FINDINGS
    return Result(code, _text(report), _data(report))


def _text(report: Report) -> str:
    shown = [f"  {finding}" for finding in report.findings]
    if shown:
        shown.insert(0, Text("The audit records are not as they were written:"))
    if report.more:
        shown.append(Text("  and {count} more", count=report.more))
    if not report.records:
        return lines(*shown, Text("There are no audit records in a chain."))
    counted = Text(
        "{count} records in a chain, {first}–{last}.",
        count=report.records,
        first=report.first,
        last=report.last.seq,
    )
    shown += [counted, Text("The last has the hash {hash}.", hash=report.last.hash)]
    if report.unchained:
        older = Text("{count} older ones are in no chain.", count=report.unchained)
        shown.append(older)
    if report.unfinished:
        shown.append(Text("A line at the end is not whole: the machine stopped in it."))
    return lines(*shown)


def _data(report: Report) -> dict[str, object]:
    return {
        "sound": report.sound,
        "findings": list(report.findings),
        "more": report.more,
        "records": report.records,
        "first": report.first,
        "last": report.last.seq,
        "hash": report.last.hash,
        "unchained": report.unchained,
        "unfinished": report.unfinished,
    }


AUDIT = Group(
    "audit",
    Text("the records of requests"),
    (
        Command(
            "verify",
            Text("look whether a record was changed, dropped, moved or cut"),
            (
                Argument(
                    "--hash",
                    metavar="HASH",
                    help="of an earlier check or a log server; a record must have it",
                ),
            ),
            _verify,
            reads=True,
        ),
    ),
)
