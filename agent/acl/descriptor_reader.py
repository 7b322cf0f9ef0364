"""The nTSecurityDescriptor of an object as a search gave it: read and decided once.

Most objects of a container share one descriptor, so the last answers are kept. What
can not be read is a value, `Unreadable`: nobody takes it for an answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar, TypeVarTuple, cast

from agent.acl.descriptor import SecurityDescriptor, parse
from agent.acl.errors import DescriptorError
from wire.text import Text

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A descriptor that says nothing, and why."""

    reason: Text


HIDDEN = Unreadable(Text("nTSecurityDescriptor is hidden from the service account"))


@lru_cache(maxsize=256)
def read(raw: bytes | None) -> SecurityDescriptor | Unreadable:
    """Read a descriptor; `HIDDEN` where a search gave none."""
    try:
        return HIDDEN if raw is None else parse(raw)
    except DescriptorError as error:
        return Unreadable(
            Text("nTSecurityDescriptor can not be read: {error}", error=str(error))
        )


def decide_once(
    decide: Callable[[SecurityDescriptor, *Ts], T],
) -> Callable[[bytes | None, *Ts], T | Unreadable]:
    """Make of a decision about a descriptor one about its bytes; the last 1024 stay.

    `decide` is pure, and all that it takes is hashable.
    """

    def decided(raw: bytes | None, *more: *Ts) -> T | Unreadable:
        descriptor = read(raw)
        if isinstance(descriptor, Unreadable):
            return descriptor
        return decide(descriptor, *more)

    kept = lru_cache(maxsize=1024)(decided)
    return cast("Callable[[bytes | None, *Ts], T | Unreadable]", kept)
