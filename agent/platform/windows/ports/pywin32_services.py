"""Services of `win32_services`, by pywin32: as their process, and from outside."""

import sys

assert sys.platform == "win32"

import contextlib
import errno
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pywintypes
import servicemanager
import win32event
import win32service

from agent.platform.windows.ports.pywin32_accounts import PyWin32Accounts
from agent.platform.windows.ports.pywin32_errors import as_os_error
from agent.platform.windows.ports.pywin32_event_log import PyWin32EventLog
from agent.platform.windows.ports.pywin32_port import INFORMATION, PyWin32, in_sddl
from agent.platform.windows.ports.pywin32_processes import PyWin32Processes, number
from agent.platform.windows.service_run import Controls, run
from agent.platform.windows.win32_services import (
    ServiceConfig,
    ServiceReport,
    ServiceState,
    ServiceStatus,
    Session,
)

_OWN_PROCESS = win32service.SERVICE_WIN32_OWN_PROCESS
_NONE, _RUNS, _RUNS_NOT, _NOT_NOW = 1060, 1056, 1062, 1061
_READ = win32service.SERVICE_QUERY_CONFIG
_ASK = win32service.SERVICE_QUERY_STATUS
# with READ_CONTROL; failure actions that restart take SERVICE_START, too
_CHANGE = (
    win32service.SERVICE_CHANGE_CONFIG | _READ | win32service.SERVICE_START | 0x20000
)
_DELETE, _READ_CONTROL, _SAME = 0x10000, 0x20000, (win32service.SERVICE_NO_CHANGE,) * 3
_CREATES = win32service.SC_MANAGER_CREATE_SERVICE
_FLAG = win32service.SERVICE_CONFIG_FAILURE_ACTIONS_FLAG
_SID, _PRIVILEGES = (
    win32service.SERVICE_CONFIG_SERVICE_SID_INFO,
    win32service.SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO,
)
_SENDS = (
    win32service.SERVICE_STOP
    | win32service.SERVICE_PAUSE_CONTINUE  # for PARAMCHANGE
    | win32service.SERVICE_USER_DEFINED_CONTROL
)


class PyWin32Services(PyWin32, PyWin32Processes, PyWin32Accounts, PyWin32EventLog):
    """Windows itself, with what host process and wizard need beside the agent."""

    def serve(self, service: str, main: Callable[[Session], None]) -> None:
        port = self

        class Hosted:
            """What pywin32 makes when the service starts; it calls SvcRun."""

            _svc_name_ = service

            def __init__(self, _: Sequence[str]) -> None:
                self._session = _Session(service)

            def SvcRun(self) -> None:  # noqa: N802 - as it calls it
                # pywin32 would say STOPPED once more, and that without an exit code
                run(self._session, main, port, os._exit)

        with as_os_error():
            servicemanager.Initialize()
            servicemanager.PrepareToHostSingle(Hosted)
            servicemanager.StartServiceCtrlDispatcher()  # type: ignore[no-untyped-call]

    def service_config(self, service: str) -> ServiceConfig | None:
        try:
            with _opened(service, _READ) as found:
                return self._config(found)
        except FileNotFoundError:
            return None

    def service_image(self, service: str) -> str:
        with _opened(service, _READ) as found:
            return str(win32service.QueryServiceConfig(found)[3])

    def create_service(
        self, service: str, config: ServiceConfig, password: str | None
    ) -> None:
        with as_os_error(service), _manager(_CREATES) as manager:
            made = win32service.CreateService(
                manager,
                service,
                config.display,
                _CHANGE | _DELETE,
                _OWN_PROCESS,
                _start(config),
                win32service.SERVICE_ERROR_NORMAL,
                config.image,
                None,
                False,
                None,
                config.account,
                password,
            )
            with _closed(made):
                try:
                    self._set_more(made, config)
                except BaseException:
                    win32service.DeleteService(made)
                    raise

    def change_service(
        self, service: str, config: ServiceConfig, password: str | None
    ) -> None:
        with _opened(service, _CHANGE) as found:
            before = win32service.QueryServiceConfig(found)[7]
            # named, and without a password, it may lose the one it has
            stays = password is None and before == config.account
            win32service.ChangeServiceConfig(
                found,
                _OWN_PROCESS,
                _start(config),
                win32service.SERVICE_ERROR_NORMAL,
                config.image,
                None,
                False,
                None,
                None if stays else config.account,
                password,
                config.display,
            )
            self._set_more(found, config)

    def change_image(self, service: str, image: str) -> None:
        with _opened(service, win32service.SERVICE_CHANGE_CONFIG) as found:
            win32service.ChangeServiceConfig(
                found, *_SAME, image, None, False, None, None, None, None
            )

    def is_disabled(self, service: str) -> bool:
        with _opened(service, _READ) as found:
            start: Any = win32service.QueryServiceConfig(found)[1]
            return bool(start == win32service.SERVICE_DISABLED)

    def service_sddl(self, service: str) -> str:
        with _opened(service, _READ_CONTROL) as found:
            return in_sddl(win32service.QueryServiceObjectSecurity(found, INFORMATION))

    def delete_service(self, service: str) -> None:
        with _opened(service, _DELETE) as found:
            win32service.DeleteService(found)

    def service_status(self, service: str) -> ServiceStatus | None:
        try:
            with _opened(service, _ASK) as found:
                told: Any = win32service.QueryServiceStatusEx(found)
        except FileNotFoundError:
            return None
        return ServiceStatus(
            ServiceState(told["CurrentState"]),
            told["ProcessId"],
            told["Win32ExitCode"],
            told["ServiceSpecificExitCode"],
        )

    def start_service(self, service: str) -> None:
        with (
            _unless(_RUNS),
            _opened(service, win32service.SERVICE_START) as found,
        ):
            win32service.StartService(found, None)

    def control_service(self, service: str, control: int) -> None:
        try:
            with _unless(_RUNS_NOT), _opened(service, _SENDS) as found:
                win32service.ControlService(found, control)
        except OSError as error:
            if error.winerror != _NOT_NOW:
                raise
            raise BlockingIOError(errno.EAGAIN, error.strerror, service) from None

    def _config(self, found: Any) -> ServiceConfig:
        _, start, _, image, _, _, _, account, display = win32service.QueryServiceConfig(
            found
        )
        failure = self._more(found, win32service.SERVICE_CONFIG_FAILURE_ACTIONS) or {}
        description = self._more(found, win32service.SERVICE_CONFIG_DESCRIPTION)
        delayed = self._more(found, win32service.SERVICE_CONFIG_DELAYED_AUTO_START_INFO)
        preshutdown = self._more(found, win32service.SERVICE_CONFIG_PRESHUTDOWN_INFO)
        return ServiceConfig(
            image=image,
            account=account or "",
            display=display,
            description=description or "",
            automatic=start == win32service.SERVICE_AUTO_START,
            delayed=bool(delayed),
            sid_type=int(self._more(found, _SID) or 0),
            privileges=tuple(self._more(found, _PRIVILEGES) or ()),
            actions=tuple((kind, ms) for kind, ms in failure.get("Actions") or ()),
            reset_s=int(failure.get("ResetPeriod") or 0),
            on_error=bool(self._more(found, _FLAG)),
            preshutdown_ms=int(preshutdown or 0),
            disabled=start == win32service.SERVICE_DISABLED,
        )

    def _set_more(self, found: Any, config: ServiceConfig) -> None:
        actions = {
            "ResetPeriod": config.reset_s,
            "RebootMsg": None,
            "Command": None,
            "Actions": list(config.actions),
        }
        for level, value in (
            (win32service.SERVICE_CONFIG_DESCRIPTION, config.description),
            (_SID, config.sid_type),
            (_PRIVILEGES, list(config.privileges)),
            (win32service.SERVICE_CONFIG_FAILURE_ACTIONS, actions),
            (_FLAG, config.on_error),
            (win32service.SERVICE_CONFIG_DELAYED_AUTO_START_INFO, config.delayed),
            (win32service.SERVICE_CONFIG_PRESHUTDOWN_INFO, config.preshutdown_ms),
        ):
            self._set_one(found, level, value)

    def _set_one(self, found: Any, level: int, value: object) -> None:
        win32service.ChangeServiceConfig2(found, level, value)

    def _more(self, found: Any, level: int) -> Any:
        return win32service.QueryServiceConfig2(found, level)


