r"""Distinguished names compared by what they mean, not by how they are spelled.

`OU=Sales\, West` and `ou=sales\2C West` are one name (RFC 4514 section 2.4), and a
name that ends in another's text need not be below it. What is no name raises BadName.
Pure.
"""

import re
from functools import lru_cache

_DN = set(',+"\\<>;=#')  # RFC 4514 section 2.4

Rdn = frozenset[tuple[str, str]]

_HEX = re.compile(rb"[0-9a-fA-F]{2}")
_ESCAPED = re.compile(rb"(?:\\[0-9a-fA-F]{2})|(?:\\.)", re.DOTALL)


class BadName(ValueError):
    """A text that is no distinguished name."""


@lru_cache(maxsize=16_384)
def parse(name: str) -> tuple[Rdn, ...]:
    """Give the parts of a name, the object first, in a form that compares."""
    if not name.strip():
        return ()
    return tuple(frozenset(map(_pair, split(part, "+"))) for part in split(name))


def is_below(name: str, container: str) -> bool:
    """Say whether an object is the container, or somewhere below it."""
    inner, outer = parse(name), parse(container)
    return len(inner) >= len(outer) and inner[len(inner) - len(outer) :] == outer


def same(one: str, other: str) -> bool:
    """Say whether two names are of one object."""
    return parse(one) == parse(other)


def canonical(name: str) -> str:
    """Spell a name as administrators read it: `corp.example/People/Zurich`.

    It is the form of canonicalName (MS-ADA1 2.90): the domain as in DNS, then down to
    the object; a slash in a name is escaped.
    """
    parts = [part.partition("=") for part in split(name) if part.strip()]
    if not all(separator for _, separator, _ in parts):
        raise BadName(f"{name!r} is no distinguished name")
    named = [(kind.strip().lower() == "dc", _value(value)) for kind, _, value in parts]
    domain = ".".join(value for is_domain, value in named if is_domain)
    below = [value.replace("/", "\\/") for is_domain, value in named if not is_domain]
    return "/".join((domain, *reversed(below)))


def parent(name: str) -> str:
    """Give the name of what an object lies in; empty where there is nothing above."""
    return ",".join(split(name)[1:])


def _pair(text: str) -> tuple[str, str]:
    kind, separator, value = text.partition("=")
    if not separator or not kind.strip():
        raise BadName(f"{text!r} is no attribute=value")
    return kind.strip().lower(), _value(value).casefold()


def _value(text: str) -> str:
    # unescaped blanks around a value do not count; an escaped last one does
    stripped = text.lstrip(" ")
    bare = stripped.rstrip(" ")
    if bare.endswith("\\") and not bare.endswith("\\\\") and len(bare) < len(stripped):
        bare += " "
    raw = _ESCAPED.sub(_unescaped, bare.encode("utf-8"))
    return raw.decode("utf-8", "replace")


def _unescaped(match: re.Match[bytes]) -> bytes:
    escaped = match[0][1:]
    return bytes.fromhex(escaped.decode()) if _HEX.fullmatch(escaped) else escaped


def split(text: str, separator: str = ",") -> list[str]:
    """Split at the separators that are not escaped (RFC 4514 section 2)."""
    if "\\" not in text:
        return text.split(separator)
    parts: list[str] = []
    current: list[str] = []
    escaped = False
    for char in text:
        if char == separator and not escaped:
            parts.append("".join(current))
            current = []
            continue
        escaped = char == "\\" and not escaped
        current.append(char)
    return [*parts, "".join(current)]


def rdn(attribute: str, value: str) -> str:
    """Spell attribute=value for a DN (RFC 4514 section 2.4)."""
    escaped = "".join(
        f"\\{c}" if c in _DN else ("\\00" if c == "\0" else c) for c in value
    )
    if escaped.startswith(" "):
        escaped = f"\\{escaped}"
    if escaped.endswith(" ") and not escaped.endswith("\\ "):
        escaped = f"{escaped[:-1]}\\ "
    return f"{attribute}={escaped}"
