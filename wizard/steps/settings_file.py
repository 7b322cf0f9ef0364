"""The settings file: what the administrator decided, in one file, replaced whole."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.config.errors import SettingsError
from agent.config.migrations import VERSION, kept_name
from agent.config.settings import Settings
from agent.config.settings_file import dump, parse, text_version
from wizard.flow.pages.order import FIELDS
from wizard.plan import journal
from wizard.plan.change import Change, Context, Facts, StepFailed
from wizard.results import Check


class SettingsFile:
    """Writes the settings file."""

    name = "settings"

    def plan(
        self,
        wanted: Settings,
        context: Context,
        earlier: Sequence[Change],  # noqa: ARG002 - it depends on none
    ) -> Sequence[Change]:
        _refuse_unreadable(wanted, context)
        place = context.host.places.settings
        text = context.host.read(place)
        if text is not None and text_version(text) not in (None, VERSION):
            renewed = _renewed(place, text, wanted)
            return (*_kept(place, text, context), renewed)
        if text is not None and _read(text) == wanted:
            return _edited(self.name, text, context)
        before = None if text is None else {"text": text}
        summary = _summary(text, wanted, str(place))
        return (Change(self.name, summary, before, {"text": dump(wanted)}),)

    def plan_removal(
        self,
        settings: Settings | None,  # noqa: ARG002 - also one that can't be read
        context: Context,
    ) -> Sequence[Change]:
        place = context.host.places.settings
        older = re.compile(rf"{place.stem}\.v\d+\{place.suffix}")
        kept = place.parent.glob(f"{place.stem}.v*{place.suffix}")
        known = [place, *(path for path in kept if older.fullmatch(path.name))]
        return [
            Change(
                self.name,
                f"Removes the settings file {path}",
                {"text": text, "path": str(path)},
                None,
            )
            for path in known
            if (text := context.host.read(path)) is not None
        ]

    def apply(self, change: Change, context: Context) -> Facts:
        place, before = place_of(change, context), text_of(change.before)
        refuse_changed(place, before, context)
        if change.after is None:
            context.host.remove(place)
        elif change.after["text"] != before:
            context.host.write(place, change.after["text"])
        return {}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:  # noqa: ARG002
        place = place_of(change, context)
        before, after = text_of(change.before), text_of(change.after)
        now = context.host.read(place)
        if now == before:
            return
        if now != after:
            raise StepFailed(
                f"{place} was changed by somebody else since.",
                f"Put back the text that the open journal in "
                f"{context.host.places.journal} has for it, then roll back again.",
            )
        if before is None:
            context.host.remove(place)
        else:
            context.host.write(place, before)

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:
        place = context.host.places.settings
        text = context.host.read(place)
        title = f"Settings file {place}"
        if text is not None and _read(text) == wanted:
            edits = drift(context)
            if not edits:
                return (Check("settings", title, "ok", "It is as applied."),)
            told = f"Edited by hand since it was applied: {'; '.join(edits)}."
            remedy = "Apply the settings, so that everything follows the edit."
            return (Check("settings", title, "warning", told, remedy),)
        told = "It is missing." if text is None else "It differs from what is wanted."
        remedy = "Apply the settings again."
        return (Check("settings", title, "failed", told, remedy),)


def _kept(place: Path, text: str, context: Context) -> Sequence[Change]:
    """Keep the file of another version: a program of that version reads it again.

    One may be there from an earlier change of versions; it gives way.
    """
    kept = kept_name(place, text_version(text) or 0)
    there = context.host.read(kept)
    if there == text:
        return ()
    before = None if there is None else {"text": there, "path": str(kept)}
    after = {"text": text, "path": str(kept)}
    summary = f"Keeps the settings of the other version as {kept}"
    return (Change(SettingsFile.name, summary, before, after),)


def _renewed(place: Path, text: str, wanted: Settings) -> Change:
    summary = f"Brings {place} to version {VERSION}"
    return Change(SettingsFile.name, summary, {"text": text}, {"text": dump(wanted)})


def refuse_changed(place: Path, text: str | None, context: Context) -> None:
    """Look whether a file has the text that it had when the plan was shown.

    Args:
        place: where it is.
        text: what it had then; None when it was not there.
        context: the machine.

    Raises:
        StepFailed: it has another.

    """
    if context.host.read(place) != text:
        raise StepFailed(
            f"{place} was changed while the plan was shown.", "Look at the plan again."
        )


def text_of(facts: Facts | None) -> str | None:
    """Give a file's text before or after a change; None when it is not there."""
    return None if facts is None else str(facts["text"])


def place_of(change: Change, context: Context) -> Path:
    """Give the file that a change of this step is about."""
    facts = change.after or change.before or {}
    named = facts.get("path")
    return Path(named) if named else context.host.places.settings


def drift(context: Context) -> tuple[str, ...]:
    """Say what was edited by hand in the settings file since it was applied."""
    text, applied = context.host.read(context.host.places.settings), _applied(context)
    now, then = _read(text or ""), _read(applied or "")
    return () if now is None or then is None else differences(then, now)


def _applied(context: Context) -> str | None:
    """Give the text that was applied last, from the sealed journals."""
    last = None
    for entry in journal.sealed(context.host.places.journal):
        facts = entry.change.after or {}
        if entry.change.step == SettingsFile.name and "path" not in facts:
            last = entry.change.after
    return None if last is None else str(last["text"])


def _edited(step: str, text: str, context: Context) -> Sequence[Change]:
    """Take over what was edited by hand: the file stays, what is applied is noted."""
    edits = drift(context)
    if not edits:
        return ()
    summary = f"Takes over what was edited by hand: {'; '.join(edits)}"
    return (Change(step, summary, {"text": text}, {"text": text}),)


def _refuse_unreadable(wanted: Settings, context: Context) -> None:
    """Find a certificate that the agent could not read before anything is done."""
    named = {"relay.ca": wanted.relay.ca, "directory.ca": wanted.directory.ca}
    for field, path in named.items():
        why = context.host.unreadable(Path(path)) if path else ""
        if why:
            remedy = "Name a file that it can read, or leave it out."
            raise StepFailed(f"{field}: {why}", remedy)


def differences(old: Settings, new: Settings) -> tuple[str, ...]:
    """Say what differs between two settings, by dotted path."""
    before = dict(_flat(old.model_dump(mode="json"), ""))
    after = dict(_flat(new.model_dump(mode="json"), ""))
    paths = dict.fromkeys((*before, *after))
    return tuple(
        f"{path}: {_shown(before.get(path))} becomes {_shown(after.get(path))}"
        for path in paths
        if before.get(path) != after.get(path)
    )


def _summary(text: str | None, wanted: Settings, place: str) -> str:
    old = None if text is None else _read(text)
    if old is None:
        return f"Writes the settings file {place}"
    changed = differences(old, wanted)
    switch = changed[0].partition(":")[0] if len(changed) == 1 else ""
    if switch in FIELDS and FIELDS[switch].phrase:
        state = "on" if changed[0].endswith("yes") else "off"
        return f"Turns {FIELDS[switch].phrase} {state} in the settings file"
    return f"Changes the settings file: {'; '.join(changed)}"


def _read(text: str) -> Settings | None:
    try:
        return parse(text)
    except SettingsError:
        return None


def _flat(data: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, Mapping):
        return str(value.get("host", value))
    return str(value)
