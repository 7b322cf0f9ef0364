"""One line of the audit file as a link of a hash chain.

A record carries its number `seq`, `prev`, the hash of the record before it, and `hash`,
SHA-256 of its own line without that field. So whoever changes, drops or moves a line
must write all lines after it anew, and the hash of the last one differs then.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# SHA-256 in hexadecimal digits
HASH_LENGTH = 64
# no record comes near it: what is filled in is bounded where it is read
MOST_BYTES = 64 * 1024
_LONGEST_TEXT = 2048
_MOST_SEQ = 10**15
_HEAD, _TAIL = b', "hash": "', b'"}'


@dataclass(frozen=True)
class Tip:
    """The last record of a chain, by its number and its hash; number 0: none yet."""

    seq: int = 0
    hash: str = "0" * HASH_LENGTH


NONE = Tip()


@dataclass(frozen=True)
class Link:
    """A line as it was read; `sound` where its hash is that of its content."""

    seq: int
    prev: str
    hash: str
    sound: bool

    @property
    def tip(self) -> Tip:
        """The end of a chain that this is the last record of."""
        return Tip(self.seq, self.hash)


def linked(record: Mapping[str, Any], tip: Tip) -> tuple[bytes, Tip]:
    """Give the line of a record that follows another, and the new end of the chain."""
    content = {"seq": tip.seq + 1, "prev": tip.hash, **_bounded(record)}
    content.pop("hash", None)
    body = json.dumps(content).encode("ascii")
    own = hashlib.sha256(body).hexdigest()
    line = body[:-1] + _HEAD + own.encode("ascii") + _TAIL + b"\n"
    return line, Tip(tip.seq + 1, own)


def read(line: bytes) -> Link | None:
    """Read a line, without its line break; None where it is no record of a chain."""
    at = len(line) - len(_TAIL) - HASH_LENGTH - len(_HEAD)
    if at < 1 or line[at : at + len(_HEAD)] != _HEAD or not line.endswith(_TAIL):
        return None
    own = line[at + len(_HEAD) : -len(_TAIL)]
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return None
    seq, prev = content.get("seq"), content.get("prev")
    if type(seq) is not int or not 0 < seq <= _MOST_SEQ or not isinstance(prev, str):
        return None
    digest = hashlib.sha256(line[:at] + b"}").hexdigest()
    text = own.decode("ascii", "replace")
    return Link(seq, prev, text, sound=digest == text)


def is_unchained(line: bytes) -> bool:
    """Say whether a line is a record of before there was a chain."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "event" in content and "seq" not in content


def _bounded(record: Mapping[str, Any]) -> dict[str, Any]:
    """Cut texts that are longer than anything of use."""
    return {name: _cut(value) for name, value in record.items()}


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT] + "..."
    if isinstance(value, Mapping):
        return {name: _cut(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_cut(each) for each in value]
    return value
