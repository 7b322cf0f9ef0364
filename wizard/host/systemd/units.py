"""systemd's manager over D-Bus: units are started, stopped, enabled and looked at.

The interface is org.freedesktop.systemd1(5). Words of `systemctl` are never parsed.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from wire.text import Text
from wizard.host.interface import ServiceFailed

_NAME = "org.freedesktop.systemd1"
_MANAGER = DBusAddress(
    "/org/freedesktop/systemd1", bus_name=_NAME, interface=f"{_NAME}.Manager"
)
_REPLY_S = 30.0
_POLL_S = 0.02


@dataclass(frozen=True)
class Unit:
    """A unit right now, in systemd's words."""

    active: str  # ActiveState: active, reloading, inactive, failed, activating, ...
    sub: str  # SubState: running, start, auto-restart, dead, ...
    job: bool  # one is under way, such as a start that waits for readiness
    pid: int  # of its main process; 0 when there is none
    invocation: str  # the id of this run, as the journal has it

    @property
    def ended(self) -> bool:
        """No process runs and none is about to; or the last start came to nothing."""
        return not self.job and (
            self.active in ("inactive", "failed") or self.sub == "auto-restart"
        )


class Manager:
    """systemd on this machine. Calls block; made by `connected`."""

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection

    def unit(self, name: str) -> Unit:
        """Look at a unit."""
        (path,) = self._call("LoadUnit", "s", name)
        unit = self._properties(path, "Unit")
        service = self._properties(path, "Service")
        return Unit(
            active=unit["ActiveState"],
            sub=unit["SubState"],
            job=unit["Job"][0] != 0,
            pid=service["MainPID"],
            invocation=bytes(unit["InvocationID"]).hex(),
        )

    def start(self, name: str) -> None:
        """Ask for a start; it goes on by itself."""
        self._call("StartUnit", "ss", name, "replace")

    def stop(self, name: str, seconds: float) -> None:
        """Stop a unit and wait until it has ended; ServiceFailed if not in time."""
        self._call("StopUnit", "ss", name, "replace")
        deadline = time.monotonic() + seconds
        while not self.unit(name).ended:
            if time.monotonic() > deadline:
                why = Text(
                    "{unit} does not end within {seconds} s.",
                    unit=name,
                    seconds=round(seconds),
                )
                raise ServiceFailed(why)
            time.sleep(_POLL_S)
        self._forget_failure(name)

    def _forget_failure(self, name: str) -> None:
        """Forget that it failed; one that ended and is not enabled is unloaded by then.

        That is no matter: it holds no failure any more.
        """
        try:
            self._call("ResetFailedUnit", "s", name)
        except ServiceFailed as error:
            if getattr(error.__cause__, "name", "") != f"{_NAME}.NoSuchUnit":
                raise

    def hand_over(self, name: str) -> None:
        """Ask a running service to let a new process take over (its ExecReload)."""
        self._call("ReloadUnit", "ss", name, "replace")

    def read_again(self) -> None:
        """Read the unit files again."""
        self._call("Reload", "")

    def is_enabled(self, name: str) -> bool:
        """Say whether it starts with the machine."""
        try:
            (state,) = self._call("GetUnitFileState", "s", name)
        except ServiceFailed:
            return False
        return bool(state == "enabled")

    def enable(self, name: str, *, enabled: bool) -> None:
        """Have it start with the machine, or not."""
        if enabled:
            self._call("EnableUnitFiles", "asbb", [name], False, True)
        else:
            self._call("DisableUnitFiles", "asb", [name], False)
        self.read_again()

    def _properties(self, path: str, interface: str) -> dict[str, Any]:
        address = DBusAddress(path, bus_name=_NAME, interface=f"{_NAME}.{interface}")
        (values,) = self._reply(Properties(address).get_all())
        return {name: value for name, (_, value) in values.items()}

    def _call(self, method: str, form: str, *values: Any) -> tuple[Any, ...]:
        return self._reply(new_method_call(_MANAGER, method, form, values))

    def _reply(self, message: Any) -> tuple[Any, ...]:
        try:
            reply = self._connection.send_and_get_reply(message, timeout=_REPLY_S)
            return tuple(unwrap_msg(reply))
        except (DBusErrorResponse, OSError, TimeoutError) as error:
            why = Text("systemd refused: {why}.", why=_words(error))
            raise ServiceFailed(why) from error


@contextmanager
def connected() -> Iterator[Manager]:
    """Speak to systemd; ServiceFailed where the system bus does not answer."""
    try:
        connection = open_dbus_connection(bus="SYSTEM")
    except (OSError, TimeoutError, KeyError) as error:
        why = Text("The system bus does not answer: {why}.", why=_words(error))
        raise ServiceFailed(why) from error
    try:
        yield Manager(connection)
    finally:
        connection.close()


def _words(error: BaseException) -> str:
    if isinstance(error, DBusErrorResponse):
        reason = error.data[0] if error.data else error.name
        return str(reason).rstrip(".")
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