class _Session:
    """One run of a service; made in its thread."""

    def __init__(self, service: str) -> None:
        # of automatic reset
        self._wake = number(win32event.CreateEvent(None, False, False, None))
        self._controls = Controls(lambda: win32event.SetEvent(self._wake))
        self._handle = servicemanager.RegisterServiceCtrlHandler(
            service, self._control, True
        )

    @property
    def wake(self) -> int:
        return self._wake

    def controls(self) -> Sequence[int]:
        return self._controls.given()

    def report(self, report: ServiceReport) -> None:
        with as_os_error():
            win32service.SetServiceStatus(
                self._handle,
                (
                    _OWN_PROCESS,
                    int(report.state),
                    report.accepts,
                    report.exit_code,
                    report.specific,
                    report.checkpoint,
                    report.wait_ms,
                ),
            )

    def _control(self, control: int, *_: object) -> int:
        self._controls.take(control)
        return 0


def _start(config: ServiceConfig) -> int:
    if config.disabled:
        return win32service.SERVICE_DISABLED
    if config.automatic:
        return win32service.SERVICE_AUTO_START
    return win32service.SERVICE_DEMAND_START


@contextlib.contextmanager
def _opened(service: str, rights: int) -> Iterator[Any]:
    """Open a service; FileNotFoundError where there is none."""
    try:
        with _manager(win32service.SC_MANAGER_CONNECT) as manager:
            found = win32service.OpenService(manager, service, rights)
            with _closed(found):
                yield found
    except pywintypes.error as error:
        if error.winerror == _NONE:
            raise FileNotFoundError(2, error.strerror, service) from None
        raise OSError(0, error.strerror, service, error.winerror) from None


@contextlib.contextmanager
def _manager(right: int) -> Iterator[Any]:
    with _closed(win32service.OpenSCManager(None, None, right)) as manager:
        yield manager


@contextlib.contextmanager
def _closed(opened: Any) -> Iterator[Any]:
    try:
        yield opened
    finally:
        win32service.CloseServiceHandle(opened)


@contextlib.contextmanager
def _unless(winerror: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.winerror != winerror:
            raise
