"""The settings file: what the administrator decided, in one file, replaced whole."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from agent.config.errors import SettingsError
from agent.config.migrations import VERSION, kept_name
from agent.config.settings import Settings
from agent.config.settings_file import dump, parse, text_version
from agent.system.tls import client_context
from wire.system_reason import file_reason
from wire.text import EMPTY, Text, day, listed, verbatim
from wizard.flow.conversion import flat
from wizard.flow.pages.order import FIELDS
from wizard.plan.change import Begun, Change, Context, Facts, StepFailed
from wizard.plan.history import applied_settings
from wizard.plan.step import Restart, Step, Target, put_text, refuse_changed, text_of
from wizard.results import Check
from wizard.trusted_authority import PATH, named, trusted


@dataclass(frozen=True)
class FileChange:
    """A settings file, in force or of another version: its text so far and to come."""

    path: Path
    before: str | None
    after: str | None

    @classmethod
    def of(cls, change: Change, context: Context) -> Self:
        """Read the facts of a change; those of older versions may name no path."""
        path = (change.after or change.before or {}).get("path")
        place = Path(path) if path else context.host.places.settings
        return cls(place, text_of(change.before), text_of(change.after))


class SettingsFile(Step):
    """Writes the settings file."""

    name = "settings"
    restart = Restart.RELOAD

    def plan(self, target: Target) -> Sequence[Change]:
        wanted, context = target.settings, target.context
        place = context.host.places.settings
        text = context.host.read(place)
        if text is not None and text_version(text) not in (None, VERSION):
            kept = _kept(place, text, context)
            summary = Text(
                "Brings {path} to version {version}", path=str(place), version=VERSION
            )
        elif text is not None and _read(text) == wanted:
            return _edited(text, context)
        else:
            kept, summary = (), _summary(text, wanted, str(place))
        before = None if text is None else {"text": text}
        return (*kept, Change(self.name, summary, before, {"text": dump(wanted)}))

    def plan_removal(self, context: Context) -> Sequence[Change]:
        place = context.host.places.settings
        older = re.compile(rf"{place.stem}\.v\d+\{place.suffix}")
        kept = place.parent.glob(f"{place.stem}.v*{place.suffix}")
        paths = [place, *(path for path in kept if older.fullmatch(path.name))]
        return [
            Change(
                self.name,
                Text("Removes the settings file {path}", path=str(path)),
                {"text": text, "path": str(path)},
                None,
            )
            for path in paths
            if (text := context.host.read(path)) is not None
        ]

    def refuse_stale(self, changes: Sequence[Change], context: Context) -> None:
        for change in changes:
            file = FileChange.of(change, context)
            refuse_changed(file.path, file.before, context)

    def apply(self, change: Change, context: Context) -> Facts:
        file = FileChange.of(change, context)
        refuse_changed(file.path, file.before, context)
        if file.after != file.before:
            put_text(file.path, file.after, context)
        return {}

    def undo(self, begun: Begun, context: Context) -> None:
        file = FileChange.of(begun.change, context)
        now = context.host.read(file.path)
        if now == file.before:
            return
        if now != file.after:
            raise StepFailed(
                Text("{path} was changed by somebody else since.", path=str(file.path)),
                Text(
                    "Put back the text that the open journal in {folder} has for it, "
                    "then roll back again.",
                    folder=str(context.host.places.journal),
                ),
            )
        put_text(file.path, file.before, context)

    def reversal(self, change: Change) -> Text:
        if change.before is None:
            return Text("Removes the file.")
        return Text("Writes the file of before, to the letter.")

    def left(self, begun: Begun, context: Context) -> Text:
        path = str(FileChange.of(begun.change, context).path)
        return Text("{path}, as it is now.", path=path)

    def verify(self, target: Target) -> Sequence[Check]:
        place = target.context.host.places.settings
        text = target.context.host.read(place)
        title = Text("Settings file {path}", path=str(place))
        if text is not None and _read(text) == target.settings:
            edits = drift(target.context)
            if not edits:
                return (Check(self.name, title, "ok", Text("It is as applied.")),)
            detail = Text(
                "Edited by hand since it was applied: {edits}.", edits=listed(edits)
            )
            remedy = Text("Apply the settings, so that everything follows the edit.")
            return (Check(self.name, title, "warning", detail, remedy),)
        differs = Text("It differs from what is wanted.")
        detail = Text("It is missing.") if text is None else differs
        remedy = Text("Apply the settings again.")
        return (Check(self.name, title, "failed", detail, remedy),)


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
    summary = Text("Keeps the settings of the other version as {path}", path=str(kept))
    return (Change(SettingsFile.name, summary, before, after),)


def refuse_new_settings(changes: Sequence[Change], context: Context) -> None:
    """Refuse a removal planned without settings, where some came: StepFailed."""
    if not any(change.step == SettingsFile.name for change in changes):
        refuse_changed(context.host.places.settings, None, context)


def drift(context: Context) -> tuple[Text, ...]:
    """Say what was edited by hand in the settings file since it was applied."""
    text = context.host.read(context.host.places.settings)
    now, then = _read(text or ""), _read(applied_settings(context) or "")
    return () if now is None or then is None else differences(then, now)


def _edited(text: str, context: Context) -> Sequence[Change]:
    """Take over what was edited by hand: the file stays, what is applied is noted."""
    edits = drift(context)
    if not edits:
        return ()
    summary = Text("Applies what was edited by hand: {edits}", edits=listed(edits))
    return (Change(SettingsFile.name, summary, {"text": text}, {"text": text}),)


def refuse_unreadable(wanted: Settings, context: Context) -> None:
    """Find a certificate that the agent could not use before anything is done."""
    certificates = {"relay.ca": wanted.relay.ca, "directory.ca": wanted.directory.ca}
    for field, path in certificates.items():
        why = _unusable(Path(path), context) if path else ""
        if why:
            remedy = Text(
                "Name a PEM file that the agent can read, or leave {field} out.",
                field=field,
            )
            raise StepFailed(Text("{field}: {why}", field=field, why=why), remedy)
    _refuse_past(wanted, context)


def _refuse_past(wanted: Settings, context: Context) -> None:
    """Refuse to begin to trust an authority that is good no longer.

    One in force may be: what else is changed is not to wait for its next.
    """
    facts, in_force = trusted(wanted.directory), context.settings
    if facts is None or facts.not_after > datetime.now(UTC):
        return
    pem = wanted.directory.ca_certificate
    if in_force is None or in_force.directory.ca_certificate != pem:
        what = Text(
            "directory.ca_certificate: {subject} ended on {day}.",
            subject=facts.subject,
            day=day(facts.not_after),
        )
        raise StepFailed(what, Text("Give a certificate that is good today."))


def _unusable(ca: Path, context: Context) -> Text:
    why = context.host.unreadable(ca)
    if why:
        return why
    try:
        client_context(ca)
    except OSError as error:
        why = file_reason(error)
        return Text("{path} can't be used: {why}.", path=str(ca), why=why)
    return EMPTY


def differences(old: Settings, new: Settings) -> tuple[Text, ...]:
    """Say what differs between two settings, by dotted path."""
    return tuple(
        Text(
            "{path}: {before} becomes {after}",
            path=path,
            before=_of(path, before),
            after=_of(path, after),
        )
        for path, (before, after) in _differing(old, new).items()
    )


def _differing(old: Settings, new: Settings) -> Mapping[str, tuple[Any, Any]]:
    before, after = flat(old), flat(new)
    return {
        path: (before.get(path), after.get(path))
        for path in dict.fromkeys((*before, *after))
        if before.get(path) != after.get(path)
    }


def _summary(text: str | None, wanted: Settings, place: str) -> Text:
    old = None if text is None else _read(text)
    if old is None:
        return Text("Writes the settings file {path}", path=place)
    differing = _differing(old, wanted)
    path, (_, value) = next(iter(differing.items()), ("", (None, None)))
    if len(differing) == 1 and path in FIELDS and FIELDS[path].phrase:
        phrase = FIELDS[path].phrase
        if value:
            return Text("Turns {phrase} on in the settings file", phrase=phrase)
        return Text("Turns {phrase} off in the settings file", phrase=phrase)
    edits = listed(differences(old, wanted))
    if wanted.self_service.on != old.self_service.on:
        return _turned(edits, on=wanted.self_service.on)
    return Text("Changes the settings file: {edits}", edits=edits)


def _turned(edits: Text, *, on: bool) -> Text:
    """Say that self-service begins or ends, which is the most that can change."""
    if on:
        return Text(
            "Turns self-service reset on in the settings file: {edits}", edits=edits
        )
    return Text(
        "Turns self-service reset off in the settings file: {edits}", edits=edits
    )


def _read(text: str) -> Settings | None:
    try:
        return parse(text)
    except SettingsError:
        return None


def _of(path: str, value: Any) -> Text:
    return named(value) if path == PATH and value else _shown(value)


def _shown(value: Any) -> Text:
    if isinstance(value, bool):
        return Text("yes") if value else Text("no")
    if value is None or value == []:
        return Text("none")
    if isinstance(value, list):
        return verbatim(", ".join(_shown(item) for item in value))
    if isinstance(value, Mapping):
        return verbatim(str(value.get("host", value)))
    return verbatim(str(value))
