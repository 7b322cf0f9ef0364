"""Each domain controller tried: certificate, sign-in, and what a reset depends on."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from agent.certificates import CertificateFacts, Endpoint, fetch_chain
from agent.directory import (
    Directory,
    DirectoryError,
    SignInRefused,
    Unreachable,
    Untrusted,
    connect,
)
from agent.entries import POLICY_HINTS, POLICY_HINTS_OLD, RootDse
from agent.secret import Secret
from agent.settings import Controller
from agent.settings import Directory as DirectorySettings
from wizard.checks import Check
from wizard.inspection import account, chain
from wizard.inspection.attempts import Attempt, Failed, attempt_all

SignedInAs = Literal["admin", "account"]

_CA = "directory.ca"
_CONTROLLERS = "directory.controllers"
_FIELDS = {
    "admin": ("input.admin_user", "input.admin_password"),
    "account": ("directory.account.name", "input.account_password"),
}
_OTHER = "Mend the account in the directory, or give another one."
_CLOCK_WARNING_S, _CLOCK_LIMIT_S = 60, 300  # Kerberos and request times bear 5 min


def check_directory(
    settings: DirectorySettings,
    user: str,
    password: Secret,
    signed_in_as: SignedInAs,
    stop: threading.Event,
) -> tuple[Check, ...]:
    """Try every controller, then what the account may do."""
    rows: tuple[Check, ...] = ()
    for controller in settings.controllers:
        tried = _Controller(settings, controller, user, password, signed_in_as)
        rows += attempt_all(tried.attempts(), stop)
        tried.close()
        refused = any(r.id.endswith("/sign-in") and r.state == "failed" for r in rows)
        if refused:
            return rows  # another try would count towards the account's lockout
    signed_in = any(r.id.endswith("/sign-in") and r.state == "ok" for r in rows)
    if stop.is_set() or not signed_in:
        return rows
    return rows + account.check_account(settings, user, password, signed_in_as)


class _Controller:
    """One controller's attempts, each leaving what the next needs."""

    def __init__(
        self,
        settings: DirectorySettings,
        controller: Controller,
        user: str,
        password: Secret,
        signed_in_as: SignedInAs,
    ) -> None:
        self._settings = settings
        self._user, self._password = user, password
        self._fields = _FIELDS[signed_in_as]
        ca = Path(settings.ca) if settings.ca else None
        self._endpoint = Endpoint(
            controller.host, controller.address, settings.port, ca
        )
        self._opened: Directory | None = None
        self._root: RootDse | None = None
        self._clock = 0.0

    def attempts(self) -> list[Attempt]:
        """Give them in order."""
        host = self._endpoint.host
        acts = (
            ("certificate", self.certificate),
            ("sign-in", self.sign_in),
            ("domain", self.domain),
            ("writable", self.writable),
            ("policy hints", self.hints),
            ("clock", self.clock),
        )
        return [Attempt(f"{host}/{name}", f"{host}: {name}", act) for name, act in acts]

    def close(self) -> None:
        """End the connection."""
        if self._opened is not None:
            self._opened.close()

    def certificate(self) -> str:
        try:
            found = fetch_chain(self._endpoint)
        except OSError as error:
            raise self._unreachable(error) from error
        if not found[0].trusted:
            raise _untrusted(found)
        if chain.expires_soon(found[0]):
            raise Failed(
                f"It expires on {found[0].not_after:%Y-%m-%d}.",
                "Have it renewed; resets stop when it expires.",
                state="warning",
                more=chain.told(found),
            )
        return chain.expiry(found[0])

    def sign_in(self) -> str:
        try:
            self._opened = connect(self._endpoint, self._user, self._password)
            self._read_root()
        except SignInRefused as error:
            wrong = error.data in ("52e", "525")
            remedy = "Type the name and the password again." if wrong else _OTHER
            where = self._fields[1] if wrong else self._fields[0]
            raise Failed(_said(error), remedy, field=where) from error
        except (Unreachable, Untrusted, DirectoryError) as error:
            raise Failed(_said(error), _remedy(error), field=_CONTROLLERS) from error
        return f"As {self._user}"

    def domain(self) -> str:
        assert self._root is not None
        theirs = self._root.naming_context
        if theirs.casefold() != self._settings.base_dn.casefold():
            raise Failed(
                f"It is a controller of {theirs}, not of {self._settings.domain}.",
                "Name a controller of that domain, or the controller's own domain.",
                field=_CONTROLLERS,
            )
        return f"It serves {theirs}"

    def writable(self) -> str:
        assert self._root is not None
        if self._root.read_only:
            raise Failed(
                "It is a read-only domain controller; passwords can't be written here.",
                "Name a writable controller.",
                field=_CONTROLLERS,
            )
        return "Passwords can be written here"

    def hints(self) -> str:
        assert self._root is not None
        offered = self._root.supported_controls
        if POLICY_HINTS in offered:
            return "History and minimum age count for resets"
        if POLICY_HINTS_OLD in offered:
            return "The older form is offered: history counts for resets"
        raise Failed(
            "Not offered: password history and minimum age do not count for resets.",
            "Use controllers of Windows Server 2016 or newer, or accept it.",
            state="warning",
        )

    def clock(self) -> str:
        apart = abs(self._clock)
        said = f"{apart:.0f} s apart from this machine"
        if apart > _CLOCK_LIMIT_S:
            raise Failed(said, "Set both clocks by the same time server.")
        if apart > _CLOCK_WARNING_S:
            remedy = "Set both clocks by the same time server."
            raise Failed(said, remedy, state="warning")
        return said

    def _read_root(self) -> None:
        assert self._opened is not None
        before = datetime.now(UTC)
        self._root = self._opened.root()
        theirs = self._root.current_time
        # a controller tells whole seconds: half of one is added on average
        middle = before + (datetime.now(UTC) - before) / 2
        if theirs is not None:
            self._clock = (theirs - middle).total_seconds() + 0.5

    def _unreachable(self, error: OSError) -> Failed:
        if isinstance(error, FileNotFoundError):
            said = f"The file {self._settings.ca} is not there."
            return Failed(said, "Give the CA's PEM file.", field=_CA)
        host, port = self._endpoint.target
        return Failed(
            f"No TLS connection to {host} port {port}: "
            f"{error.strerror or 'no answer in time'}.",
            "Check the name, the firewall, and that the controller serves LDAPS.",
            field=_CONTROLLERS,
        )


def _untrusted(found: tuple[CertificateFacts, ...]) -> Failed:
    named = "hostname" in found[0].reason.lower()
    return Failed(
        f"It is not trusted: {found[0].reason}",
        "Name the controller as its certificate does."
        if named
        else "Give the PEM file of the CA that issued it.",
        more=chain.told(found),
        field=_CONTROLLERS if named else _CA,
    )


def _said(error: DirectoryError) -> str:
    return f"{error.what[:1].upper()}{error.what[1:]}."


def _remedy(error: DirectoryError) -> str:
    return f"{error.remedy[:1].upper()}{error.remedy[1:]}."
