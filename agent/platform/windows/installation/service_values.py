"""The service's configuration as texts, by the names of Windows' registry values.

So it is planned, journalled, taken back and read back value by value, as the files of
a unit are. What Windows has by default is no text: it is as good as not there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agent.platform.windows.service_sid import SERVICE
from agent.platform.windows.win32_services import ServiceCalls, ServiceConfig

# where the service control manager keeps it, below HKEY_LOCAL_MACHINE
ENTRY = Path("HKLM", "SYSTEM", "CurrentControlSet", "Services", SERVICE)
RESTART = 1  # SC_ACTION_RESTART
UNRESTRICTED = 1  # SERVICE_SID_TYPE_UNRESTRICTED
# below the 20 s that the host takes for a stop at most
PRESHUTDOWN_MS = 20_000
# LocalSystem and its like
_SYSTEMS = ("localsystem", "nt authority\\", ".\\localsystem")
# LocalSystem, LocalService, NetworkService
_SYSTEM_SIDS = frozenset({"S-1-5-18", "S-1-5-19", "S-1-5-20"})
# of Windows 10 1703 and later, and before
_WINDOWS_PRESHUTDOWN = frozenset({"10000", "180000"})


@dataclass(frozen=True)
class _Value:
    """One value: read from a configuration, None by default; and put into one."""

    read: Callable[[ServiceConfig], str | None]
    put: Callable[[str], Mapping[str, Any]]


def wanted(image: str, account: str) -> ServiceConfig:
    """Give the whole configuration, of a service that does not start by itself yet."""
    return ServiceConfig(
        image=image,
        account=account,
        display="Writeback agent",
        description="Sets passwords in Active Directory as the cloud portal asks.",
        automatic=False,
        delayed=False,
        sid_type=UNRESTRICTED,
        privileges=("SeChangeNotifyPrivilege",),
        actions=((RESTART, 1_000), (RESTART, 5_000), (RESTART, 30_000)),
        reset_s=86_400,
        on_error=True,
        preshutdown_ms=PRESHUTDOWN_MS,
    )


def texts(config: ServiceConfig | None) -> dict[Path, str | None]:
    """Give all values of a configuration; each is None where there is no service."""
    return {
        ENTRY / name: None if config is None else value.read(config)
        for name, value in _VALUES.items()
    }


def fresh_texts(image: str, account: str) -> Mapping[Path, frozenset[str | None]]:
    """Give what each value may be of a service that was made and no more yet."""
    first = replace(
        wanted(image, account),
        description="",
        sid_type=0,
        privileges=(),
        actions=(),
        reset_s=0,
        on_error=False,
    )
    last = texts(wanted(image, account))
    fresh = {path: frozenset({text, last[path]}) for path, text in texts(first).items()}
    fresh[ENTRY / "PreshutdownTimeout"] |= _WINDOWS_PRESHUTDOWN
    return fresh


def is_of_system(account: str) -> bool:
    """Say whether an account is one of Windows' own, which may do more than is needed.

    By its name, as the service control manager spells them.
    """
    return account.lower().startswith(_SYSTEMS)


def runs_as_system(win32: ServiceCalls, account: str) -> bool:
    """Say whether an account is one of Windows' own, by whatever name it has there.

    In some languages NT AUTHORITY is called otherwise.
    """
    if is_of_system(account):
        return True
    try:
        return win32.account_sid(account) in _SYSTEM_SIDS
    except OSError:  # Windows' own have a name on every machine
        return False


def is_value(path: Path) -> bool:
    """Say whether a path names one of these."""
    return path.parent == ENTRY and path.name in _VALUES


def with_text(config: ServiceConfig, path: Path, text: str | None) -> ServiceConfig:
    """Give a configuration with another value; None is what Windows has by default."""
    return replace(config, **_VALUES[path.name].put(text or ""))


def _actions(config: ServiceConfig) -> str | None:
    if not config.actions:
        return None
    steps = " ".join(f"{kind}:{delay}" for kind, delay in config.actions)
    return f"{config.reset_s} s {steps}"


def _put_actions(text: str) -> Mapping[str, Any]:
    if not text:
        return {"reset_s": 0, "actions": ()}
    seconds, _, *steps = text.split()
    pairs = (step.split(":") for step in steps)
    actions = tuple((int(kind), int(delay)) for kind, delay in pairs)
    return {"reset_s": int(seconds), "actions": actions}


def _number(number: int) -> str | None:
    return str(number) if number else None


_VALUES = {
    # the first: where it is written and there is no service, that is made
    "ImagePath": _Value(lambda it: it.image, lambda text: {"image": text}),
    "ObjectName": _Value(lambda it: it.account, lambda text: {"account": text}),
    "DisplayName": _Value(lambda it: it.display, lambda text: {"display": text}),
    "Description": _Value(
        lambda it: it.description or None, lambda text: {"description": text}
    ),
    "ServiceSidType": _Value(
        lambda it: _number(it.sid_type), lambda text: {"sid_type": int(text or 0)}
    ),
    "RequiredPrivileges": _Value(
        lambda it: " ".join(it.privileges) or None,
        lambda text: {"privileges": tuple(text.split())},
    ),
    "FailureActions": _Value(_actions, _put_actions),
    "FailureActionsOnNonCrashFailures": _Value(
        lambda it: _number(it.on_error), lambda text: {"on_error": bool(text)}
    ),
    # off: no text of its own, as Windows has it by default
    "DelayedAutostart": _Value(
        lambda it: str(int(it.delayed)),
        lambda text: {"delayed": bool(int(text or 0))},
    ),
    # no number is none: which one is Windows' own differs between its versions
    "PreshutdownTimeout": _Value(
        lambda it: str(it.preshutdown_ms),
        lambda text: {"preshutdown_ms": int(text)} if text else {},
    ),
}
