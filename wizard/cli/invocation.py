"""A command as it was typed: the machine, settings and secrets it is about."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from agent.config import settings_file
from agent.config.settings import Settings
from agent.ldap.errors import DirectoryError
from agent.platform.detect import this_platform
from wire.secret import Secret
from wire.text import Text
from wizard.cli.errors import BadUsage
from wizard.cli.output import LOST, Exit, Result, refused
from wizard.cli.secrets import CommandSecrets
from wizard.cli.terminal import Confirm, confirm_on_terminal
from wizard.controller.controller import Controller
from wizard.host.detect import this_machine
from wizard.host.interface import Host
from wizard.host.sandbox.host import SandboxHost
from wizard.inputs import Inputs
from wizard.plan.change import allow_all
from wizard.secret_names import PREVIOUS_PASSWORD, SERVICE_PASSWORD

if TYPE_CHECKING:
    from wizard.host.windows.service_account import ServiceAccount

NOT_SET_UP = Text("Nothing is set up on this machine; give --settings FILE.")


@dataclass(frozen=True)
class Invocation:
    """One command as it was typed; the machine is found when it is asked for."""

    arguments: argparse.Namespace

    @cached_property
    def host(self) -> Host:
        """The server itself, or the machine for trying below a named folder."""
        variable = os.environ.get("WRITEBACK_HOME")
        home = self.arguments.home or (Path(variable) if variable else None)
        if home is None:
            host = this_machine(
                account=self._service_account, old_password=self._old_password
            )
            machine = this_platform().machine
            if not machine.is_administrator:
                raise BadUsage(*machine.administrator_needed(self.arguments.command))
            return host
        if home.exists() and not home.is_dir():
            what = Text("{path} is no folder.", path=str(home))
            raise BadUsage(what, Text("Give --home FOLDER."))
        return SandboxHost(home)

    @property
    def _service_account(self) -> ServiceAccount | None:
        """The account that was chosen for the service; None where none was."""
        name = getattr(self.arguments, "service_account", None)
        if not name:
            return None
        # the packages of other systems are without it
        from wizard.host.windows.service_account import ServiceAccount

        return ServiceAccount(name, self.secrets.get(SERVICE_PASSWORD))

    def _old_password(self) -> Secret | None:
        """Give the password of an account that the service has, or had, and is left."""
        old, chosen = self.secrets.get(PREVIOUS_PASSWORD), self._service_account
        if old is not None or (chosen is not None and chosen.takes_password):
            return old
        return self.secrets.get(SERVICE_PASSWORD)

    @cached_property
    def controller(self) -> Controller:
        """What reads and changes the machine."""
        return Controller(self.host, allow_all)

    @cached_property
    def secrets(self) -> CommandSecrets:
        """The secrets of --secrets-fd, which is read once."""
        return CommandSecrets.read(self.arguments.secrets_fd)

    @property
    def confirm(self) -> Confirm:
        """Who accepts a plan: --yes, or whoever is at the terminal."""
        return (lambda _text: True) if self.arguments.yes else confirm_on_terminal

    def settings(self) -> Settings:
        """Read the settings given, else those in force; see `settings_in_force`."""
        if self.arguments.settings is not None:
            return settings_file.load(self.arguments.settings)
        return settings_in_force(self.controller)

    def installed_settings(self) -> Settings | None:
        """Read the settings in force, None where nothing is set up."""
        installed = self.controller.installation.installed()
        return installed.settings if installed else None

    def with_account(self) -> tuple[Settings, CommandSecrets]:
        """Give the settings, and the secrets with those that sign in to the domain."""
        secrets, settings = self.secrets, self.settings()
        return settings, secrets.with_account(self.installed_settings(), settings)


def settings_in_force(controller: Controller) -> Settings:
    """Read the settings in force; BadUsage where there are none."""
    installed = controller.installation.installed()
    if installed is not None:
        return installed.settings
    lost = controller.installation.lost()
    if lost is not None:
        raise BadUsage(Text("{path} is missing.", path=str(lost)), LOST)
    raise BadUsage(Text("There are no settings."), NOT_SET_UP)


def inspect_directory(
    invocation: Invocation, inspect: Callable[[Settings, Inputs], Result]
) -> Result:
    """Look at the directory; that nobody is let in or answers is a finding too."""
    settings, secrets = invocation.with_account()
    try:
        return inspect(settings, secrets.inputs())
    except DirectoryError as error:
        return refused(error, code=Exit.FINDINGS)
