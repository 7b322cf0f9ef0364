"""Where the service's program lies: who may change it, and if the service reads it.

Whoever may replace the interpreter, a folder on the way to it, or what it loads beside
itself, may do what the service may; and so may who may set the service up otherwise.
"""

from collections.abc import Iterator
from pathlib import PureWindowsPath

from agent.platform.windows import sddl
from agent.platform.windows.installation import service_values
from agent.platform.windows.service_sid import SERVICE, service_sid
from agent.platform.windows.win32 import FileCalls
from agent.platform.windows.win32_services import WizardWin32
from wire.text import EMPTY, Text
from wizard.host.interface import ServiceFailed

# of all services of Windows itself: it owns what Windows brought
_INSTALLER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"
_KNOWN = frozenset({sddl.SYSTEM, sddl.ADMINISTRATORS, _INSTALLER})
# who else the service is, beside its account: everyone, who is signed in, services
_ALSO = frozenset({"S-1-1-0", "S-1-5-11", "S-1-5-6", "S-1-5-80-0", "S-1-5-32-545"})
# to remove or rename it, and to say who may
_OF_ITSELF = 0x10000 | 0x40000 | 0x80000
_DELETE_CHILD = 0x40
# SERVICE_CHANGE_CONFIG
_SETS_UP = 0x2 | _OF_ITSELF
_SECURITY = str(service_values.ENTRY / "Security")


def unreadable(win32: WizardWin32, path: str, user: str) -> Text:
    """Say why the service can't read a file; empty when it can."""
    try:
        found = sddl.read(win32.sddl_of(path))
    except FileNotFoundError:
        return Text("{path} is not there.", path=path)
    except (OSError, ValueError) as error:
        return _not_looked_at(path, error)
    # folders above are gone through whoever may (SeChangeNotifyPrivilege)
    if (_ALSO | {service_sid()}) & {*sddl.allowed(found, sddl.READ_DATA)}:
        return EMPTY
    return Text(
        ("{path} can't be read by {user}, the agent's user name on this machine."),
        path=path,
        user=user,
    )


def refuse(win32: WizardWin32, program: str, user: str) -> None:
    """Raise ServiceFailed where the service can't be run, or others may change it."""
    if why := unreadable(win32, program, user):
        raise ServiceFailed(why)
    refuse_changed_by_others(win32, program)


def refuse_changed_by_others(win32: FileCalls, program: str) -> None:
    """Raise ServiceFailed where others than administrators may change a program."""
    for path, mask in _places(program):
        try:
            found = win32.sddl_of(path)
        except (OSError, ValueError) as error:
            raise ServiceFailed(_not_looked_at(path, error)) from error
        _refuse_others(path, found, mask)


def refuse_set_up_by_others(win32: WizardWin32) -> None:
    """Raise ServiceFailed where others may set the service up otherwise."""
    try:
        found = win32.service_sddl(SERVICE)
    except FileNotFoundError:
        return
    except OSError as error:
        raise ServiceFailed(_not_looked_at(_SECURITY, error)) from error
    _refuse_others(_SECURITY, found, _SETS_UP)


def _places(program: str) -> Iterator[tuple[str, int]]:
    """Give the program and the folders above it, and what nobody else may do there."""
    yield program, sddl.WRITING
    folders = PureWindowsPath(program).parents
    for deep, folder in enumerate(folders):
        # into those further up anybody may put what is no part of the way
        yield str(folder), sddl.WRITING if deep == 0 else _OF_ITSELF | _DELETE_CHILD


def _refuse_others(path: str, found: str, mask: int) -> None:
    try:
        read = sddl.read(found)
    except ValueError as error:
        raise ServiceFailed(_not_looked_at(path, error)) from error
    others = {*sddl.allowed(read, mask)} - _KNOWN
    if read.owner in _KNOWN:
        others -= {sddl.OWNER_RIGHTS}
    else:
        others.add(read.owner or "?")
    if others:
        who = ", ".join(sorted(others))
        raise ServiceFailed(
            Text("Others may change {path}: {who}.", path=path, who=who)
        )


def _not_looked_at(path: str, error: Exception) -> Text:
    why = str(getattr(error, "strerror", None) or error)
    return Text("{path} can't be looked at: {why}.", path=path, why=why)
