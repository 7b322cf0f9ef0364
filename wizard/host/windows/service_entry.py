"""The service `WritebackAgent` as the service control manager has it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from agent.platform.windows import image_path
from agent.platform.windows.installation import service_values
from agent.platform.windows.service_sid import SERVICE
from agent.platform.windows.win32_services import ServiceConfig, WizardWin32
from wire.text import Text
from wizard.host.interface import ServiceAccounts, ServiceFailed
from wizard.host.windows.account_choice import AccountChoice
from wizard.host.windows.accounts import WindowsAccounts
from wizard.host.windows.held_start import HeldStart
from wizard.host.windows.refused import asked
from wizard.host.windows.service_account import VIRTUAL

_GONE_S, _POLL_S = 10.0, 0.05


class ServiceEntry:
    """What the service needs of the system, as a unit's files are on Linux.

    `program` is the interpreter that it runs with; `held` how it starts, while nobody
    may start it.
    """

    def __init__(
        self,
        win32: WizardWin32,
        program: str,
        held: HeldStart,
        choice: AccountChoice | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._win32, self._program, self._pause = win32, program, pause
        self._choice = choice or AccountChoice()
        self._held = held
        self._accounts = WindowsAccounts(win32, self._choice, self._image)

    @property
    def accounts(self) -> ServiceAccounts | None:
        """The accounts that it may run as."""
        return self._accounts

    def files(self, secrets: Sequence[str]) -> Mapping[Path, str]:  # noqa: ARG002 - the agent itself opens them
        texts = service_values.texts(self._wanted())
        return {path: text for path, text in texts.items() if text is not None}

    @property
    def enabled(self) -> bool:
        config = self._now()
        return config is not None and config.automatic

    def enable(self, *, enabled: bool) -> None:
        config = self._now()
        if config is None:
            return
        changed = replace(config, automatic=enabled, disabled=False)
        if changed != config:
            self._change(changed, None)
        self._held.forget()

    def hold(self) -> None:
        """Have nobody start it, nor Windows again after a failure, until `release`.

        Windows waits for up to 30 s before it does, and nothing tells that it waits.
        """
        config = self._now()
        if config is not None and not config.disabled:
            self._held.keep(automatic=config.automatic)
            self._change(replace(config, automatic=False, disabled=True), None)

    def release(self) -> None:
        """Have it start as before it was held, by a run that was cut off too."""
        held = self._held.kept
        if held is not None:
            self.enable(enabled=held)
            self._held.forget()

    @property
    def account(self) -> str:
        """Name the account that the service has, or will have."""
        chosen, config = self._choice.chosen, self._now()
        if chosen is not None:
            # as it is spelled already
            same = config is not None and self._choice.is_chosen(config.account)
            return config.account if config is not None and same else chosen.name
        if config is None or self._is_of_system(config):
            return VIRTUAL
        return config.account

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
        if self.removes(path):
            self._delete()
        elif path.name not in ("ObjectName", "DisplayName"):  # no service is without
            self._change(service_values.with_text(config, path, None), None)

    def removes(self, path: Path) -> bool:
        """Say whether the service goes with this value."""
        return path.name == "ImagePath"

    def _wanted(self) -> ServiceConfig:
        return service_values.wanted(self._image(), self.account)

    def _image(self) -> str:
        try:
            return image_path.spelled(self._program)
        except ValueError:
            raise ServiceFailed(
                Text("No service can be made of {path}.", path=self._program)
            ) from None

    def _make(self, path: Path, text: str) -> None:
        made = service_values.with_text(self._wanted(), path, text)
        password = self._choice.password(made.account)
        asked(lambda: self._win32.create_service(SERVICE, made, password))

    def _change(self, config: ServiceConfig, password: str | None) -> None:
        asked(lambda: self._win32.change_service(SERVICE, config, password))

    def _password(self, config: ServiceConfig, changed: ServiceConfig) -> str | None:
        """Give the password for another account; the same one keeps its own."""
        if self._choice.same(changed.account, config.account):
            return None
        return self._choice.password(changed.account)

    def _delete(self) -> None:
        """Remove it, and wait: one that is being removed can't be made anew."""
        asked(lambda: self._win32.delete_service(SERVICE))
        for _ in range(round(_GONE_S / _POLL_S)):
            if self._now() is None:
                self._held.forget()
                return
            self._pause(_POLL_S)
        raise ServiceFailed(
            Text("Another program has the service open; it goes when that lets go.")
        )

    def _is_of_system(self, config: ServiceConfig) -> bool:
        account = config.account
        return asked(lambda: service_values.runs_as_system(self._win32, account))

    def _now(self) -> ServiceConfig | None:
        return asked(lambda: self._win32.service_config(SERVICE))
