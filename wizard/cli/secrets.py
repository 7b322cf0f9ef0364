"""What a command is given beside its arguments: secrets, by descriptor or typed.

Never by argument or environment: both can be read by others on the machine.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from agent.config.settings import Settings
from wire.secret import Secret
from wire.text import Text
from wizard.cli.errors import BadUsage
from wizard.cli.output import tell
from wizard.cli.terminal import ask_line, ask_secret
from wizard.inputs import AdminCredentials, Inputs, Rotation
from wizard.secret_names import PREVIOUS_PASSWORD, SECRETS, SERVICE_PASSWORD

# of a sign-in to a portal, and never read from a descriptor
AGENT_KEYS = "agent_keys"
_OF_SYSTEM = {"win32": (SERVICE_PASSWORD, PREVIOUS_PASSWORD)}
NAMES = ("admin_user", *SECRETS, "new_password", *_OF_SYSTEM.get(sys.platform, ()))

PROMPTS = {
    "account_password": Text("Password of the service account"),
    "enrolment_code": Text("Enrolment code"),
    "proxy_password": Text("Password for the proxy"),
}

# the commands of Windows open no other descriptor
_BY_DESCRIPTOR = {
    "win32": Text("Give them by standard input: ... --secrets-fd 0 < secrets.json")
}
_OPEN_IT = Text("Open it: ... --secrets-fd 3 3< secrets.json")
_STANDARD_OUTPUT, _STANDARD_ERROR = 1, 2


@dataclass(frozen=True)
class CommandSecrets:
    """The secrets of one command."""

    secrets: Mapping[str, Secret] = field(default_factory=dict)
    can_ask: bool = False
    choices: Mapping[str, bool] = field(default_factory=dict)
    rotation: Rotation = field(default_factory=Rotation)

    @classmethod
    def read(cls, descriptor: int | None) -> Self:
        """Read a JSON object of secrets from a descriptor, to its end.

        BadUsage where it is no object of the known names.
        """
        can_ask = sys.stdin.isatty() and sys.stderr.isatty()
        if descriptor is None:
            return cls({}, can_ask)
        return cls(_secrets(_read_all(descriptor)), can_ask)

    def inputs(self) -> Inputs:
        """Give what was given, as the controller takes it."""
        user, password = self.secrets.get("admin_user"), self.get("admin_password")
        admin = AdminCredentials(user.reveal(), password) if user and password else None
        more: dict[str, Any] = dict(self.choices)
        return Inputs(
            admin,
            self.get("account_password"),
            self.get("enrolment_code"),
            self.get("proxy_password"),
            self.get(AGENT_KEYS),
            rotation=self.rotation,
            **more,
        )

    def signed_in(self, code: str, keys: str) -> Self:
        """Add what a portal gave: a code, and the keys where they are not stored."""
        given = {"enrolment_code": Secret(code)}
        if keys:
            given[AGENT_KEYS] = Secret(keys)
        return replace(self, secrets={**self.secrets, **given})

    def choosing(self, **choices: bool) -> Self:
        """Add what was decided by options, by the names of `Inputs`."""
        return replace(self, choices={**self.choices, **choices})

    def rotating(self, rotation: Rotation) -> Self:
        """Have something replaced though it is of use."""
        return replace(self, rotation=rotation)

    def get(self, name: str) -> Secret | None:
        """Give one secret."""
        return self.secrets.get(name)

    def ask(self, name: str, prompt: Text) -> Secret | None:
        """Give a secret, typed on the terminal where it was not given."""
        secret = self.secrets.get(name)
        return ask_secret(prompt) if secret is None and self.can_ask else secret

    def with_admin(self) -> Self:
        """Ask for an administrator on the terminal where none was given."""
        if not self.can_ask or "admin_user" in self.secrets:
            return self
        tell(Text("Administrator of the domain (used once, not stored)"))
        admin = {
            "admin_user": Secret(ask_line(Text("Name:"))),
            "admin_password": ask_secret(Text("Password")),
        }
        return replace(self, secrets={**self.secrets, **admin})

    def with_needed(self, needs: str) -> Self:
        """Have what a plan said it needs, asked for on the terminal if need be."""
        if needs == "admin":
            return self.with_admin()
        return self.with_secret(needs, PROMPTS[needs]) if needs in PROMPTS else self

    def with_secret(self, name: str, prompt: Text) -> Self:
        """Have one secret among those given, typed if need be."""
        secret = self.ask(name, prompt)
        if secret is None:
            return self
        return replace(self, secrets={**self.secrets, name: secret})

    def with_account(self, in_force: Settings | None, new: Settings) -> Self:
        """Have what signs in, unless it is the account in force: that is stored."""
        account = new.directory
        if in_force and in_force.directory.sign_in_name == account.sign_in_name:
            return self
        if account.account.kind == "existing":
            prompt = Text("Password of {account}", account=account.account.name)
            return self.with_secret("account_password", prompt)
        return self.with_admin()

    def with_enrolment(self, in_force: Settings | None, new: Settings) -> Self:
        """Have what signs in, and the code where the agent is enrolled anew."""
        secrets = self.with_account(in_force, new)
        if not enrols_anew(in_force, new):
            return secrets
        return secrets.with_needed("enrolment_code")


def enrols_anew(in_force: Settings | None, new: Settings) -> bool:
    """Say whether settings name another agent or relay than those in force."""
    anew = (new.relay.url, new.agent)
    return not (in_force and (in_force.relay.url, in_force.agent) == anew)


def _read_all(descriptor: int) -> str:
    # the standard ones stay open: what comes of the command is still said there
    shut = descriptor > _STANDARD_ERROR
    # what is written to could be read where it is a terminal, and waits for somebody
    if descriptor in (_STANDARD_OUTPUT, _STANDARD_ERROR):
        raise _unread(descriptor)
    try:
        # Windows PowerShell may begin with a byte order mark
        with os.fdopen(descriptor, encoding="utf-8-sig", closefd=shut) as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise _unread(descriptor) from error


def _unread(descriptor: int) -> BadUsage:
    return BadUsage(
        Text("--secrets-fd {number} can't be read.", number=str(descriptor)),
        _BY_DESCRIPTOR.get(sys.platform, _OPEN_IT),
    )


def _secrets(text: str) -> dict[str, Secret]:
    remedy = Text("Give a JSON object with any of: {names}.", names=", ".join(NAMES))
    try:
        data = json.loads(text)
    except ValueError:
        # from None: the error quotes the text
        raise BadUsage(Text("The secrets are no JSON."), remedy) from None
    if not isinstance(data, dict):
        raise BadUsage(Text("The secrets are no JSON object."), remedy)
    unknown = sorted(set(data) - set(NAMES))
    if unknown:
        raise BadUsage(Text("Not a secret: {names}.", names=", ".join(unknown)), remedy)
    wrong = sorted(name for name, value in data.items() if not isinstance(value, str))
    if wrong:
        raise BadUsage(Text("Must be text: {names}.", names=", ".join(wrong)), remedy)
    return {name: Secret(value) for name, value in data.items()}
