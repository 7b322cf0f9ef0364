"""Raw attribute values to Python, naming the one that fails."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from wire.failure import Failure
from wire.text import Text, folded, plural

Raw = Mapping[str, Sequence[bytes]]

# a LargeInteger at most (MS-ADTS 3.1.1.2.2.2)
_INTEGER = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_NEVER_TIME = 0x7FFFFFFFFFFFFFFF
_NEVER_SPAN = -0x8000000000000000
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


class AttributeUnreadable(Failure):
    """An attribute that a policy or an account needs is missing or malformed."""

    def __init__(self, source: str, attribute: str, rule: Text) -> None:
        where = {"attribute": attribute, "source": source}
        what = Text("{attribute} of {source} {rule}", **where, rule=rule)
        super().__init__(what, Text("let the service account read it"))
        self.source = source
        self.attribute = attribute
        self.rule = rule


def from_filetime(value: int) -> datetime | None:
    """Read 100-ns ticks since 1601 (MS-DTYP 2.3.3); None for 0 and for never."""
    if value < 0:
        raise ValueError(f"{value} is before 1601")
    if value in (0, _NEVER_TIME):
        return None
    try:
        return _EPOCH + timedelta(microseconds=value // 10)
    except OverflowError:
        return None  # after the year 9999 is never


def from_interval(value: int) -> timedelta | None:
    """Read a span, kept as negative 100-ns ticks; None for never."""
    if value > 0:
        raise ValueError(f"{value} is positive; spans are kept negative")
    return None if value == _NEVER_SPAN else timedelta(microseconds=-value // 10)


def span_words(span: timedelta) -> Text:
    """Say a span as an administrator would: 1 day 2 hours."""
    minutes = int(span.total_seconds() // 60)
    parts = (
        plural("{count} day", "{count} days", minutes // 1440),
        plural("{count} hour", "{count} hours", minutes // 60 % 24),
        plural("{count} minute", "{count} minutes", minutes % 60),
    )
    return folded(
        (each for each in parts if each.fields["count"]),
        lambda one, more: Text("{one} {more}", one=one, more=more),
    ) or Text("less than a minute")


class AttributeReader:
    """Reads single values of one object and names the one that fails."""

    def __init__(self, source: str, raw: Raw) -> None:
        self.source, self.raw = source, raw

    def text(self, name: str) -> str | None:
        values = self.raw.get(name)
        if not values:
            return None
        try:
            return bytes(values[0]).decode("utf-8")
        except UnicodeDecodeError as error:
            raise self._wrong(name, Text("is not UTF-8")) from error

    def number(self, name: str) -> int:
        number = self.optional(name)
        if number is None:
            raise self._wrong(name, Text("is missing or hidden"))
        return number

    def optional(self, name: str) -> int | None:
        text = self.text(name)
        if text is None:
            return None
        if not _INTEGER.fullmatch(text):
            raise self._wrong(name, Text("is no number"))
        return int(text)

    def count(self, name: str) -> int:
        number = self.number(name)
        if number < 0:
            raise self._wrong(name, Text("is negative"))
        return number

    def span(self, name: str) -> timedelta | None:
        try:
            return from_interval(self.number(name))
        except ValueError as error:
            raise self._wrong(name, Text("is no span of time")) from error

    def optional_span(self, name: str) -> timedelta | None:
        return None if self.optional(name) is None else self.span(name)

    def moment(self, name: str, ticks: int) -> datetime | None:
        try:
            return from_filetime(ticks)
        except ValueError as error:
            raise self._wrong(name, Text("is no moment")) from error

    def flag(self, name: str) -> bool:
        text = self.text(name)
        if text is None:
            raise self._wrong(name, Text("is missing or hidden"))
        if text not in ("TRUE", "FALSE"):  # RFC 4517 3.3.3
            raise self._wrong(name, Text("is not TRUE or FALSE"))
        return text == "TRUE"

    def _wrong(self, name: str, rule: Text) -> AttributeUnreadable:
        return AttributeUnreadable(self.source, name, rule)
