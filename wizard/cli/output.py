"""What a command says: words for people on one side, one JSON object on the other."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

from wire.failure import Failure
from wire.printable import padded, places, printable_lines
from wire.text import EMPTY, Text, day, moment, plural
from wizard.health.headline import state_line
from wizard.plan.change import Change, Progress, Report, Stuck
from wizard.results import Check, Installed, KeyAge, PortalDetails
from wizard.translation import say
from wizard.trusted_authority import authority_checks

_NAMES = 12  # how wide the names of a list are at least
_STATE = 8  # and what says how something is


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    ROLLED_BACK = 1
    BAD_USAGE = 2
    NOT_CLEAN = 3
    FINDINGS = 4


@dataclass(frozen=True)
class Result:
    """The outcome of a command."""

    code: Exit  # its exit code
    text: str  # for people: a Text, or lines that are in their language already
    data: Mapping[str, Any]  # for programs, with --json

    def then(self, after: "Result") -> "Result":
        """Give both outcomes as one; the later one decides how it ended."""
        text = lines(self.text, after.text)
        return Result(after.code, text, {**self.data, **after.data})

    def print(self, *, as_json: bool) -> int:
        """Say it on standard output, and give the exit code."""
        data = {"exit": self.code, **self.data}
        text = json.dumps(data) if as_json else printable_lines(say(self.text))
        try:
            if text:
                print(text, flush=True)
        except BrokenPipeError:
            # the reader has seen enough; the interpreter must not flush again
            sys.stdout = None
        return int(self.code)


def tell(text: str, end: str = "\n") -> None:
    """Say something on standard error."""
    print(printable_lines(say(text)), end=end, file=sys.stderr, flush=True)


def lines(*texts: str) -> str:
    """Put texts and what is words already below each other."""
    return "\n".join(map(say, texts))


def labelled(rows: Mapping[Text, str], indent: str = "") -> Iterator[str]:
    """Line up what stands behind names; what is empty is left out."""
    named = [(say(name), say(value)) for name, value in rows.items() if value]
    width = max([_NAMES, *(places(name) for name, _ in named)])
    yield from (f"{indent}{padded(name, width)} {value}" for name, value in named)


def finding(state: str, what: str, *more: str) -> Iterator[str]:
    """Say how something is to be taken, what is so, and below it what to do."""
    wide = widest(STATES.values())
    yield f"{padded(say(STATES[state]), wide)} {say(what)}"
    yield from (f"{'':<{wide}} {say(each)}" for each in more if each)


def widest(names: Iterable[Text]) -> int:
    """Give the places of a column that holds these in this language."""
    return max([_STATE, *(places(say(name)) for name in names)])


def refused(
    error: Failure,
    data: Mapping[str, Any] | None = None,
    code: Exit = Exit.BAD_USAGE,
) -> Result:
    """Say on standard error why a command does not go on."""
    tell(error.whole)
    more = {"remedy": error.remedy} if data is None else data
    return Result(code, EMPTY, {"error": str(error), **more})


_COMPARE = Text("Compare the portal's own fingerprint with your portal:")
LOST = Text(
    "Run writeback apply --settings FILE with a saved one, or writeback remove to take "
    "away what is left."
)
_GROUPS = {
    "created": Text("Will be created"),
    "changed": Text("Will be changed"),
    "removed": Text("Will be removed"),
    "gone": Text("Will be removed for good"),
}
_FOR_GOOD = Text(
    "These can't be rolled back. From the first of them on it can't be stopped; "
    "what is cut off is finished by writeback rollback."
)
_REPAIR = Text("What to do: writeback repair starts it, or says why it can't.")
_FROZEN = Text(
    "What to do: systemd ends an agent that is frozen and starts it anew; writeback "
    "repair does at once."
)
_WHO = Text("What to do: writeback permissions check says who is refused, and why.")
_EDITED = Text("Edited by hand since it was applied (writeback apply follows):")
STATES = {
    "ok": Text("ok"),
    "failed": Text("failed"),
    "warning": Text("warning"),
    "skipped": Text("skipped"),
    "info": Text("info"),
    "problem": Text("problem"),
}
_PROGRESS = {
    "done": Text("done"),
    "failed": Text("failed"),
    "undoing": Text("rolling back"),
    "undone": Text("rolled back"),
    "stuck": Text("stuck"),
}


def plan_text(changes: Sequence[Change]) -> str:
    """List the changes in words, grouped."""
    if not changes:
        return Text("Nothing to do: everything is as the settings say.")
    shown = list[str]()
    for kind, title in _GROUPS.items():
        group = [change for change in changes if change.group == kind]
        if group:
            shown += [f"{say(title)} ({len(group)})", *summaries(group)]
            shown += [f"  {say(_FOR_GOOD)}"] if kind == "gone" else []
    return lines(*shown)


def summaries(changes: Sequence[Change]) -> Iterator[str]:
    """Say what each change does, below a heading."""
    return (f"  {say(change.summary)}" for change in changes)


def counted(changes: Sequence[Change]) -> Text:
    """Count changes in words."""
    return plural("{count} change", "{count} changes", len(changes))


def plan_data(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Give the changes for programs."""
    return [
        {
            "step": change.step,
            "kind": change.kind,
            "summary": change.summary,
            "needs_admin": change.needs_admin,
        }
        for change in changes
    ]


