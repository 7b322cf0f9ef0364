"""Entries as a search found them: with a name that is one, and all of their values.

Of more than 1500 values a controller gives the first, says which they are
(`memberOf;range=0-1499`), and is asked for the others (MS-ADTS 3.1.1.3.1.3.3). All are
read or none: the last one may be the group that protects somebody. ldap3's own reading
(`auto_range`) takes what it has for all where a part does not come.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from agent.ldap import dn as names
from agent.ldap.bounded_socket import BadAnswer
from agent.ldap.entry import Entry

_MOST_NAME = 8192  # characters of a distinguished name
_MOST_PARTS = 100
_PART = re.compile(r"([^;]+);range=([0-9]{1,9})-([0-9]{1,9}|\*)", re.IGNORECASE)

Values = tuple[bytes, ...]


def entries_of(response: Any) -> Iterator[Entry]:
    """Read ldap3's response; BadAnswer, or BadName, where a name is none."""
    for each in response or ():
        if each["type"] == "searchResEntry":
            raw, name = each["raw_attributes"], str(each["dn"])
            if len(name) > _MOST_NAME:
                raise BadAnswer("a name that is too long")
            names.parse(name)  # BadName
            # it has None for an attribute without values beside a part of it
            yield Entry(name, {kind: tuple(raw[kind] or ()) for kind in raw})


def whole(entry: Entry, read: Callable[[str, str], Entry]) -> Entry:
    """Give an entry with all values of its attributes; BadAnswer where some are gone.

    `read` is given a name and one attribute, and gives what came of that.
    """
    if not any(_is_part(kind) for kind in entry.attributes):
        return entry
    attributes: dict[str, tuple[str, Values]] = {}
    for kind in sorted(entry.attributes, key=_is_part):  # over an empty one of its name
        name = kind.partition(";")[0] if _is_part(kind) else kind
        values = entry.attributes[kind]
        if _is_part(kind):
            values = _all(entry.dn, name, _part(entry, name, 0), read)
        attributes[name.lower()] = name, values
    return Entry(entry.dn, dict(attributes.values()))


def _all(
    dn: str, name: str, first: tuple[Values, bool], read: Callable[[str, str], Entry]
) -> Values:
    values, is_last = first
    for _ in range(_MOST_PARTS):
        if is_last:
            return values
        begin = len(values)
        part, is_last = _part(read(dn, f"{name};range={begin}-*"), name, begin)
        values += part
    raise BadAnswer("an attribute without end")


def _part(entry: Entry, name: str, begin: int) -> tuple[Values, bool]:
    """Give the values from a number on, and whether they are the last."""
    for kind, values in entry.attributes.items():
        part = _PART.fullmatch(kind)
        if part is None or part[1].lower() != name.lower():
            continue
        end = str(begin + len(values) - 1)
        if int(part[2]) == begin and values and part[3] in ("*", end):
            return values, part[3] == "*"
    raise BadAnswer("a part of an attribute is missing")


def _is_part(kind: str) -> bool:
    return ";range=" in kind.lower()
