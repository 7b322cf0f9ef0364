"""What a command says: words for people on one side, one JSON object on the other."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from wizard.plan.change import Change, Progress, Report, Stuck
from wizard.results import Check, Installed, PortalDetails


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    ROLLED_BACK = 1
    BAD_USAGE = 2
    NOT_CLEAN = 3
    FINDINGS = 4


@dataclass(frozen=True)
class Result:
    """The outcome of a command.

    Attributes:
        code: its exit code.
        text: for people.
        data: for programs, with --json.

    """

    code: Exit
    text: str
    data: Mapping[str, Any]

    def then(self, after: "Result") -> "Result":
        """Give both outcomes as one; the later one decides how it ended."""
        text = f"{self.text}\n{after.text}"
        return Result(after.code, text, {**self.data, **after.data})

    def print(self, *, as_json: bool) -> int:
        """Say it on standard output, and give the exit code."""
        text = json.dumps({"exit": self.code, **self.data}) if as_json else self.text
        try:
            if text:
                print(text, flush=True)
        except BrokenPipeError:
            # the reader has seen enough; the interpreter must not flush again
            sys.stdout = None
        return int(self.code)


def refused(
    error: Exception | str, data: Mapping[str, Any], code: Exit = Exit.BAD_USAGE
) -> Result:
    """Say on standard error why a command does not go on."""
    print(error, file=sys.stderr)
    return Result(code, "", {"error": str(error), **data})


LOST = (
    "Run writeback apply --settings FILE with a saved one, or writeback remove to take "
    "away what is left."
)
_GROUPS = (
    ("created", "Will be created"),
    ("changed", "Will be changed"),
    ("removed", "Will be removed"),
    ("gone", "Will be removed for good"),
)
_FOR_GOOD = (
    "  These can't be taken back. From the first of them on it can't be stopped; what "
    "is cut off is finished by writeback rollback."
)


def plan_text(changes: Sequence[Change]) -> str:
    """List the changes in words, grouped."""
    if not changes:
        return "Nothing to do: everything is as the settings say."
    lines = []
    for kind, title in _GROUPS:
        group = [change for change in changes if change.group == kind]
        if group:
            lines.append(f"{title} ({len(group)})")
            lines += [f"  {change.summary}" for change in group]
            lines += [_FOR_GOOD] if kind == "gone" else []
    return "\n".join(lines)


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
    number = f"[{progress.index + 1}/{progress.total}]"
    words = {"doing": "", "undoing": "taking back: ", "undone": "taken back: "}
    if progress.state == "done" and not progress.detail:
        return
    word = words.get(progress.state, f"{progress.state}: ")
    detail = f" {progress.detail}" if progress.detail else ""
    line = f"{number} {word}{progress.change.summary}{detail}"
    print(line, file=sys.stderr, flush=True)


def saying(kept: list[str]) -> Report:
    """Say what is being done, and keep what came of it for the end."""

    def report(progress: Progress) -> None:
        say_progress(progress)
        if progress.state == "done" and progress.detail:
            kept.append(f"{progress.change.summary}: {progress.detail}")

    return report


def portal_details_text(details: PortalDetails) -> str:
    """Say what the portal's side must know of a new enrolment."""
    rows = {
        "Connection": details.url,
        "Agent": details.agent,
        "Fingerprint": details.fingerprint,
    }
    lines = [f"  {name:<12} {value}" for name, value in rows.items()]
    return "\n".join([f"Give this to the portal {details.issuer}:", *lines])


def checks_text(rows: Sequence[Check]) -> str:
    """Line up rows: state, what was tried, what came back, what to do."""
    lines = []
    for row in rows:
        lines.append(f"{row.state:<8} {row.title}: {row.detail}")
        if row.remedy:
            lines.append(f"{'':<8} {row.remedy}")
    return "\n".join(lines)


def checks_data(rows: Sequence[Check]) -> list[dict[str, Any]]:
    """Give rows for programs."""
    return [asdict(row) for row in rows]


def stuck_text(stuck: Sequence[Stuck]) -> str:
    """List what could not be taken back, and why."""
    return "\n".join(f"  {each}" for each in stuck)


def stuck_data(stuck: Sequence[Stuck]) -> list[dict[str, str]]:
    """Give what could not be taken back for programs."""
    return [{"summary": s.change.summary, "reason": s.reason} for s in stuck]


def status_text(installed: Installed | None) -> str:
    """Answer whether password writeback is on in the first line."""
    if installed is None:
        return "Password writeback is not set up on this machine."
    settings, status = installed.settings, installed.status
    rows = {
        "Agent": settings.agent if status.running else f"{settings.agent}, not running",
        "Relay": f"{settings.relay.url} ({status.relay})",
        "Domain": f"{settings.directory.domain} ({status.directory})",
        "Account": settings.directory.sign_in_name,
        "Scope": "; ".join(settings.scope.containers),
        "Pilot group": settings.scope.pilot_group or "none",
        "Fingerprint": installed.fingerprint,
        "Version": status.version or "unknown",
        "Since": f"{status.since:%Y-%m-%d %H:%M:%S %Z}" if status.since else "",
    }
    lines = [f"{name:<12} {value}" for name, value in rows.items() if value]
    if status.attention:
        lines.append(f"Attention: {status.attention.rstrip('.')}.")
    if not status.running and not status.attention:
        lines.append("What to do: writeback repair starts it, or says why it can't.")
    if installed.drift:
        lines.append("Edited by hand since it was applied (writeback apply follows):")
        lines += [f"  {each}" for each in installed.drift]
    return "\n".join([first_line(installed), *lines])


def without_settings(lost: Path | None) -> Result:
    """Say that nothing is set up, or that what is has lost its settings."""
    if lost is None:
        return Result(Exit.DONE, status_text(None), {"installed": False})
    text = f"Password writeback was set up here, but {lost} is missing."
    data = {"installed": True, "lost": str(lost), "remedy": LOST}
    return Result(Exit.FINDINGS, f"{text}\n{LOST}", data)


def first_line(installed: Installed) -> str:
    """Say whether it is on, and whether it works."""
    status = installed.status
    if not status.writeback:
        return "Password writeback is off: requests are answered as paused."
    if status.ready:
        controller = status.controller or "a domain controller"
        connected = f"the relay link is up and {controller} answers"
        return f"Password writeback is on: {connected}."
    if not status.running:
        return "Password writeback is on, but not ready: the agent does not run."
    relay = [] if status.relay_connected else [status.relay]
    bad = relay + ([] if status.directory_connected else [status.directory])
    return f"Password writeback is on, but not ready: {'; '.join(bad) or 'starting'}."
