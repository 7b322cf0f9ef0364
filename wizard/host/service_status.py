"""What the agent says about itself: it is not root's, and is looked at before use.

Its file is the agent's user's own. A window of another version, and that user as well,
may have written anything there.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from wire import bounded_json
from wire.outcomes import OUTCOMES, Code
from wire.text import EMPTY, Text, read_text, verbatim
from wizard.host.interface import ServiceFailed

# what it tells in words it tells as a text too, beside them: `reason_text`
_TEXT = "_text"
_MOST_SIGNS, _MOST_PARTS, _DEEPEST = 4_000, 64, 16
# of times: what every clock and zone can show
_FIRST, _LAST = (datetime(year, 1, 1, tzinfo=UTC) for year in (2000, 9000))


def status_read_by(read: Callable[[], bytes]) -> Mapping[str, Any]:
    """Give what the agent last said about itself; empty where it can't be read.

    By name: a text, a number, a truth value or None, or one more level of these. What
    is anything else is left out. Words that it also told as a text are that text, so
    that they are shown in the language here; an agent of before has the words alone.
    """
    try:
        content = bounded_json.loads(read())
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return _plain(content) | {
        name: _plain(part)
        for name, part in content.items()
        if isinstance(part, dict) and not name.endswith(_TEXT)
    }


def _plain(part: Mapping[str, Any]) -> dict[str, Any]:
    plain = {
        name: value
        for name, value in part.items()
        if _is_plain(value) and not name.endswith(_TEXT)
    }
    return plain | {
        name: _told(value[:_MOST_SIGNS], part.get(f"{name}{_TEXT}"))
        for name, value in plain.items()
        if isinstance(value, str)
    }


def _told(words: str, told: object) -> str:
    """Give words as the text that they were told as too; as they are, if it differs.

    So the text says what the words say, whatever the file holds, and no more.
    """
    if not (isinstance(told, dict) and _is_shallow(told, _DEEPEST)):
        return words
    try:
        text = read_text(told)
    except ValueError:
        return words
    return text if text == words else words


def _is_shallow(part: object, left: int) -> bool:
    """Say whether so few levels are below, each with few parts and short words."""
    if not isinstance(part, dict):
        return not isinstance(part, str) or len(part) <= _MOST_SIGNS
    few = left > 0 and len(part) <= _MOST_PARTS
    return few and all(_is_shallow(each, left - 1) for each in part.values())


def _is_plain(value: object) -> bool:
    """Say whether it is one value, and can be shown: no NaN, no half of a sign."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        return not any("\ud800" <= sign <= "\udfff" for sign in value)
    return value is None or isinstance(value, int)


def time_of(seconds: object) -> datetime | None:
    """Read a time in Unix seconds; None where it is none."""
    if not isinstance(seconds, int | float):
        return None
    try:
        return _in_bounds(datetime.fromtimestamp(seconds, UTC).replace(microsecond=0))
    except (ValueError, OverflowError, OSError):
        return None


def time_in_words(text: object) -> datetime | None:
    """Read a time in ISO form with its zone; None where it is none."""
    try:
        return _in_bounds(datetime.fromisoformat(str(text)))
    except (ValueError, TypeError):
        return None


def _in_bounds(time: datetime) -> datetime | None:
    return time if _FIRST <= time < _LAST else None


def not_ready(status: Mapping[str, Any], seconds: float) -> ServiceFailed:
    """Say that an agent is not ready in time, and why."""
    why = Text(
        "The agent was not ready within {seconds} s. {why}",
        seconds=round(seconds),
        why=waits_for(status) or Text("It did not say why."),
    )
    return ServiceFailed(why)


def waits_for(status: Mapping[str, Any]) -> Text:
    """Say why an agent is not ready, in its own words; empty when it says nothing."""
    relay, directory = (_reason(status, name) for name in ("relay", "directory"))
    if relay and directory:
        return Text(
            "Relay: {relay}. Directory: {directory}.", relay=relay, directory=directory
        )
    if relay:
        return Text("Relay: {relay}.", relay=relay)
    return Text("Directory: {directory}.", directory=directory) if directory else EMPTY


def nobody_reached(status: Mapping[str, Any]) -> Text:
    """Say why nobody can be reset, as far as the agent looked; empty where some can."""
    reach = status.get("reach")
    if not isinstance(reach, dict) or reach.get("state") != "nobody":
        return EMPTY
    looked, code = reach.get("looked"), reach.get("code")
    if not (isinstance(looked, int) and looked and code in set(Code)):
        return Text("there are no people in the scope")
    return Text(
        "of {count} people that the agent looked at, most are refused so: {why}",
        count=looked,
        why=OUTCOMES[Code(code)].admin,
    )


def twin(status: Mapping[str, Any]) -> Text:
    """Say who else answers in an agent's name, and what to do; empty for nobody."""
    return _text(status.get("twin"))


def _reason(status: Mapping[str, Any], name: str) -> Text:
    part = status.get(name)
    return _text(part.get("reason")) if isinstance(part, dict) else EMPTY


def _text(said: object) -> Text:
    return verbatim(said) if isinstance(said, str) else EMPTY
