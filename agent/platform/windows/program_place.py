"""Who may change a program, a folder on the way to it, or what is loaded beside it.

Whoever may, may do what runs it may: the service, or SYSTEM as an MSI installs.
"""

from collections.abc import Iterator
from pathlib import PureWindowsPath

from agent.platform.windows import sddl

# of all services of Windows itself: it owns what Windows brought
_INSTALLER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"
_KNOWN = frozenset({sddl.SYSTEM, sddl.ADMINISTRATORS, _INSTALLER})
# to remove or rename it, and to say who may
OF_ITSELF = 0x10000 | 0x40000 | 0x80000
_DELETE_CHILD = 0x40


def places(program: str) -> Iterator[tuple[str, int]]:
    """Give the program and the folders above it, and what nobody else may do there."""
    yield program, sddl.WRITING
    folders = PureWindowsPath(program).parents
    for deep, folder in enumerate(folders):
        # into those further up anybody may put what is no part of the way
        yield str(folder), sddl.WRITING if deep == 0 else OF_ITSELF | _DELETE_CHILD


def others(found: str, mask: int) -> frozenset[str]:
    """Give the SIDs beside administrators and Windows that a descriptor lets do it.

    ValueError where it can't be read.
    """
    read = sddl.read(found)
    known = {*sddl.allowed(read, mask)} - _KNOWN
    if read.owner in _KNOWN:
        return frozenset(known - {sddl.OWNER_RIGHTS})
    return frozenset(known | {read.owner or "?"})
