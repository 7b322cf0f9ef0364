"""Where the service's program lies: who may change it, and if the service reads it.

Whoever may replace the interpreter, a folder on the way to it, or what it loads beside
itself, may do what the service may; and so may who may set the service up otherwise.
"""

from agent.platform.windows import sddl
from agent.platform.windows.installation import service_values
from agent.platform.windows.program_place import OF_ITSELF, others, places
from agent.platform.windows.service_sid import SERVICE, service_sid
from agent.platform.windows.win32 import FileCalls
from agent.platform.windows.win32_services import WizardWin32
from wire.text import EMPTY, Text
from wizard.host.interface import ServiceFailed

# who else the service is, beside its account: everyone, who is signed in, services
_ALSO = frozenset({"S-1-1-0", "S-1-5-11", "S-1-5-6", "S-1-5-80-0", "S-1-5-32-545"})
# SERVICE_CHANGE_CONFIG
_SETS_UP = 0x2 | OF_ITSELF
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
    for path, mask in places(program):
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


def _refuse_others(path: str, found: str, mask: int) -> None:
    try:
        who = others(found, mask)
    except ValueError as error:
        raise ServiceFailed(_not_looked_at(path, error)) from error
    if who:
        named = ", ".join(sorted(who))
        raise ServiceFailed(
            Text("Others may change {path}: {who}.", path=path, who=named)
        )


def _not_looked_at(path: str, error: Exception) -> Text:
    why = str(getattr(error, "strerror", None) or error)
    return Text("{path} can't be looked at: {why}.", path=path, why=why)
