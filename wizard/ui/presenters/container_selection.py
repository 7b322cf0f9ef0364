"""Which containers are checked: plain sets of DNs, no widgets.

A checked container covers everything below it, so the set is kept minimal: no
member is below another. Clearing one below a checked one leaves its siblings.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from agent.ldap.dn import split_dn

State = Literal["checked", "partly", "clear"]


def key(dn: str) -> tuple[str, ...]:
    """Give a DN from the domain down, in one case: ancestors are prefixes."""
    return tuple(part.strip().lower() for part in reversed(split_dn(dn)))


def covers(upper: str, lower: str) -> bool:
    """Tell whether one container is the other or stands above it."""
    above = key(upper)
    return key(lower)[: len(above)] == above


def state(dn: str, chosen: Iterable[str]) -> State:
    """Tell how the check box of a container stands."""
    members = tuple(chosen)
    if any(covers(member, dn) for member in members):
        return "checked"
    return "partly" if any(covers(dn, member) for member in members) else "clear"


def check(dn: str, chosen: Sequence[str]) -> tuple[str, ...]:
    """Choose a container with everything below it."""
    if state(dn, chosen) == "checked":
        return tuple(chosen)
    return (*(member for member in chosen if not covers(dn, member)), dn)


def clear(
    dn: str, chosen: Sequence[str], children: Callable[[str], Sequence[str]]
) -> tuple[str, ...]:
    """Leave a container out, with everything below it.

    Args:
        dn: the container.
        chosen: what is chosen so far.
        children: gives the known children of a container above it.

    """
    rest = [member for member in chosen if not covers(dn, member)]
    above = next((member for member in rest if covers(member, dn)), None)
    if above is None:
        return tuple(rest)
    rest.remove(above)
    while key(above) != key(dn):
        below = children(above)
        on_the_way = next((child for child in below if covers(child, dn)), dn)
        rest += [child for child in below if not covers(child, dn)]
        above = on_the_way
    return tuple(rest)
