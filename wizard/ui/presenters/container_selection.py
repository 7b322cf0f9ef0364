"""Which containers are checked: plain sets of DNs, no widgets.

A checked container covers everything below it, so the set is kept minimal: no
member is below another. Clearing one below a checked one leaves its siblings.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from agent.ldap.dn import is_below, same

State = Literal["checked", "partly", "clear"]


def state(dn: str, chosen: Iterable[str]) -> State:
    """Tell how the check box of a container stands."""
    members = tuple(chosen)
    if any(is_below(dn, member) for member in members):
        return "checked"
    return "partly" if any(is_below(member, dn) for member in members) else "clear"


def check(dn: str, chosen: Sequence[str]) -> tuple[str, ...]:
    """Choose a container with everything below it."""
    if state(dn, chosen) == "checked":
        return tuple(chosen)
    return (*(member for member in chosen if not is_below(member, dn)), dn)


def clear(
    dn: str, chosen: Sequence[str], children: Callable[[str], Sequence[str]]
) -> tuple[str, ...]:
    """Leave a container out, with everything below it.

    `children` gives the known children of a container above it.
    """
    rest = [member for member in chosen if not is_below(member, dn)]
    above = next((member for member in rest if is_below(dn, member)), None)
    if above is None:
        return tuple(rest)
    rest.remove(above)
    while not same(above, dn):
        below = children(above)
        on_the_way = next((child for child in below if is_below(dn, child)), dn)
        rest += [child for child in below if not is_below(dn, child)]
        above = on_the_way
    return tuple(rest)
