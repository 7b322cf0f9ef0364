"""Text: words for people, with what is filled in kept apart from the template."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any, Self, overload

from wire.printable import printable, printable_lines

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

Field = str | int

# `str.format` would do more than fill in: a template may come from another process
_FIELD = re.compile(r"\{(\w+)\}")
# what a sentence may begin with and has a capital then; a name is written as it is
_WORD = re.compile(r"[^\W\d_]([^\W\d_A-Z]|['\u2019-])*[,:;]?")
_MARKS, _END = "\u2066\u2067\u2068", "\u2069"  # LRI, RLI, FSI and PDI


def _data(fields: Mapping[str, Field]) -> str:
    """Spell a measure as English does, else what is shown to the letter."""
    if "moment" in fields:
        return str(fields["moment"]).replace("T", " ", 1)
    if "percent" in fields:
        return f"{fields['percent']}%"
    name = next((name for name in ("day", "decimal") if name in fields), "verbatim")
    return str(fields.get(name, ""))


def without_words(
    fields: Mapping[str, Field], spell: Callable[[Field], str], stop: str = "."
) -> str:
    """Spell a text that has no template: data, a text as a sentence, or nothing.

    `stop` ends a sentence in the language; one with another has no capitals either.
    """
    if "sentence" not in fields:
        return _data(fields)
    return in_marks(spell(fields["sentence"]), lambda words: _sentence(words, stop))


def in_marks(text: str, write: Callable[[str], str]) -> str:
    """Write words anew within the marks that keep all of them in one direction.

    So a full stop stands where the words end, and not beyond them (UAX #9).
    """
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign in _MARKS) - (sign == _END)
        if depth < 1:
            if not 0 < at == len(text) - 1:
                break
            return f"{text[0]}{in_marks(text[1:-1], write)}{_END}"
    return write(text)


def _sentence(text: str, stop: str) -> str:
    ended = text.rstrip(_END).endswith((stop, "."))
    if stop == ".":
        begun = len(text) - len(text.lstrip(_MARKS))
        first, *_ = text[begun:].split(maxsplit=1) or [""]
        # a name such as pwdLastSet, dc1.corp.test is no word
        if _WORD.fullmatch(first.rstrip(_END)):
            text = f"{text[:begun]}{text[begun : begun + 1].upper()}{text[begun + 1 :]}"
    return text if not text or ended else f"{text}{stop}"


class Text(str):
    """One text for people: its value is the English of it.

    It is a `str`, so that a log, a journal, JSON and a comparison hold the English; a
    front end translates the template and fills the fields in again. A template is a
    literal where it is made, so that the message catalog can be extracted (gettext
    manual, section 4); what differs from time to time is a field.

    `template` has `{name}` where a field goes; any other brace is itself. It is empty
    for what is no language: a host, a name (`verbatim`), a measure that each language
    writes in its way (`day`, `moment`, `decimal`, `percent`), and for another text as
    a sentence (`sentence`). `many` is that of any other count than
    one: `count` chooses.
    """

    __slots__ = ("fields", "many", "template")

    template: str
    many: str
    fields: Mapping[str, Field]

    def __new__(cls, template: str, /, *, many: str = "", **fields: Field) -> Self:
        """Fill the fields in, in English; KeyError where one is not given.

        Whoever's words a field holds, they are printable in the text.
        """
        fields = {name: _shown(value) for name, value in fields.items()}
        chosen = many if many and fields["count"] != 1 else template
        value = fill(chosen, fields, str) if chosen and fields else chosen
        self = super().__new__(cls, value or without_words(fields, str))
        self.template, self.many, self.fields = template, many, fields
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (_read, (self.as_dict(),))

    def as_dict(self) -> dict[str, Any]:
        """Give template and fields, as JSON takes them."""
        fields = {
            name: value.as_dict() if isinstance(value, Text) else value
            for name, value in self.fields.items()
        }
        many = {"many": self.many} if self.many else {}
        return {"template": self.template, **many, "fields": fields}

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        from pydantic_core import core_schema  # by then it is there

        return core_schema.no_info_plain_validator_function(
            read_text,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda text: text.as_dict() if isinstance(text, Text) else text,
                return_schema=core_schema.any_schema(),
            ),
        )


def _shown(field: Field) -> Field:
    if isinstance(field, int | Text):
        return field
    return printable(field)


EMPTY = Text("")  # where nothing is to be said


class TextAttribute:
    """An attribute of a dataclass that is written as a literal and read as a Text.

    The catalog takes its literals where the class is called, as it takes those of
    `Text`, so that a page or a command is declared without a call a word. One must be
    given where `default` is None.
    """

    def __init__(self, default: str | None = None) -> None:
        self._default = None if default is None else Text(default)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return handler.generate_schema(Text)  # as such it crosses

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, holder: None, owner: type) -> str: ...
    @overload
    def __get__(self, holder: object, owner: type) -> Text: ...
    def __get__(self, holder: object | None, owner: type) -> str:
        if holder is not None:
            text: Text = vars(holder)[self._name]
            return text
        if self._default is None:
            raise AttributeError(self._name)  # then the dataclass has no default
        return self._default

    def __set__(self, holder: object, value: str) -> None:
        vars(holder)[self._name] = value if isinstance(value, Text) else Text(value)


def fill(
    template: str, fields: Mapping[str, Field], spell: Callable[[Field], str]
) -> str:
    """Fill the fields into a template, each as `spell` spells it, or KeyError."""
    return _FIELD.sub(lambda place: spell(fields[place[1]]), template)


def plural(one: str, many: str, count: int, /, **fields: Field) -> Text:
    """Make a text that counts: `{count}` in either template is the number."""
    return Text(one, many=many, count=count, **fields)


def day(when: date) -> Text:
    """Make a text of a day, which each language writes in its way."""
    return Text("", day=f"{when:%Y-%m-%d}")


def moment(when: datetime, *, seconds: bool = False, zone: bool = False) -> Text:
    """Make a text of a day and a time, in the time zone that `when` is in.

    Args:
        when: the day and the time.
        seconds: they are told too.
        zone: its name is told too, where it has one.

    """
    spelled = f"{when:%Y-%m-%dT%H:%M:%S}" if seconds else f"{when:%Y-%m-%dT%H:%M}"
    return Text("", moment=f"{spelled} {when:%Z}".strip() if zone else spelled)


def decimal(value: float, places: int = 1) -> Text:
    """Make a text of a number with as many decimal places."""
    return Text("", decimal=f"{value:.{places}f}")


def percent(share: float) -> Text:
    """Make a text of a share of one, in whole hundredths."""
    return Text("", percent=f"{round(share * 100)}")


def filled(text: Text, fields: Mapping[str, Field]) -> Text:
    """Fill the fields of a template that was written without them."""
    return Text(text.template, many=text.many, **fields)


def folded(texts: Iterable[str], fold: Callable[[str, str], Text]) -> Text:
    """Make one text of several, two by two; empty for none."""
    return reduce(fold, map(verbatim, texts)) if (texts := tuple(texts)) else EMPTY


def in_lines(texts: Iterable[str]) -> Text:
    """Put each text on a line of its own."""
    return listed(texts, "\n")


def verbatim(value: str) -> Text:
    """Make a text of what is never translated: data, or the words of a peer."""
    return value if isinstance(value, Text) else Text("", verbatim=value)


def listed(parts: Iterable[str], between: str = "; ") -> Text:
    """Put texts or data one after the other; what is between them is no language."""
    texts = [verbatim(part) for part in parts]
    if len(texts) < 2:
        return texts[0] if texts else EMPTY
    places = between.join(f"{{{number}}}" for number in range(len(texts)))
    return Text(places, **{str(number): text for number, text in enumerate(texts)})


def read_text(value: object) -> Text:
    """Read a text back, as `Text.as_dict` gives it; a string is one to the letter.

    ValueError where it is none, or its fields do not fit its template.
    """
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text(printable_lines(value))
    try:
        return _read(value)
    except (AttributeError, KeyError, RecursionError, TypeError) as error:
        raise ValueError("is no text with a template and its fields") from error


def _read(value: Any) -> Text:
    fields = {
        str(name): each if isinstance(each, int | str) else read_text(each)
        for name, each in value["fields"].items()
    }
    template, many = str(value["template"]), str(value.get("many", ""))
    text = Text(printable_lines(template), many=printable_lines(many), **fields)
    if many:  # which of the two another language takes is not known here
        fill(many, fields, str)
        fill(template, fields, str)
        if not isinstance(fields["count"], int):
            raise TypeError("count is no number")
    return text