def say_progress(progress: Progress) -> None:
    """Say on standard error what is being done."""
    if progress.state == "done" and not progress.detail:
        return
    what = progress.change.summary
    if progress.state != "doing":
        what = Text("{state}: {text}", state=_PROGRESS[progress.state], text=what)
    number, detail = f"[{progress.index + 1}/{progress.total}]", say(progress.detail)
    tell(f"{number} {say(what)} {detail}".rstrip())


def saying(kept: list[str]) -> Report:
    """Say what is being done, and keep what came of it for the end."""

    def report(progress: Progress) -> None:
        say_progress(progress)
        if progress.state == "done" and progress.detail:
            kept.append(_reasoned(progress.change, progress.detail))

    return report


def portal_details_text(details: PortalDetails) -> str:
    """Say what the portal's side must know of a new enrolment."""
    head = Text("Give this to the portal {portal}:", portal=details.issuer)
    rows = {
        Text("Fingerprint"): details.fingerprint,
        Text("Connection"): details.url,
        Text("Agent"): details.agent,
    }
    shown = [head, *labelled(rows, "  ")]
    if details.portal_fingerprint:
        theirs = {Text("Fingerprint"): details.portal_fingerprint}
        shown += [_COMPARE, *labelled(theirs, "  ")]
    return lines(*shown)


def checks_text(rows: Sequence[Check]) -> str:
    """Line up rows: state, what was tried, what came back, what to do."""
    shown = list[str]()
    for row in rows:
        named = Text("{name}: {value}", name=row.title, value=row.detail)
        shown += finding(row.state, named if row.detail else row.title, row.remedy)
    return lines(*shown)


def checks_data(rows: Sequence[Check]) -> list[dict[str, Any]]:
    """Give rows for programs."""
    return [asdict(row) for row in rows]


def stuck_text(stuck: Sequence[Stuck]) -> str:
    """List what could not be taken back, and why."""
    return lines(*(f"  {say(_reasoned(s.change, s.reason))}" for s in stuck))


def _reasoned(change: Change, why: Text) -> Text:
    return Text("{change}: {why}", change=change.summary, why=why)


def stuck_data(stuck: Sequence[Stuck]) -> list[dict[str, str]]:
    """Give what could not be taken back for programs."""
    return [{"summary": s.change.summary, "reason": s.reason} for s in stuck]


def status_text(installed: Installed | None) -> str:
    """Answer whether password writeback is on in the first line."""
    if installed is None:
        return Text("Password writeback is not set up on this machine.")
    settings, status = installed.settings, installed.status
    agent, relay, domain = settings.agent, settings.relay.url, settings.directory.domain
    stopped = Text("{agent}, not running", agent=agent)
    rows = {
        Text("Agent"): agent if status.running else stopped,
        Text("Relay"): f"{relay} ({say(status.relay)})",
        Text("Domain"): f"{domain} ({say(status.directory)})",
        Text("Account"): settings.directory.sign_in_name,
        Text("Scope"): "; ".join(settings.scope.containers),
        Text("Left out"): "; ".join(settings.scope.exclude_containers) or Text("none"),
        Text("Pilot group"): settings.scope.pilot_group or Text("none"),
        Text("Deny list"): "; ".join(settings.scope.deny_list) or Text("empty"),
        Text("Fingerprint"): installed.fingerprint,
        Text("Version"): status.version or Text("unknown"),
        Text("Since"): _since(status.since),
    }
    for row in authority_checks(settings.directory):
        rows[row.title] = row.detail
    shown = [state_line(status), *labelled(rows)]
    if installed.portal:
        theirs = {Text("Fingerprint"): installed.portal.fingerprint}
        theirs |= {Text("Portal"): installed.portal.issuer}
        shown += [_COMPARE, *labelled(theirs, "  ")]
    shown += _ages(installed.keys)
    if status.attention:
        shown.append(_attention(status.attention))
    elif not status.running:
        shown.append(_REPAIR)
    elif not status.answers:
        shown.append(_FROZEN)
    if status.nobody:
        shown.append(_WHO)
    if installed.drift:
        shown += [_EDITED, *(f"  {say(each)}" for each in installed.drift)]
    return lines(*shown)


def _since(when: datetime | None) -> Text:
    return moment(when, seconds=True, zone=True) if when else EMPTY


def _ages(keys: Sequence[KeyAge]) -> list[str]:
    """Say how old each key is, and when the next one comes."""
    rows = {key.title: _age(key, key.since) for key in keys if key.since is not None}
    return [Text("Keys and password:"), *labelled(rows, "  ")] if rows else []


def _age(key: KeyAge, since: date) -> Text:
    told = Text("since {day}", day=day(since))
    if key.next is not None:
        due = day(key.next)
        told = Text("{since}, the next due on {day}", since=told, day=due)
    return Text("{age}; {detail}", age=told, detail=key.detail) if key.detail else told


def _attention(what: str) -> Text:
    if what.endswith("."):
        return Text("Attention: {what}", what=what)
    return Text("Attention: {what}.", what=what)


def without_settings(lost: Path | None) -> Result:
    """Say that nothing is set up, or that what is has lost its settings."""
    if lost is None:
        return Result(Exit.FINDINGS, status_text(None), {"installed": False})
    text = Text(
        "Password writeback was set up here, but {file} is missing.", file=str(lost)
    )
    data = {"installed": True, "lost": str(lost), "remedy": LOST}
    return Result(Exit.FINDINGS, lines(text, LOST), data)
