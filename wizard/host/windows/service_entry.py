"""The service `WritebackAgent` as the service control manager has it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from agent.platform.windows import image_path
from agent.platform.windows.service_sid import SERVICE
from agent.platform.windows.win32_services import ServiceCalls, ServiceConfig
from wire.text import Text
from wizard.host.interface import ServiceFailed
from wizard.host.windows import service_values
from wizard.host.windows.service_account import ServiceAccount

_GONE_S, _POLL_S = 10.0, 0.05


class ServiceEntry:
    """What the service needs of the system, as a unit's files are on Linux.

    `program` is the interpreter that it runs with. `account`: what an administrator
    chose; None leaves the account that it has.
    """

    def __init__(
        self,
        win32: ServiceCalls,
        program: str,
        account: ServiceAccount | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._win32, self._program = win32, program
        self._chosen, self._pause = account, pause

    def files(self, secrets: Sequence[str]) -> Mapping[Path, str]:  # noqa: ARG002 - the agent itself opens them
        config = service_values.wanted(
            image_path.spelled(self._program), self._account().name
        )
        texts = service_values.texts(config)
        return {path: text for path, text in texts.items() if text is not None}

    @property
    def enabled(self) -> bool:
        config = self._now()
        return config is not None and config.automatic

    def enable(self, *, enabled: bool) -> None:
        config = self._now()
        if config is not None and config.automatic != enabled:
            self._change(replace(config, automatic=enabled), None)

    @property
    def account(self) -> str:
        """Name the account that the service has, or will have."""
        return self._account().name

    def read(self, path: Path) -> str | None:
        """Give one value; None where it is Windows' own, or there is no service."""
        return service_values.texts(self._now())[path]

    def write(self, path: Path, text: str) -> None:
        """Set one value; the service is made where there is none, with all of them."""
        config = self._now()
        if config is None:
            self._make(path, text)
            return
        changed = service_values.with_text(config, path, text)
        if changed != config:
            self._change(changed, self._password(config, changed))

    def remove(self, path: Path) -> None:
        """Have Windows' own value; without a command line there is no service."""
        config = self._now()
        if config is None:
            return
        if path.name == "ImagePath":
            self._delete()
        elif path.name not in ("ObjectName", "DisplayName"):  # no service is without
            self._change(service_values.with_text(config, path, None), None)

    def _make(self, path: Path, text: str) -> None:
        account = self._account()
        whole = service_values.wanted(image_path.spelled(self._program), account.name)
        made = service_values.with_text(whole, path, text)
        if made.account != account.name:
            account = self._known(made.account)
        password = self._given(account)
        _done(lambda: self._win32.create_service(SERVICE, made, password))

    def _change(self, config: ServiceConfig, password: str | None) -> None:
        _done(lambda: self._win32.change_service(SERVICE, config, password))

    def _password(self, config: ServiceConfig, changed: ServiceConfig) -> str | None:
        """Give the password for another account; the same one keeps its own."""
        if changed.account == config.account:
            return None
        return self._given(self._known(changed.account))

    def _given(self, account: ServiceAccount) -> str | None:
        """Give an account's password, and it the right to be a service.

        The right stays when the service goes: another may have it from there, too.
        """
        password = account.needed_password()
        if account.needs_right:
            _done(lambda: self._win32.let_be_service(account.name))
        return password

    def _delete(self) -> None:
        """Remove it, and wait: one that is being removed can't be made anew."""
        _done(lambda: self._win32.delete_service(SERVICE))
        for _ in range(round(_GONE_S / _POLL_S)):
            if self._now() is None:
                return
            self._pause(_POLL_S)
        raise ServiceFailed(
            Text("Another program has the service open; it goes when that lets go.")
        )

    def _account(self) -> ServiceAccount:
        if self._chosen is not None:
            return self._chosen
        config = self._now()
        if config is None or ServiceAccount(config.account).is_system:
            return ServiceAccount()
        return ServiceAccount(config.account)

    def _known(self, name: str) -> ServiceAccount:
        """Give an account, with its password where that is the one that was chosen."""
        if self._chosen is not None and self._chosen.name == name:
            return self._chosen
        return ServiceAccount(name)

    def _now(self) -> ServiceConfig | None:
        return self._win32.service_config(SERVICE)


def _done(act: Callable[[], None]) -> None:
    try:
        act()
    except OSError as error:
        why = str(error.strerror or error).rstrip(".")
        raise ServiceFailed(Text("Windows refused: {why}.", why=why)) from error
