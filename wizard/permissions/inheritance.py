"""The containers of a scope that inherit no permissions: their DACL is protected.

A grant on a container does not reach below one whose DACL is protected (MS-DTYP 2.4.6,
SE_DACL_PROTECTED). People there look as if nothing had been granted; the cause is the
container, and so is the remedy.
"""

from collections.abc import Callable, Iterator, Sequence

from agent.acl.descriptor_reader import Unreadable, read
from agent.ldap.connection import Connection, read_entry
from agent.ldap.controls import DACL
from agent.ldap.dn import is_below, parent, same
from agent.ldap.entry import DESCRIPTOR

_CONTAINERS = "(|(objectClass=organizationalUnit)(objectClass=container))"


def find_blocked(
    directory: Connection,
    containers: Sequence[str],
    stop: Callable[[], bool] = lambda: False,
) -> tuple[str, ...]:
    """Find the containers below those given whose inheritance is off, deepest first.

    Those given themselves do not count: a grant stands on them. One that is hidden or
    not understood is left out; the people below it are judged all the same. `stop` is
    asked between containers; what was found until then is given.
    Raises `DirectoryError` where the directory did not answer.
    """
    blocked = {
        name
        for container in containers
        for name in _protected(directory, container, stop)
        if not any(same(name, each) for each in containers)
    }
    return tuple(sorted(blocked, key=lambda name: (-len(name), name)))


def find_blocked_around(
    directory: Connection,
    containers: Sequence[str],
    within: str,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[str, ...]:
    """Find those that matter to who is in one container: above, below, and itself.

    As `find_blocked`, without reading the rest of the domain.
    """
    above = [parent(within)]
    while any(is_below(above[-1], container) for container in containers):
        above.append(parent(above[-1]))
    blocked = {
        *(name for name in above[:-1] if _is_protected(directory, name)),
        *_protected(directory, within, stop),
    }
    counted = (n for n in blocked if not any(same(n, each) for each in containers))
    return tuple(sorted(counted, key=lambda name: (-len(name), name)))


def _is_protected(directory: Connection, name: str) -> bool:
    entry = read_entry(directory, name, (DESCRIPTOR,), (DACL,))
    descriptor = read(entry.descriptor if entry else None)
    return not isinstance(descriptor, Unreadable) and descriptor.protected


def _protected(
    directory: Connection, container: str, stop: Callable[[], bool]
) -> Iterator[str]:
    entries = directory.search(container, _CONTAINERS, (DESCRIPTOR,), controls=(DACL,))
    for entry in entries:
        if stop():
            return
        descriptor = read(entry.descriptor)
        if not isinstance(descriptor, Unreadable) and descriptor.protected:
            yield entry.dn
