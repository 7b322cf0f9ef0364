"""The settings of text messages: any HTTP gateway, by one template of its request.

Fields and headers hold placeholders; what is filled in is one value of one field, so
that no number and no text becomes another field.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

NUMBER, DIGITS, TEXT, SECRET = "number", "digits", "text", "secret"
PLACEHOLDER = re.compile(r"\{(\w+)\}")
_IN_FIELDS = frozenset({NUMBER, DIGITS, TEXT, SECRET})
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")  # RFC 9110 section 5.1
_PRINTABLE = re.compile(r"[\x20-\x7e]{0,1000}")
# what these hold lets in whoever knows it, so it is no setting
_SECRET_HEADERS = frozenset({"authorization", "x-api-key", "api-key", "apikey"})
_OWN_HEADERS = frozenset(
    {"host", "content-length", "content-type", "transfer-encoding", "connection"}
)
_DEEPEST, _MOST_VALUES, _MOST_TEXT = 6, 64, 1000


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise ValueError("must be https://HOST/PATH, without user or password")
    if parts.fragment or not _PRINTABLE.fullmatch(text) or " " in text:
        raise ValueError("must be an address without blanks and without #")
    return text


def _country(text: str) -> str:
    if text not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"{text!r} must be a country of ISO 3166-1, such as DE")
    return text


def _headers(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _PRINTABLE.fullmatch(value):
            raise ValueError(f"{name!r} is no header, or its value is not in ASCII")
        if name.lower() in _OWN_HEADERS:
            raise ValueError(f"{name} is set by the portal itself")
        if not set(PLACEHOLDER.findall(value)) <= {SECRET}:
            raise ValueError(f"{name} may hold no placeholder but {{secret}}")
        if name.lower() in _SECRET_HEADERS and f"{{{SECRET}}}" not in value:
            raise ValueError(
                f"{name}: write {{secret}} for what nobody may know, and put that "
                "into the secret sms_secret"
            )
    return headers


class TextMessages(BaseModel):
    """A gateway, what is sent to it, and which numbers get messages.

    `fields` are sent as `format` says; a value may hold {number} (E.164, with its +),
    {digits} (without), {text} and {secret}, which is the secret file `sms_secret`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, Field(max_length=1000), AfterValidator(_url)]
    method: Literal["POST", "PUT"] = "POST"
    headers: Annotated[
        dict[str, str], Field(max_length=20), AfterValidator(_headers)
    ] = Field(default_factory=dict)
    format: Literal["json", "form"] = "json"
    fields: dict[str, Any]
    status: Annotated[
        tuple[Annotated[int, Field(ge=200, le=299)], ...],
        Field(min_length=1, max_length=20),
    ] = (200, 201, 202)
    ca: Path | None = None
    countries: Annotated[
        tuple[Annotated[str, AfterValidator(_country)], ...],
        Field(min_length=1, max_length=300),
    ]
    per_day: Annotated[int, Field(ge=1, le=1_000_000)] = 500

    @model_validator(mode="after")
    def _sends_text_to_a_number(self) -> Self:
        values = list(_values(self.fields, _DEEPEST))
        if len(values) > _MOST_VALUES:
            raise ValueError(f"fields: at most {_MOST_VALUES} values")
        if self.format == "form" and any(
            not isinstance(each, str) for each in self.fields.values()
        ):
            raise ValueError("fields: a form holds texts alone; put them in quotes")
        named = {name for each in values for name in PLACEHOLDER.findall(each)}
        if not named <= _IN_FIELDS:
            unknown = ", ".join(sorted(named - _IN_FIELDS))
            raise ValueError(f"fields: no such placeholder: {unknown}")
        if TEXT not in named or not named & {NUMBER, DIGITS}:
            raise ValueError(
                'fields: must hold "{number}" or "{digits}", and "{text}", in quotes'
            )
        return self

    @property
    def needs_secret(self) -> bool:
        """Whether {secret} is anywhere."""
        held = [*self.headers.values(), *_values(self.fields, _DEEPEST)]
        return any(SECRET in PLACEHOLDER.findall(each) for each in held)

    @property
    def host(self) -> str:
        """The gateway's host, with its port where it has one."""
        return urlsplit(self.url).netloc


def _values(value: Any, depth: int) -> Iterator[str]:
    """Give the texts of a field and all below it; ValueError where they are none."""
    if depth == 0:
        raise ValueError("fields: are too deep")
    match value:
        case dict():
            if not all(isinstance(name, str) for name in value):
                raise ValueError("fields: names are texts")
            for each in value.values():
                yield from _values(each, depth - 1)
        case list():
            for each in value:
                yield from _values(each, depth - 1)
        case str() if len(value) <= _MOST_TEXT:
            yield value
        case bool() | int() | float() | None:
            yield ""
        case _:
            raise ValueError("fields: hold texts, numbers, lists and maps alone")
